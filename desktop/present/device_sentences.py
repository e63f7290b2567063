"""What is wrong with a device, and what to do about it."""

from typing import Final

from desktop.devices.printer import PrinterTrouble
from desktop.present.language import N_, tr
from desktop.present.views import NoticeView, ResultKind, ResultView, Tone

_SHORT: Final = {
    PrinterTrouble.NO_ANSWER: N_("No answer from the printer"),
    PrinterTrouble.NO_PAPER: N_("Printer out of paper"),
    PrinterTrouble.NO_LIBRARY: N_("Printing not installed"),
    PrinterTrouble.BAD_ADDRESS: N_("Printer not found"),
}

_SENTENCES: Final = {
    PrinterTrouble.NO_ANSWER: N_("The printer does not answer: check that it is on, its paper and its cable."),
    PrinterTrouble.NO_PAPER: N_("The printer has no paper: put in a new roll."),
    PrinterTrouble.NO_LIBRARY: N_("This program was installed without printing: install the package python-escpos."),
    PrinterTrouble.BAD_ADDRESS: N_(
        "There is no printer of this name: write it in the settings as an address or a path."
    ),
}

_NOT_PRINTED: Final = N_("Not printed")
_PRINTED: Final = N_("Printed")
_AT_THE_PRINTER: Final = N_("The slip is at the printer.")
_NO_PRINTER: Final = N_("There is no printer: write its address in the settings first.")
_NOT_IN_TRAINING: Final = N_("In a training nothing is printed.")
_NO_PLAYER_TITLE: Final = N_("No sound")
_NO_PLAYER: Final = N_("This computer has nothing that plays sounds: install pw-play, paplay or aplay.")
_NOTHING_LOST: Final = N_("What was recorded is not touched by it. A slip can be printed again from the card.")


def printer_notice(trouble: PrinterTrouble | None) -> str:
    """The printer's trouble in a few words, for the strip; empty when there is none."""
    return "" if trouble is None else tr(_SHORT[trouble])


def printer_sentence(trouble: PrinterTrouble) -> str:
    """The same in a sentence."""
    return tr(_SENTENCES[trouble])


def printer_page(trouble: PrinterTrouble, button: str) -> NoticeView:
    """The same as a page, which says too that no stamp hangs on it."""
    return NoticeView(Tone.WAITING, tr(_SHORT[trouble]), f"{tr(_SENTENCES[trouble])} {tr(_NOTHING_LOST)}", button)


def printed(trouble: PrinterTrouble | None) -> ResultView:
    """How a slip went that somebody asked for."""
    if trouble is None:
        return ResultView(ResultKind.DONE, tr(_PRINTED), tr(_AT_THE_PRINTER))
    return ResultView(ResultKind.REFUSED, tr(_NOT_PRINTED), tr(_SENTENCES[trouble]))


def not_in_training() -> ResultView:
    """Somebody asked for a slip of a card that counts for nothing."""
    return ResultView(ResultKind.REFUSED, tr(_NOT_PRINTED), tr(_NOT_IN_TRAINING))


def no_printer() -> ResultView:
    """A slip was asked for, and nobody said where to print it."""
    return ResultView(ResultKind.REFUSED, tr(_NOT_PRINTED), tr(_NO_PRINTER))


def no_player() -> ResultView:
    """A sound was asked for, and there is nothing to play it with."""
    return ResultView(ResultKind.REFUSED, tr(_NO_PLAYER_TITLE), tr(_NO_PLAYER))
