"""Trouble that stands in the way of everything, and what to do about it."""

from desktop.present.sentences import trouble_sentence
from desktop.present.views import NoticeView, Tone
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
BUG = NoticeView(
    Tone.PERSON,
    "Something went wrong in the program",
    "What was recorded is kept. The file till.log in the till's folder says what happened: "
    "please send it to the office.",
)


def notice_of(trouble: KnownTrouble) -> NoticeView:
    """What a person reads of known trouble, and what they can press."""
    match trouble:
        case NotSyncedYet():
            return NoticeView(Tone.WAITING, "Fetching the shop", trouble_sentence(trouble), TRY_AGAIN)
        case BookInUse():
            return NoticeView(Tone.PERSON, "This till is open already", trouble_sentence(trouble), CLOSE)
        case BookTrouble():
            return NoticeView(Tone.PERSON, "Trouble with this till's book", trouble_sentence(trouble), TRY_AGAIN)
        case SecretsUnreachable() | SecretsMissing():
            return NoticeView(Tone.PERSON, "This till's keys are out of reach", trouble_sentence(trouble), TRY_AGAIN)
        case _:
            return NoticeView(Tone.PERSON, "That did not work", trouble_sentence(trouble), TRY_AGAIN)
