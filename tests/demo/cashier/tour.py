"""The scripted cashier's tour: every place of the menu, a search, and the window in other clothes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.demo.cashier.hands import Hands
from tests.demo.cashier.report import Report, Step

# What must be written at a place: whoever sees the page without it sees something else.
WRITTEN: Final = {
    "search": "Find a card",
    "attention": "Needs attention",
    "shift": "Shift",
    "offline": "What works offline",
    "training": "nothing counts",
    "settings": "Settings",
    "diagnostics": "Diagnostics",
}


@dataclass(frozen=True, slots=True)
class Tour:
    """Looks at what the story does not need. Nothing is recorded on the way."""

    hands: Hands
    report: Report
    out: Path

    def take(self, name: str) -> None:
        """All of it; `name` is a customer's, to search for. Nothing where there is no screen."""
        for place in self.hands.places():
            self._see(place, name)
        if self.hands.places():
            self._dress()

    def _see(self, place: str, name: str) -> None:
        with self.report.step(f"The menu: {WRITTEN[place]}") as step:
            step.expect_words("The page says what it is", WRITTEN[place], self.hands.visit(place))
            if place == "search":
                step.told = "; ".join(self.hands.search(name))
                step.expect_words("The customer is found", name, step.told)
            self._picture(step)

    def _dress(self) -> None:
        with self.report.step("In German, in dark colours") as step:
            self.hands.visit("settings")
            self.hands.choose("look", "dark")
            self.hands.choose("language", "de")
            step.expect_words("The till speaks German", "Einstellungen", self.hands.visit("settings"))
            self._picture(step)
            self.hands.choose("look", "system")
            self.hands.choose("language", "en")
            step.expect_words("And English again", "Settings", self.hands.visit("settings"))

    def _picture(self, step: Step) -> None:
        if self.hands.picture(self.out / step.file_name):
            step.picture = step.file_name
