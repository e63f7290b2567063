"""The words of the pages about the till itself: its first run, training, what works offline, its keys, its end."""

from desktop.present.language import N_

STEP_OF = N_("Step {place} of {count}")
NEXT = N_("Next")
SKIP = N_("Skip")

WELCOME = N_("Welcome to Tillstamp")
WELCOME_HINT = N_("Which language do you speak? It can be changed at any time.")

SERVER = N_("Connect to the server")
SERVER_AGAIN = N_("Enrol this till again")
SERVER_HINT = N_(
    "The office makes a code for each till. It works once, for ten minutes. Type it, or scan it from a screen or paper."
)
SERVER_HINT_AGAIN = N_("Ask the office for a new code. Everything recorded here is kept, and sent afterwards.")
SERVER_ADDRESS = N_("Server address")
ENROL_CODE = N_("Enrolment code")
CONNECT = N_("Connect")
CONNECTING = N_("Connecting…")
NOT_AN_INVITATION = N_("That is not an enrolment code. The cards come later.")
PLAIN_HTTP = N_(
    "“{text}” is not encrypted: everybody on the way could read this till's key. Use an address that begins with https."
)
GIVEN_UP = N_("Given up. Nothing was changed.")

SHOP = N_("Fetching the shop")
SHOP_HINT = N_("The shop's rules, people and cards are on their way to this till.")
SHOP_THERE = N_("This till is ready for work")
CLOCK_WRONG = N_(
    "{notice}. Stamps get the right time all the same, but set this computer's clock: "
    "a clock that is far off makes secure connections fail."
)

SCANNER = N_("Try the scanner")
SCANNER_HINT = N_("Scan anything: a card, a bottle, a parcel. Nothing is recorded.")
SCANNER_WAITS = N_("Waiting for a scan")
SCANNED_CARD = N_("A stamp card. The scanner works.")
SCANNED_OTHER = N_("Not a stamp card, and read well. The scanner works.")
SCANNED_SLOWLY = N_(
    "Read, but at {gap} ms between two keys it is close to the limit of {limit} ms. "
    "Set the scanner to send faster, or raise scanner_gap_ms in settings.toml."
)
SCANNED_HALF = N_("Only a part of the code was read. Scan it again.")

SOUND = N_("Try the sound")
SOUND_HINT = N_("A till says with a sound how each scan ended. Is it loud enough for this counter?")
SOUND_NONE = N_("This computer has nothing to play sounds with. The till shows everything it would say.")
PLAYED = N_("Heard nothing? Turn the computer's volume up, and play it again.")

READY = N_("Everything is set")
READY_HINT = N_("Scan a card to begin. New to the till? Training, in the menu, is a place to try everything.")
START = N_("Start")

LEAVE = N_("Close Tillstamp")
LEAVE_WAITING = N_("They stay on this till and are sent at the next start.")
CLOSE = N_("Close")
STAY = N_("Stay")
FULL_SCREEN = N_("Full screen")
LEAVE_FULL_SCREEN = N_("Leave full screen")
START_WITH_COMPUTER = N_("Start with the computer")

TRAINING = N_("Training")
TRAINING_TITLE = N_("Try everything, nothing counts")
TRAINING_HINT = N_(
    "A place of its own, with the shop's rules and people and a few invented cards. "
    "Nothing done there is kept or sent, and the till goes on syncing meanwhile."
)
TRAINING_BEGIN = N_("Begin training")
TRAINING_CARDS = N_("Cards to try")
TRAINING_CARDS_HINT = N_("Press one as if it were scanned, or scan any card as a new one.")
TRAINING_END = N_("End training")
TRAINING_STRIP = N_("Training, nothing counts")
TRAINING_PREPARING = N_("Preparing…")

OFFLINE_TITLE = N_("What works offline")
KEYS_TITLE = N_("Keys of this page")
KEYS_CLOSE = N_("Any key closes this")
KEYS = N_("Keys")
