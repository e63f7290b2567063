"""The fixed words of the window: names of states, keys of the pad, names that a screen reader says.

Sentences about refusals and trouble are in `sentences`; these are the words of the controls themselves.
"""

from desktop.present.views import OperationState, ResultKind

STATE = {
    OperationState.WAITING: "Waiting",
    OperationState.CONFIRMED: "Confirmed",
    OperationState.REJECTED: "Rejected",
    OperationState.PARKED: "In review",
}

RESULT = {
    ResultKind.DONE: "Done",
    ResultKind.PROVISIONAL: "Done, waiting to be confirmed",
    ResultKind.REFUSED: "Not done",
}

STAMPS = "Stamps"
PROVISIONAL_STAMPS = "{count} not confirmed yet"
REWARD_SLOT = "Reward"

STAFF = "Who is working?"
PIN_PAD = "PIN"
PIN_DIGITS = "{count} digits entered"
PIN_BACK = "Delete the last digit"
PIN_ENTER = "Enter the PIN"

STATUS = "Status"
SYNC_NOW = "Synchronise now"
SHOW_ATTENTION = "Show what needs attention"
SHOW_PEOPLE = "Change who is working"

OPERATIONS = "Last operations"
NO_OPERATIONS = "Nothing yet"
VOID_ROW = "Void"

QR_CODE = "The card's code, to be scanned or photographed"

SCAN_A_CARD = "Scan a card"
SCAN_HINT = "A scan works on every page"
TYPE_NUMBER = "or type its 12 digits"
NEW_CARD = "New card"

STAMP = "Stamp"
REDEEM = "Redeem"
VOID = "Void"
UNDO = "Undo"
BACK = "Back"
HISTORY = "History"
REWARD_IS = "Reward: {reward}"

NEW_CARD_TITLE = "New card"
NEW_CARD_HINT = "Scan a printed card that is not in use yet, or make one with a number of its own."
NEW_CARD_FOUND = "This card is not in use yet: {code}"
NAME_OPTIONAL = "First name (optional)"
MAKE_CARD = "Make it a card"
MAKE_NUMBER = "Make a new number"
CARD_READY = "The card is ready"
CARD_READY_HINT = "Let the customer photograph the code, or write the number on a card."
STAMP_IT = "Stamp it"
DONE = "Done"

SIGN_OUT = "Sign out"
UNLOCK = "Unlock"
CHECKING = "Checking…"

TAKE_BACK_TITLE = "Take this back?"
TAKE_BACK = "Take it back"
KEEP = "Keep it"
REASON = "Reason (Return)"

ATTENTION_TITLE = "Needs attention"
ATTENTION_HINT = (
    "What the server did not accept, or has in review. Tell the customer where it matters, then tick it off."
)
NO_ATTENTION = "Nothing needs attention"
ACKNOWLEDGE = "I have seen this"

ENROL_TITLE = "Enrol this till"
ENROL_HINT = "The office makes a code for each till. It works once, for ten minutes."
SERVER_ADDRESS = "Server address"
SERVER_EXAMPLE = "https://stamps.example.com"
ENROL_CODE = "Enrolment code"
ENROL_CODE_EXAMPLE = "K7QF-2M9D"
ENROL = "Enrol"
ENROLLING = "Enrolling…"
