"""Trouble that stands in the way of everything, and what to do about it."""

from datetime import timedelta

from common.rules.connection import longest_wait
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.devices.printer import PrinterTrouble
from desktop.present.device_sentences import printer_page
from desktop.present.language import N_, tr
from desktop.present.limits import clock_notice, limit_notice, time_left
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.till.setback_view import setback_page
from desktop.present.sentences import trouble_sentence
from desktop.present.views import NoticeView, Tone
from desktop.store import identity
from desktop.store.identity import Enrolment
from desktop.sync.state import Bug, SyncState
from desktop.trouble import BookInUse, BookTrouble, KnownTrouble, NotSyncedYet, SecretsMissing, SecretsUnreachable

TRY_AGAIN = N_("Try again")
ENROL = N_("Enrol again")
CLOSE = N_("Close")
DONE = N_("Done")

# These hold messages; `told` makes them texts.
MUST_ENROL_AGAIN = NoticeView(
    Tone.PERSON,
    N_("Enrol this till again"),
    N_(
        "The server no longer knows this till. Ask the office for a new enrolment code. "
        "Nothing is lost: everything recorded here is kept, and sent once the till is enrolled."
    ),
    ENROL,
)
ALL_HANDED_IN = NoticeView(
    Tone.PERSON,
    N_("Enrol this till again"),
    N_(
        "The server takes no new work from this till. Ask the office for a new enrolment code. "
        "Nothing is lost: everything recorded here has reached the server."
    ),
    ENROL,
)
ALL_HANDED_IN_SOME_IN_REVIEW = NoticeView(
    Tone.PERSON,
    N_("Enrol this till again"),
    N_(
        "The server takes no new work from this till. Ask the office for a new enrolment code. "
        "Nothing is lost: everything recorded here has reached the server. "
        "The office decides what is in review, and this till shows what came of it."
    ),
    ENROL,
)
UPDATE_NEEDED = NoticeView(
    Tone.PERSON,
    N_("Update this program"),
    N_(
        "The server asks for a newer version of this program. The till goes on working, and keeps what it records "
        "until it was updated."
    ),
)
FETCHING = NoticeView(
    Tone.WAITING,
    N_("Fetching the shop"),
    N_("The shop's rules, people and cards are on their way to this till."),
    TRY_AGAIN,
)
BUG = NoticeView(
    Tone.PERSON,
    N_("Something went wrong in the program"),
    N_(
        "What was recorded is kept. The file till.log in the till's folder says what happened: "
        "please send it to the office."
    ),
)

_CONNECT_NOW = N_("Connect this till now")
_CONNECT_NOW_DETAIL = N_(
    "What waits here is too old to wait longer, so nothing more is recorded. Cards can still be looked up. "
    "Check the cable, the Wi-Fi and the router: the work goes on as soon as the server answers."
)
_CONNECT = N_("Connect this till soon")
_CONNECT_DETAIL = N_(
    "The server has not answered for a long time. Everything is kept here, and recording goes on until {moment}. "
    "Check the cable, the Wi-Fi and the router before then."
)
_NO_NEWS = N_(
    "The server has not answered for more than a day, so this till does not know what other tills did since. "
    "Check the cable, the Wi-Fi and the router."
)
_CLOCK_DETAIL = N_(
    "This computer's clock differs from the server's. The till goes by the server's, so nothing recorded is wrong. "
    "Let the computer set its date and time by itself, in the settings of the system."
)


def notice_of_exchange(sync: SyncState, enrolment: Enrolment) -> NoticeView | None:
    """What stands behind the strip's trouble; None when there is none any more."""
    if Enrolment.MUST_ENROL_AGAIN in {sync.enrolment, enrolment}:
        return told(_enrol_again(sync))
    if Enrolment.UPDATE_NEEDED in {sync.enrolment, enrolment}:
        return told(UPDATE_NEEDED)
    match sync.trouble:
        case KnownTrouble() as trouble:
            return notice_of(trouble)
        case Bug():
            return told(BUG)
        case None:
            return None


def _enrol_again(sync: SyncState) -> NoticeView:
    """A revoked till still hands in what it has; one whose token is gone keeps it."""
    looked_at = sync.last_contact_at is not None
    if not looked_at or sync.waiting:
        return MUST_ENROL_AGAIN
    return ALL_HANDED_IN_SOME_IN_REVIEW if sync.parked else ALL_HANDED_IN


def read_trouble(till: Till, sync: SyncState, printer: PrinterTrouble | None = None) -> NoticeView | None:
    """What stands behind the strip's trouble, or its notice. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    with till.book.read() as connection:
        who = identity.load(connection)
    trouble = notice_of_exchange(sync, who.enrolment)
    return trouble if trouble is not None else _notice_of_limits(read_here(till), till, printer)


def _notice_of_limits(here: Here, till: Till, printer: PrinterTrouble | None) -> NoticeView | None:
    """The same order as on the strip: what stops the work, what soon will, printer, an older copy, and the clock."""
    days_max = here.shop.offline_days_max
    oldest = activity.counts(till).oldest_waiting_at
    left = time_left(oldest, here.at, days_max)
    if left is not None and left < timedelta(0):
        return NoticeView(Tone.PERSON, tr(_CONNECT_NOW), tr(_CONNECT_NOW_DETAIL), tr(TRY_AGAIN))
    offline_for = timedelta(0) if here.who.offline_since is None else here.at - here.who.offline_since
    if limit_notice(left, offline_for, days_max):
        if oldest is None:
            return NoticeView(Tone.WAITING, tr(_CONNECT), tr(_NO_NEWS), tr(TRY_AGAIN))
        detail = tr(_CONNECT_DETAIL).format(moment=here.moment(oldest + longest_wait(days_max)))
        return NoticeView(Tone.WAITING, tr(_CONNECT), detail, tr(TRY_AGAIN))
    if printer is not None:
        return printer_page(printer, tr(DONE))
    setback = activity.setback(till)
    if setback is not None:
        return setback_page(setback, here)
    said = clock_notice(till.clock.now() - here.at)
    return NoticeView(Tone.WAITING, said, tr(_CLOCK_DETAIL), tr(TRY_AGAIN)) if said else None


def notice_of(trouble: KnownTrouble) -> NoticeView:
    """What a person reads of known trouble, and what they can press."""
    match trouble:
        case NotSyncedYet():
            return told(FETCHING)
        case BookInUse():
            return NoticeView(Tone.PERSON, tr("This till is open already"), trouble_sentence(trouble), tr(CLOSE))
        case BookTrouble():
            return _trouble(tr("Trouble with this till's book"), trouble)
        case SecretsUnreachable() | SecretsMissing():
            return _trouble(tr("This till's keys are out of reach"), trouble)
        case _:
            return _trouble(tr("That did not work"), trouble)


def told(notice: NoticeView) -> NoticeView:
    """One of the notices above, in the language in use."""
    return NoticeView(notice.tone, tr(notice.title), tr(notice.detail), tr(notice.button))


def _trouble(title: str, trouble: KnownTrouble) -> NoticeView:
    return NoticeView(Tone.PERSON, title, trouble_sentence(trouble), tr(TRY_AGAIN))
