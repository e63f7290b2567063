"""The first run's answers: what became of the first snapshot, of a scan, of an address."""

from dataclasses import dataclass
from typing import Final

from common.card_code import NotACard, read_scan
from desktop.cashier.engine import Till
from desktop.present import till_words
from desktop.present.exchange_sentences import address_sentence, failure_sentence
from desktop.present.language import N_, NN_, Plural, ntr, tr
from desktop.present.limits import clock_notice
from desktop.present.sentences import trouble_sentence
from desktop.store import identity, synced
from desktop.sync.line.address import AddressProblem
from desktop.sync.state import SyncState
from desktop.trouble import KnownTrouble, NotEnrolled, NotSyncedYet

_SO_FAR: Final = NN_("{count} card so far", "{count} cards so far")
_CARDS: Final = NN_("{count} card", "{count} cards")
_PEOPLE: Final = NN_("{count} person", "{count} people")
_CHARACTERS: Final = NN_("{count} character", "{count} characters")
_PACE: Final = N_("{characters}, at most {gap} ms apart")

_SLOW: Final = 0.7
"""Of the limit: a scanner that needs more will miss one when it is busy."""


@dataclass(frozen=True, slots=True)
class ShopView:
    """How far the first snapshot is.

    Attributes:
        there: it is whole; the till can work.
        title: "Fetching the shop", then which till this is now.
        detail: how much has arrived. Nobody is told a total that nobody knows.
        problem: why nothing arrives just now; the till goes on trying.
        clock: that this computer's clock is wrong, and what to do.
    """

    there: bool
    title: str
    detail: str = ""
    problem: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class ScanView:
    """What a test scan brought: the text, how fast it came, and whether that is good."""

    text: str
    pace: str
    verdict: str
    good: bool


def read_shop(till: Till, sync: SyncState) -> ShopView:
    """How far the first snapshot is. Raises NotEnrolled, BookDamaged."""
    with till.book.read() as connection:
        who = identity.load(connection)
        arrived = synced.arrived(connection)
    event_time = who.contact.event_time(till.clock)
    notice = clock_notice(till.clock.now() - event_time)
    clock = tr(till_words.CLOCK_WRONG).format(notice=notice) if notice else ""
    place = f"{who.merchant_name} · {who.store_name} · {who.till_name}"
    if arrived.whole:
        detail = f"{place}\n{_many(_CARDS, arrived.cards)}, {_many(_PEOPLE, arrived.people)}"
        return ShopView(True, tr(till_words.SHOP_THERE), detail, clock=clock)
    so_far = _many(_SO_FAR, arrived.cards) if arrived.cards else ""
    return ShopView(False, tr(till_words.SHOP), f"{place}\n{so_far}".strip(), _problem(sync, who.server_url), clock)


def scan_view(text: str, *, longest_gap_ms: int, limit_ms: int) -> ScanView:
    """What a scan brought, in words."""
    characters = _many(_CHARACTERS, len(text))
    pace = tr(_PACE).format(characters=characters, gap=longest_gap_ms)
    if longest_gap_ms > limit_ms * _SLOW:
        verdict = tr(till_words.SCANNED_SLOWLY).format(gap=longest_gap_ms, limit=limit_ms)
        return ScanView(text, pace, verdict, good=False)
    other = isinstance(read_scan(text), NotACard)
    return ScanView(text, pace, tr(till_words.SCANNED_OTHER if other else till_words.SCANNED_CARD), good=True)


def half_scan_view(text: str) -> ScanView:
    """A scan that broke off."""
    return ScanView(text, "", tr(till_words.SCANNED_HALF), good=False)


def address_problem(problem: AddressProblem, text: str) -> str:
    """Why what was typed cannot be the server's address."""
    if problem is AddressProblem.PLAIN_HTTP:
        return tr(till_words.PLAIN_HTTP).format(text=text)
    return address_sentence(problem, text)


def given_up() -> str:
    """An attempt to enrol was ended by who began it."""
    return tr(till_words.GIVEN_UP)


def _problem(sync: SyncState, server_url: str) -> str:
    match sync.trouble:
        case NotEnrolled() | NotSyncedYet():
            pass
        case KnownTrouble() as trouble:
            return trouble_sentence(trouble)
    return "" if sync.failure is None else failure_sentence(sync.failure, server_url)


def _many(forms: Plural, count: int) -> str:
    return ntr(*forms, count)
