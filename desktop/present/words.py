"""The fixed words of the window: names of states, keys of the pad, names that a screen reader says.

Sentences about refusals and trouble are in `sentences`; these are the words of the controls themselves.
They are messages of the catalogues: `tr` makes them a text where they are shown.
"""

from desktop.preferences import Look, TextSize
from desktop.present.language import N_, NN_
from desktop.present.views import OperationState, ResultKind

STATE = {
    OperationState.WAITING: N_("Waiting"),
    OperationState.CONFIRMED: N_("Confirmed"),
    OperationState.REJECTED: N_("Rejected"),
    OperationState.PARKED: N_("In review"),
}

RESULT = {
    ResultKind.DONE: N_("Done"),
    ResultKind.PROVISIONAL: N_("Done, waiting to be confirmed"),
    ResultKind.REFUSED: N_("Not done"),
}

STAMPS = N_("Stamps")
PROVISIONAL_STAMPS = NN_("{count} not confirmed yet", "{count} not confirmed yet")

STAFF = N_("Who is working?")
PIN_PAD = N_("PIN")
PIN_DIGITS = NN_("{count} digit entered", "{count} digits entered")
PIN_BACK = N_("Delete the last digit")
PIN_ENTER = N_("Enter the PIN")

STATUS = N_("Status")
SYNC_NOW = N_("Synchronise now")
SHOW_ATTENTION = N_("Show what needs attention")
SHOW_PEOPLE = N_("Change who is working")

OPERATIONS = N_("Last operations")
NO_OPERATIONS = N_("Nothing yet")
VOID_ROW = N_("Void")

QR_CODE = N_("The card's code, to be scanned or photographed")

SCAN_A_CARD = N_("Scan a card")
SCAN_HINT = N_("A scan works on every page")
TYPE_NUMBER = N_("or type its number, or a name")
NEW_CARD = N_("New card")

STAMP = N_("Stamp")
REDEEM = N_("Redeem")
VOID = N_("Void")
UNDO = N_("Undo")
BACK = N_("Back")
HISTORY = N_("History")
REWARD_IS = N_("Reward: {reward}")

NEW_CARD_TITLE = N_("New card")
NEW_CARD_HINT = N_("Scan a printed card that is not in use yet, or make one with a number of its own.")
NEW_CARD_FOUND = N_("This card is not in use yet: {code}")
MAKE_CARD = N_("Make it a card")
MAKE_NUMBER = N_("Make a new number")
CARD_READY = N_("The card is ready")
CARD_READY_HINT = N_("Let the customer photograph the code, or write the number on a card.")
STAMP_IT = N_("Stamp it")
DONE = N_("Done")

SIGN_OUT = N_("Sign out")
UNLOCK = N_("Unlock")
CHECKING = N_("Checking…")

TAKE_BACK_TITLE = N_("Take this back?")
TAKE_BACK = N_("Take it back")
KEEP = N_("Keep it")
REASON = N_("Reason (Return)")

ATTENTION_TITLE = N_("Needs attention")
ATTENTION_HINT = N_(
    "What the server did not accept, or has in review. Tell the customer where it matters, then tick it off."
)
NO_ATTENTION = N_("Nothing needs attention")
ACKNOWLEDGE = N_("I have seen this")

WHAT_CARD = N_("Card")
WHO = N_("Who")
WHEN = N_("When")
WHY = N_("Why")
TELL_THE_CUSTOMER = N_("Tell the customer")
NOTHING_TO_SAY = N_("Nothing, unless they ask.")
NO_CARD = N_("No card")
UNNAMED = N_("Nobody by name")

SEARCH_TITLE = N_("Find a card")
SEARCH_FIELD = N_("Name, number, last four digits, phone or e-mail")
SEARCH_HINT = N_("Type at least two characters. A scan opens its card at once.")
CARDS_FOUND = N_("Cards found")
NO_CARDS_FOUND = N_("No card of this shop fits. Try fewer letters, or the last four digits of the number.")
NO_NAME = N_("No name")
CARD_BLOCKED = N_("Blocked")

SHIFT_TITLE = N_("Shift")
SHIFT_OPEN_SINCE = N_("Open since {time}")
SHIFT_CLOSED_AT = N_("Closed: {begin} to {end}")
OPENED_BY = N_("Opened by {name}")
CLOSED_BY = N_("Closed by {name}")
NO_SHIFT = N_("No shift yet")
NO_SHIFT_HINT = N_("Open one, and this till counts what each cashier gives and takes back.")
SHIFT_ALREADY_OPEN = N_("A shift is open since {time}. Close it first.")
NO_SHIFT_TO_CLOSE = N_("No shift is open.")
OPEN_SHIFT = N_("Open the shift")
CLOSE_SHIFT = N_("Close the shift")
CLOSE_SHIFT_ASK = N_("Close the shift now?")
CLOSE_SHIFT_YES = N_("Close it")
KEEP_SHIFT = N_("Leave it open")
SHIFT_FIGURES = N_("Figures of the shift")
CASHIER = N_("Cashier")
REWARDS = N_("Rewards")
VOIDS = N_("Taken back")
ALL_TOGETHER = N_("All together")
ALL_SENT = N_("Everything was sent.")
NOTHING_IN_SHIFT = N_("Nothing was given or taken back in this shift yet.")

SERVER_EXAMPLE = N_("https://stamps.example.com")
ENROL_CODE_EXAMPLE = N_("K7QF-2M9D")

MENU = N_("Menu")
MENU_TITLE = N_("What would you like to do?")

SETTINGS_TITLE = N_("Settings")
LANGUAGE = N_("Language")
LOOK = N_("Colours")
LOOKS = {
    Look.SYSTEM: N_("As the system"),
    Look.LIGHT: N_("Light"),
    Look.DARK: N_("Dark"),
    Look.CONTRAST: N_("High contrast"),
}
TEXT_SIZE = N_("Text size")
TEXT_SIZES = {
    TextSize.NORMAL: N_("Normal"),
    TextSize.LARGE: N_("Large"),
    TextSize.LARGER: N_("Larger"),
}
LOCK_AFTER = N_("Ask for a PIN when nobody used the till for")
MINUTES = N_("{count} min")
ON = N_("On")
OFF = N_("Off")
SWITCHES = {
    "sound": N_("Sounds"),
    "stamp_on_scan": N_("Stamp as soon as a card is scanned"),
    "kiosk": N_("Fill the whole screen"),
}
"""Preferences that are on or off, by their names."""

PRINTER = N_("Slip printer")
PRINTER_EXAMPLE = N_("None; or 192.168.1.40, or /dev/usb/lp0")
TRY_OUT = N_("Try out")
PRINT_SLIP = N_("Print a slip")
PRINT_COPY = N_("Print a copy")
PRINT_TEST_SLIP = N_("Print a test slip")
PLAY_A_SOUND = N_("Play a sound")

DIAGNOSTICS_TITLE = N_("Diagnostics")
SAVE_LOG = N_("Save the log")
SAVE_QUEUE = N_("Save what waits")
NOTHING_WAITING = N_("Nothing waiting")
WHERE_TO = N_("Where to?")
