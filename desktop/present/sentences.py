"""Every refusal and every known trouble as a human sentence. The one place where they are worded.

A sentence says what is so and what to do; never a code, never a name of ours. Where a customer stands waiting, a second
one is ready to be said to them. English for now; the tables are what a translation will replace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from common.card_code import ScanProblem, format_number
from common.rules.refusals import RefusalCode, Refused
from common.wire.push import Outcome, Verdict, WireCode
from desktop.cashier.outcome import AlreadyACard, Locked, Mistyped, NoPin, UnknownCard, Unreadable, Unusable, WrongPin
from desktop.preferences import PreferencesUnwritable
from desktop.present.moments import moment_text
from desktop.settings import DataDirInvalid, SettingsInvalid
from desktop.store.knowledge import Knowledge
from desktop.sync.rescue import ExportUnwritable
from desktop.trouble import (
    BookDamaged,
    BookInUse,
    BookMissing,
    BookTooNew,
    BookTrouble,
    BookUnwritable,
    DiskFull,
    KeyringUnreachable,
    KnownTrouble,
    NoDisplay,
    NotEnrolled,
    NotSyncedYet,
    SecretsMissing,
    SecretsUnreachable,
    SecretsUnreadable,
    SecretsUnwritable,
    UpgradeFailed,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the cashier reads, and what the customer may be told; empty where it is none of theirs."""

    text: str
    to_customer: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What a sentence needs to know of the shop.

    Attributes:
        now: the till's event time; a moment of today is told by its time alone.
        stores: their names, by id as text.
    """

    now: datetime
    timezone: str
    reward: str
    stores: Mapping[str, str]

    @classmethod
    def of(cls, shop: Knowledge, now: datetime) -> "Place":
        names = {str(store_id): name for store_id, name in shop.stores.items()}
        return cls(now, shop.terms.timezone, shop.terms.reward, names)


_REFUSALS: Final[dict[RefusalCode, Said]] = {
    RefusalCode.INVALID_OPERATION: Said("That cannot be asked of a card: check the count."),
    RefusalCode.CARD_NOT_FOUND: Said(
        "This till knows no such card. Scan it again, or begin a new card.",
        "I cannot find your card; may I scan it again?",
    ),
    RefusalCode.CARD_INACTIVE: Said(
        "This card is blocked. A manager can unblock it.", "Your card is blocked; let me ask a manager."
    ),
    RefusalCode.PROGRAM_INACTIVE: Said("The stamp program has ended.", "I am sorry, our stamp program has ended."),
    RefusalCode.STAMPS_DISABLED: Said(
        "This shop's program gives no stamps.", "I am sorry, our program does not use stamps any more."
    ),
    RefusalCode.STAFF_REQUIRED: Said("Pick your name and enter your PIN first."),
    RefusalCode.STAFF_NOT_ALLOWED: Said("This person may not work in this store now. Sign in as somebody else."),
    RefusalCode.VISIT_LIMIT: Said("One visit earns at most {limit}.", "I can give at most {limit} for one visit."),
    RefusalCode.COOLDOWN: Said(
        "Next stamp at {until}. Last stamp {other_at}{at_store}.", "Your next stamp is possible at {until}."
    ),
    RefusalCode.DAILY_LIMIT: Said(
        "Today's {limit} are given ({today} so far).", "Your card already has today's stamps; gladly again tomorrow."
    ),
    RefusalCode.OTHER_STORE: Said(
        "Rewards of this card are handed out only where it was begun{at_store}.",
        "This reward is waiting for you where you got the card{at_store}.",
    ),
    RefusalCode.INSUFFICIENT_STAMPS: Said(
        "Not full yet: {balance} of {target}.", "Your card has {balance} of {target} stamps."
    ),
    RefusalCode.VOIDS_NOT_ALLOWED: Said("This shop takes no stamps back, except within a minute by who gave them."),
    RefusalCode.ORIGINAL_NOT_FOUND: Said("What you want to take back is not on this card."),
    RefusalCode.ORIGINAL_REJECTED: Said("There is nothing to take back: the server did not accept it."),
    RefusalCode.ALREADY_VOIDED: Said("This was already taken back."),
    RefusalCode.VOID_TOO_OLD: Said("Too long ago: only what is at most {days_max} old can be taken back."),
    RefusalCode.MANAGER_REQUIRED: Said("This needs a manager's PIN.", "One moment, I need a manager for this."),
    RefusalCode.NOTHING_TO_VOID: Said("The card has no stamps to take back."),
    RefusalCode.CARD_CODE_TAKEN: Said(
        "This card's code is used already, or was replaced. Take another blank card.",
        "I will take another card for you.",
    ),
    RefusalCode.ALREADY_CARRIED_OVER: Said(
        "A paper card was already brought over to this card.", "Your paper card's stamps are already on this card."
    ),
    RefusalCode.REDEEM_NEEDS_CONNECTION: Said(
        "The reward must not be handed out now: the server has to confirm these stamps first.",
        "I cannot check your card just now; your stamps are safe, please ask again next time.",
    ),
    RefusalCode.OFFLINE_TOO_LONG: Said(
        "This till has been offline too long (since {oldest_waiting_at}): connect it before you go on.",
        "I cannot stamp just now; please keep your receipt.",
    ),
}

_WIRE: Final[dict[WireCode, Said]] = {
    WireCode.KEY_REUSED: Said("Not accepted: another operation was recorded under the same key. Tell your manager."),
    WireCode.UNREADABLE: Said("In review: the server could not read this operation. Nothing is lost."),
    WireCode.UNKNOWN_KIND: Said("In review: the server does not know this kind of operation yet. Nothing is lost."),
    WireCode.UNKNOWN_TERMS: Said("In review: the server does not know the rules this was recorded by."),
    WireCode.TOO_OLD: Said("In review: it reached the server too long after it happened."),
    WireCode.BEHIND_PARKED: Said("In review: something earlier on this card has to be decided first."),
    WireCode.TILL_REVOKED: Said("In review: this till had been signed off when it arrived. Enrol the till again."),
}

_REJECTIONS: Final = {code.value: said for table in (_REFUSALS, _WIRE) for code, said in table.items()}
_NOT_ACCEPTED: Final = Said("The server did not accept this. Tell your manager.")

_SCANS: Final[dict[ScanProblem, Said]] = {
    ScanProblem.EMPTY: Said("Nothing was scanned. Scan the card again."),
    ScanProblem.INCOMPLETE: Said("Only a part of the code was read. Scan the card again, or type its 12 digits."),
    ScanProblem.RUBBISH: Said("This is not one of our cards. Scan the code on the stamp card."),
}

_FIELDS: Final = {
    "name": "name",
    "phone": "phone number",
    "email": "e-mail address",
    "reason": "reason",
    "notes": "note",
    "count": "number of stamps",
}

_TROUBLES: Final[dict[type[KnownTrouble], str]] = {
    BookInUse: "Tillstamp is already open on this till. Use that window, or close it first.",
    BookMissing: "There is no till in {folder}. Enrol it first, or name the right folder.",
    BookTooNew: "A newer Tillstamp has used this till's data. Update this program; the data was left as it is.",
    BookDamaged: (
        "This till's data ({path}) cannot be read. Do not delete it: keep a copy, and have it looked at; "
        "the last copy made before an update lies beside it."
    ),
    BookUnwritable: "The system does not let Tillstamp write its data ({path}). Check the disk and its rights.",
    DiskFull: "The disk is full: nothing was recorded. Make room on the disk, then do it again.",
    UpgradeFailed: "This till's data could not be brought up to date, and was left as it was. Start Tillstamp again.",
    BookTrouble: "This till's data ({path}) cannot be used.",
    NoDisplay: (
        "There is no display to open a window on. Use the till's commands (--help), or set QT_QPA_PLATFORM=offscreen."
    ),
    NotEnrolled: "This till belongs to no shop yet. Enrol it with a code from the server.",
    NotSyncedYet: "This till has not received the shop's rules yet. Connect it to the server once.",
    SecretsUnreachable: "This till's key is not at hand yet. Try again in a moment; what is recorded is safe.",
    KeyringUnreachable: (
        "The keyring that holds this till's key is locked or out of reach. Unlock it and start Tillstamp again; "
        "what is recorded is safe."
    ),
    SecretsUnreadable: (
        "This till's key is in {path}, and cannot be read ({cause}). Let this user read that file, "
        "then start Tillstamp again; what is recorded is safe."
    ),
    SecretsUnwritable: (
        "This till's key cannot be kept in {path} ({cause}). Make room there, or let this user write there, "
        "then enrol with a new code."
    ),
    SecretsMissing: "This till's key is gone. Enrol the till again; what is recorded stays.",
    DataDirInvalid: "This till's data cannot lie in {path}: that is not a folder. Name the right one with --data-dir.",
    PreferencesUnwritable: (
        "The choice cannot be kept in {path} ({cause}). Make room there, or let this user write there."
    ),
    SettingsInvalid: "The settings in {path} cannot be used: {problem}.",
    ExportUnwritable: "The file {path} cannot be written: {cause}.",
    KnownTrouble: "Something around this till does not work. What is recorded is safe.",
}


def refusal(refused: Refused, place: Place) -> Said:
    """The till's own no."""
    return _filled(_REFUSALS[refused.code], refused.detail, place)


def rejection(verdict: Verdict, place: Place) -> Said:
    """Why the server rejected or parked an operation of this till's. A code of a newer server's is told in general."""
    said = _filled(_REJECTIONS.get(verdict.code or "", _NOT_ACCEPTED), verdict.detail, place)
    if verdict.outcome is Outcome.PARKED and not said.text.startswith("In review"):
        return Said(f"In review: {said.text}", said.to_customer)
    return said


def not_found(outcome: UnknownCard | Mistyped | Unreadable | AlreadyACard) -> Said:
    """What came of a scan that did not do what it was for."""
    match outcome:
        case UnknownCard():
            return _REFUSALS[RefusalCode.CARD_NOT_FOUND]
        case Mistyped(number):
            return Said(f"The number {format_number(number)} has a typing mistake. Check the digits and type it again.")
        case Unreadable(problem):
            return scan_problem(problem)
        case AlreadyACard(card):
            return Said(f"This card is in use already: {format_number(card.number)}.", "You already have this card.")


def scan_problem(problem: ScanProblem) -> Said:
    """A scan that no card can have."""
    return _SCANS[problem]


def unusable(outcome: Unusable) -> Said:
    """A text that cannot be kept."""
    field = _FIELDS.get(outcome.field, "text")
    return Said(f"The {field} cannot be kept as it is: it is empty, too long, or has unusual characters.")


def pin_answer(outcome: WrongPin | Locked | NoPin, place: Place) -> Said:
    """Why somebody could not sign in."""
    match outcome:
        case WrongPin(left):
            return Said(f"Wrong PIN. {_many(left, 'attempt')} left.")
        case Locked(name, until):
            at = moment_text(until, place.now, place.timezone)
            return Said(f"{name} is locked on this till until {at}. A manager can unlock them.")
        case NoPin(name):
            return Said(f"{name} has no PIN yet. A manager can give one at the server.")


def trouble_sentence(trouble: KnownTrouble) -> str:
    """What is wrong around the till, and what to do. Of a kind without words of its own, its parent's."""
    template = next(_TROUBLES[kind] for kind in type(trouble).__mro__ if kind in _TROUBLES)
    path = getattr(trouble, "path", None)
    return template.format(
        path=path,
        folder=None if path is None else path.parent,
        problem=getattr(trouble, "problem", ""),
        cause=getattr(trouble, "cause", ""),
    )


def _filled(said: Said, detail: Mapping[str, Any], place: Place) -> Said:
    words = _words(detail, place)
    return Said(said.text.format_map(words), said.to_customer.format_map(words))


class _Words(dict[str, str]):
    """A detail that a newer or older server left out must not cost the sentence."""

    def __missing__(self, name: str) -> str:
        return "" if name == "at_store" else "an unknown amount" if name in _AMOUNTS else "a time that is not known"


_AMOUNTS: Final = frozenset({"limit", "today", "balance", "target", "days_max"})
_COUNTED: Final = {"limit": "stamp", "days_max": "day"}


def _words(detail: Mapping[str, Any], place: Place) -> _Words:
    """Details as they are read: moments in the shop's zone, stores by their names, counts with their noun."""
    words = _Words()
    for name, value in detail.items():
        if name in {"store_id", "other_store_id"}:
            store = place.stores.get(str(value))
            words["at_store"] = f" at {store}" if store else ""
        elif name in {"until", "other_at", "oldest_waiting_at"}:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            words[name] = moment_text(moment, place.now, place.timezone)
        elif name in _COUNTED:
            words[name] = _many(int(value), _COUNTED[name])
        else:
            words[name] = str(value)
    return words


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
