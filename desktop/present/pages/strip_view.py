"""The status strip: how the till stands with the server, what waits, what needs a person."""

from typing import Final

from common.terms import PinPolicy
from desktop.cashier import activity
from desktop.cashier.engine import Till
from desktop.present.moments import span_text
from desktop.present.pages.here import Here, read_here
from desktop.present.views import StripView
from desktop.store.identity import Enrolment
from desktop.store.operations import QueueCounts
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

NOBODY: Final = "Sign in"

_STANDING: Final = {
    Enrolment.ENROLLED: "",
    Enrolment.MUST_ENROL_AGAIN: "Enrol again",
    Enrolment.UPDATE_NEEDED: "Update needed",
}


def read_strip(till: Till, sync: SyncState, person: str) -> StripView:
    """The strip now; `person` is who is signed in, empty for nobody. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    here = read_here(till)
    return strip_view(here, activity.counts(till), sync, person)


def strip_view(here: Here, counts: QueueCounts, sync: SyncState, person: str) -> StripView:
    """The figures are the book's, as of now; only whether the server answers comes from the last attempt."""
    return StripView(
        online=sync.online is True,
        link_text=_link(here, sync),
        waiting=counts.waiting,
        waiting_text=_waiting(here, counts),
        rejected=counts.rejected,
        rejected_text=_rejected(counts),
        parked=counts.parked,
        last_sync_text=_last_sync(here, sync),
        trouble_text=_standing(here, sync) or trouble_text(sync.trouble),
        person_text="" if here.shop.terms.pin_policy is PinPolicy.OFF else person or NOBODY,
    )


def trouble_text(trouble: KnownTrouble | Bug | None) -> str:
    """Trouble of the exchange in two or three words; the page behind them says the rest."""
    match trouble:
        case None | NotEnrolled() | NotSyncedYet():
            return ""
        case DiskFull():
            return "Disk full"
        case SecretsUnreachable() | SecretsMissing():
            return "Keys out of reach"
        case BookTrouble():
            return "Trouble with the book"
        case _:
            return "Trouble"


def _standing(here: Here, sync: SyncState) -> str:
    return _STANDING[sync.enrolment] or _STANDING[here.who.enrolment]


def _link(here: Here, sync: SyncState) -> str:
    if sync.online:
        return "Online"
    since = sync.offline_since or here.who.offline_since
    if since is not None:
        return f"Offline since {here.moment(since)}"
    return "Connecting" if sync.online is None else "Offline"


def _waiting(here: Here, counts: QueueCounts) -> str:
    if not counts.waiting:
        return "Nothing waiting"
    oldest = counts.oldest_waiting_at
    return f"{counts.waiting} waiting" + (f", oldest {span_text(here.at - oldest)}" if oldest else "")


def _rejected(counts: QueueCounts) -> str:
    parts = (
        f"{counts.rejected} rejected" if counts.rejected else "",
        f"{counts.parked} in review" if counts.parked else "",
    )
    return ", ".join(part for part in parts if part)


def _last_sync(here: Here, sync: SyncState) -> str:
    """Only while offline: online, the last sync was a moment ago."""
    last = sync.last_contact_at or here.who.contact.server_time
    return "" if sync.online else f"Last sync {here.moment(last)}"
