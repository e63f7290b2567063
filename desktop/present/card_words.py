"""The fixed words of the pages about one card. `words` has those of the rest of the window."""

from typing import Final

from desktop.present.language import N_, NN_

FURTHER: Final = N_("More")
FURTHER_TITLE: Final = N_("What else with this card?")
MANAGER_NEEDED: Final = N_("A manager's PIN is asked for")

COUNT: Final = N_("Number of stamps")
ONE_MORE: Final = N_("One more")
ONE_LESS: Final = N_("One less")
STAMP_TIMES: Final = NN_("Stamp × {count}", "Stamp × {count}")
NOT_CONFIRMED: Final = NN_("{count} stamp not confirmed yet", "{count} stamps not confirmed yet")
BLOCKED_SINCE: Final = N_("Blocked since {moment}")

TAKE_STAMPS: Final = N_("Take stamps back")
TAKE_STAMPS_HINT: Final = N_("Without naming when they were given. What the history shows is taken back there.")
TAKE_STAMPS_DO: Final = N_("Take back")
CARRY_OVER: Final = N_("Bring a paper card over")
CARRY_OVER_HINT: Final = N_("Count the stamps on the paper card, and keep it. This can be done once for each card.")
CARRY_OVER_DO: Final = N_("Bring over")
REPLACE: Final = N_("Lost card: give a new one")
REPLACE_HINT: Final = N_(
    "Scan a printed card that is not in use yet, or make a new number. The lost code finds nothing then."
)
REPLACE_DO: Final = N_("Make a new number")
BLOCK: Final = N_("Block the card")
BLOCK_HINT: Final = N_("It gives and takes nothing until a manager unblocks it. Its stamps are kept.")
BLOCK_DO: Final = N_("Block")
UNBLOCK: Final = N_("Unblock the card")

VOID_REASONS: Final = (N_("Return"), N_("Mistake"), N_("Given to the wrong card"))
BLOCK_REASONS: Final = (N_("Lost"), N_("Stolen"), N_("Misused"), N_("The customer asked"))
REASON: Final = N_("Reason")
OTHER_REASON: Final = N_("or another reason")

NAME: Final = N_("Name (optional)")
PHONE: Final = N_("Phone (optional)")
EMAIL: Final = N_("E-mail (optional)")
CONSENT: Final = N_("The customer agrees that we keep this")
NOT_KEPT: Final = N_("Phone and e-mail are not kept")

NEW_CODE: Final = N_("The card has a new code")
NEW_CODE_HINT: Final = N_(
    "Let the customer photograph the code, or hand over the card that you scanned. The stamps are on it."
)
TO_THE_CARD: Final = N_("To the card")
