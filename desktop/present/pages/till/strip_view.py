"""The status strip: how the till stands with the server, what waits, what needs a person."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from common.terms import PinPolicy
from common.version import is_newer
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.devices.printer import PrinterTrouble
from desktop.present import till_words
from desktop.present.device_sentences import printer_notice
from desktop.present.language import N_, NN_, ntr, tr
from desktop.present.limits import CONNECT_NOW, clock_notice, limit_notice, time_left
from desktop.present.moments import span_text
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.till.setback_view import setback_notice
from desktop.present.views import StripView
from desktop.store.identity import Enrolment
from desktop.store.operations import QueueCounts
from desktop.store.setback.news import SetbackNews
from desktop.sync.state import Bug, SyncState
from desktop.trouble import (
    BookTrouble,
    DiskFull,
    KnownTrouble,
    NotEnrolled,
    NotSyncedYet,
    SecretsMissing,
    SecretsUnreachable,
)

NOBODY: Final = N_("Sign in")

_STANDING: Final = {
    Enrolment.ENROLLED: "",
    Enrolment.MUST_ENROL_AGAIN: N_("Enrol again"),
    Enrolment.UPDATE_NEEDED: N_("Update needed"),
}

_ONLINE: Final = N_("Online")
_OFFLINE: Final = N_("Offline")
_OFFLINE_SINCE: Final = N_("Offline since {moment}")
_CONNECTING: Final = N_("Connecting")
_NOTHING_WAITING: Final = N_("Nothing waiting")
_WAITING: Final = NN_("{count} waiting", "{count} waiting")
_WAITING_SINCE: Final = NN_("{count} waiting, oldest {span}", "{count} waiting, oldest {span}")
_REJECTED: Final = NN_("{count} rejected", "{count} rejected")
_IN_REVIEW: Final = NN_("{count} in review", "{count} in review")
_LAST_SYNC: Final = N_("Last sync {moment}")

_NEWER: Final = N_("Version {version} is there")

_DISK_FULL: Final = N_("Disk full")
_KEYS: Final = N_("Keys out of reach")
_BOOK: Final = N_("Trouble with the book")
_OTHER_TROUBLE: Final = N_("Trouble")

_FLAPPING: Final = timedelta(seconds=5)
"""Only after so long without an answer the strip says that the till is offline."""

_A_MOMENT: Final = timedelta(minutes=1)
"""How old the last answer may be for the till to count as online until just now: a request's whole patience."""


def read_strip(till: Till, sync: SyncState, person: str, printer: PrinterTrouble | None = None) -> StripView:
    """The strip now; `person` is who is signed in, empty for nobody. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    return strip_view(
        here,
        activity.counts(till),
        sync,
        person,
        clock_off=till.clock.now() - here.at,
        printer=printer,
        setback=activity.setback(till),
    )


def training_strip(person: str) -> StripView:
    """The strip of a training: nothing waits, nothing counts."""
    return StripView(
        online=False,
        link_text=tr(till_words.TRAINING_STRIP),
        waiting=0,
        waiting_text="",
        rejected=0,
        rejected_text="",
        last_sync_text="",
        person_text=person,
        training=True,
    )


def strip_view(
    here: Here,
    counts: QueueCounts,
    sync: SyncState,
    person: str,
    *,
    clock_off: timedelta = timedelta(0),
    printer: PrinterTrouble | None = None,
    setback: SetbackNews | None = None,
) -> StripView:
    """The figures are the book's, as of now; only whether the server answers comes from the last attempt.

    `clock_off` is this computer's clock less the server's, `printer` what the last slip failed of, `setback` what
    nobody has acknowledged.
    """
    line = _line(here, sync)
    left = time_left(counts.oldest_waiting_at, here.at, here.shop.offline_days_max)
    return StripView(
        online=line.online,
        link_text=line.text,
        waiting=counts.waiting,
        waiting_text=_waiting(here, counts),
        rejected=counts.rejected,
        rejected_text=_rejected(counts),
        parked=counts.parked,
        last_sync_text=_last_sync(here, sync, line),
        trouble_text=_standing(here, sync) or trouble_text(sync.trouble) or _overdue(left),
        person_text="" if here.shop.terms.pin_policy is PinPolicy.OFF else person or tr(NOBODY),
        notice_text=limit_notice(left, line.offline_for, here.shop.offline_days_max)
        or printer_notice(printer)
        or setback_notice(setback)
        or clock_notice(clock_off)
        or newer_version(sync.till_version),
        look_again_ms=line.look_again_ms,
    )


def newer_version(version: str | None) -> str:
    """That a newer program is there; the page behind it says when to install it."""
    return tr(_NEWER).format(version=version) if version is not None and is_newer(version) else ""


def trouble_text(trouble: KnownTrouble | Bug | None) -> str:
    """Trouble of the exchange in two or three words; the page behind them says the rest."""
    match trouble:
        case None | NotEnrolled() | NotSyncedYet():
            return ""
        case DiskFull():
            return tr(_DISK_FULL)
        case SecretsUnreachable() | SecretsMissing():
            return tr(_KEYS)
        case BookTrouble():
            return tr(_BOOK)
        case _:
            return tr(_OTHER_TROUBLE)


def _standing(here: Here, sync: SyncState) -> str:
    return tr(_STANDING[sync.enrolment] or _STANDING[here.who.enrolment])


@dataclass(frozen=True, slots=True)
class _Line:
    """How the line is told: Wi-Fi that drops for a moment and comes back is no news to a cashier."""

    online: bool
    text: str
    offline_for: timedelta = timedelta(0)
    look_again_ms: int = 0


def _line(here: Here, sync: SyncState) -> _Line:
    if sync.online:
        return _Line(online=True, text=tr(_ONLINE))
    since = sync.offline_since or here.who.offline_since
    if since is None:
        return _Line(online=False, text=tr(_CONNECTING if sync.online is None else _OFFLINE))
    offline_for = max(here.at - since, timedelta(0))
    if sync.online is False and offline_for < _FLAPPING:
        # As it was: online, if that was a moment ago, and otherwise not there yet.
        was_online = since - (sync.last_contact_at or here.who.contact.server_time) < _A_MOMENT
        look_again_ms = (_FLAPPING - offline_for) // timedelta(milliseconds=1) + 1
        return _Line(was_online, tr(_ONLINE if was_online else _CONNECTING), look_again_ms=look_again_ms)
    return _Line(online=False, text=tr(_OFFLINE_SINCE).format(moment=here.moment(since)), offline_for=offline_for)


def _overdue(left: timedelta | None) -> str:
    """Red, and only once it is so: until then it is a notice."""
    return tr(CONNECT_NOW) if left is not None and left < timedelta(0) else ""


def _waiting(here: Here, counts: QueueCounts) -> str:
    if not counts.waiting:
        return tr(_NOTHING_WAITING)
    if counts.oldest_waiting_at is None:
        return ntr(*_WAITING, counts.waiting)
    return ntr(*_WAITING_SINCE, counts.waiting, span=span_text(here.at - counts.oldest_waiting_at))


def _rejected(counts: QueueCounts) -> str:
    parts = (
        ntr(*_REJECTED, counts.rejected) if counts.rejected else "",
        ntr(*_IN_REVIEW, counts.parked) if counts.parked else "",
    )
    return ", ".join(part for part in parts if part)


def _last_sync(here: Here, sync: SyncState, line: _Line) -> str:
    """Only while offline: online, the last sync was a moment ago."""
    last = sync.last_contact_at or here.who.contact.server_time
    return "" if line.online else tr(_LAST_SYNC).format(moment=here.moment(last))
