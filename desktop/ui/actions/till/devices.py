"""Slips and sounds: after an act by themselves, and when somebody asks for one."""

from typing import Final

from common.ids import CardId
from desktop.devices.paper import Slip
from desktop.devices.printer import PrinterTrouble, read_printer_address
from desktop.devices.tones import Sound
from desktop.present import device_sentences
from desktop.present.slip import read_slip, read_test_slip
from desktop.present.views import ResultKind, ResultView
from desktop.ui.actions.till import settings
from desktop.ui.counter import Counter
from desktop.ui.refresh import refresh

_SOUNDS: Final = {
    ResultKind.DONE: Sound.DONE,
    ResultKind.PROVISIONAL: Sound.PROVISIONAL,
    ResultKind.REFUSED: Sound.REFUSED,
}


def sound(counter: Counter, result: ResultView) -> None:
    """Let a result be heard, where that is chosen. One that is not the end of anything yet is not."""
    if counter.preferences.sound and not result.silent:
        counter.devices.speaker.play(_SOUNDS[result.kind])


def try_sound(counter: Counter) -> None:
    """Play a sound so that somebody can turn it up; whether sounds are on or not."""
    counter.devices.speaker.play(Sound.DONE)
    if not counter.devices.speaker.player:
        counter.window.show_result(device_sentences.no_player())


def print_after(counter: Counter, card_id: CardId, *, sure: bool) -> None:
    """A slip after an act, where there is a printer. `sure`: the server answers, or has confirmed it."""
    if not counter.devices.printer.present or counter.real is not None:
        return

    def give(slip: Slip | None) -> None:
        if slip is not None:
            counter.devices.asked_by_hand = False
            counter.devices.printer.print_slip(slip)

    counter.look(lambda: read_slip(counter.till, card_id, online=sure), give)


def print_card(counter: Counter, *, copy: bool) -> None:
    """A slip of the card in hand; a `copy` is marked as one."""
    card_id, online = counter.session.card_id, counter.online
    if counter.real is not None:
        # A customer might keep it.
        counter.window.show_result(device_sentences.not_in_training())
    elif card_id is not None:
        counter.look(
            lambda: read_slip(counter.till, card_id, online=online, copy=copy), lambda slip: _by_hand(counter, slip)
        )


def print_test(counter: Counter) -> None:
    """A slip that shows whether the printer prints."""
    counter.look(lambda: read_test_slip(counter.till), lambda slip: _by_hand(counter, slip))


def choose_printer(counter: Counter, address: str) -> None:
    """Print there from now on; nowhere, where nothing is written."""
    address = address.strip()
    if address and read_printer_address(address) is None:
        counter.window.show_result(device_sentences.printed(PrinterTrouble.BAD_ADDRESS))
        return
    settings.choose(counter, "printer", address)


def hear_printer(counter: Counter, trouble: PrinterTrouble | None) -> None:
    """How a slip went. Who asked for it is told at once; of one that came by itself only the strip tells, in amber."""
    if counter.devices.asked_by_hand:
        counter.devices.asked_by_hand = False
        counter.window.show_result(device_sentences.printed(trouble))
    refresh(counter)


def _by_hand(counter: Counter, slip: Slip | None) -> None:
    if slip is None:
        return
    if not counter.devices.printer.present:
        counter.window.show_result(device_sentences.no_printer())
        return
    counter.devices.asked_by_hand = True
    counter.devices.printer.print_slip(slip)
