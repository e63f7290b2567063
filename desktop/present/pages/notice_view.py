"""Trouble that stands in the way of everything, and what to do about it."""

from desktop.cashier.engine import Till
from desktop.present.exchange_sentences import failure_sentence
from desktop.present.sentences import trouble_sentence
from desktop.present.views import NoticeView, Tone
from desktop.store import identity
from desktop.store.identity import Enrolment
from desktop.sync.state import Bug, SyncState
from desktop.trouble import BookInUse, BookTrouble, KnownTrouble, NotSyncedYet, SecretsMissing, SecretsUnreachable

TRY_AGAIN = "Try again"
ENROL = "Enrol again"
CLOSE = "Close"

MUST_ENROL_AGAIN = NoticeView(
    Tone.PERSON,
    "Enrol this till again",
    "The server no longer knows this till. Ask the office for a new enrolment code. "
    "Nothing is lost: everything recorded here is kept, and sent once the till is enrolled.",
    ENROL,
)
UPDATE_NEEDED = NoticeView(
    Tone.PERSON,
    "Update this program",
    "The server asks for a newer version of this program. The till goes on working, and keeps what it records "
    "until it was updated.",
)
FETCHING = NoticeView(
    Tone.WAITING, "Fetching the shop", "The shop's rules, people and cards are on their way to this till.", TRY_AGAIN
)
BUG = NoticeView(
    Tone.PERSON,
    "Something went wrong in the program",
    "What was recorded is kept. The file till.log in the till's folder says what happened: "
    "please send it to the office.",
)


def read_fetching(till: Till, sync: SyncState) -> NoticeView:
    """The first snapshot is on its way, or why it is not. Raises BookDamaged."""
    with till.book.read() as connection:
        who = identity.find(connection)
    if who is None or sync.failure is None:
        return FETCHING
    return NoticeView(Tone.WAITING, FETCHING.title, failure_sentence(sync.failure, who.server_url), TRY_AGAIN)


def notice_of_exchange(sync: SyncState, enrolment: Enrolment) -> NoticeView | None:
    """What stands behind the strip's trouble; None when there is none any more."""
    if Enrolment.MUST_ENROL_AGAIN in {sync.enrolment, enrolment}:
        return MUST_ENROL_AGAIN
    if Enrolment.UPDATE_NEEDED in {sync.enrolment, enrolment}:
        return UPDATE_NEEDED
    match sync.trouble:
        case KnownTrouble() as trouble:
            return notice_of(trouble)
        case Bug():
            return BUG
        case None:
            return None


def read_trouble(till: Till, sync: SyncState) -> NoticeView | None:
    """What stands behind the strip's trouble. Raises NotEnrolled, BookDamaged."""
    with till.book.read() as connection:
        return notice_of_exchange(sync, identity.load(connection).enrolment)


def notice_of(trouble: KnownTrouble) -> NoticeView:
    """What a person reads of known trouble, and what they can press."""
    match trouble:
        case NotSyncedYet():
            return FETCHING
        case BookInUse():
            return NoticeView(Tone.PERSON, "This till is open already", trouble_sentence(trouble), CLOSE)
        case BookTrouble():
            return NoticeView(Tone.PERSON, "Trouble with this till's book", trouble_sentence(trouble), TRY_AGAIN)
        case SecretsUnreachable() | SecretsMissing():
            return NoticeView(Tone.PERSON, "This till's keys are out of reach", trouble_sentence(trouble), TRY_AGAIN)
        case _:
            return NoticeView(Tone.PERSON, "That did not work", trouble_sentence(trouble), TRY_AGAIN)
