"""The printer and the loudspeaker that the window uses."""

from collections.abc import Callable

from common.clock import Clock
from desktop.devices.printer import NoPrinter, Printer, Told, make_printer
from desktop.devices.sound import NoSpeaker, Speaker
from desktop.preferences import Preferences


def _nobody_hears(_: object) -> None:
    """The default of a till without a printer: there is nothing to be told."""


class Devices:
    """What stands beside the till. Of the thread that paints; what is asked of a device is done on the device's own.

    Attributes:
        printer: where slips go.
        speaker: what makes sounds heard.
        asked_by_hand: somebody asked for the slip that is being printed, and wants to know how it went.
    """

    def __init__(self, clock: Clock, speaker: Speaker | None = None, told: Told = _nobody_hears) -> None:
        self.printer: Printer = NoPrinter()
        self.speaker: Speaker = speaker or NoSpeaker()
        self.asked_by_hand = False
        self._clock = clock
        self._told = told
        self._address = ""

    def use(self, preferences: Preferences) -> Callable[[], None]:
        """Have the printer that is chosen now. What is returned leaves the one of before, and may take a moment."""
        if preferences.printer == self._address:
            return lambda: None
        left, self._address = self.printer, preferences.printer
        self.printer = make_printer(preferences.printer, self._clock, self._told)
        return left.close

    def close(self) -> None:
        """Leave both."""
        self.printer.close()
        self.speaker.close()
