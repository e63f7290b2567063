"""The hands of the scripted cashier: what they can do at a till, whether there is a window in front of them or not."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from desktop.cashier.engine import Till
from tests.demo.shop import Person

PATIENCE_MS: Final = 30_000
"""A loaded machine is slow; what has not come by then does not come."""


class Waited(Exception):
    """What was waited for did not come."""


class Hands(Protocol):
    """One cashier at one open till, whose runner exchanges with the server by itself."""

    @property
    def till(self) -> Till:
        """The engine behind whatever the cashier sees."""
        ...

    def sign_in(self, person: Person) -> None: ...

    def scan(self, code: str) -> str:
        """Scan a card; what is shown of it: its figure, or why it is none."""
        ...

    def stamp(self) -> str:
        """Ask for a stamp on the card in hand; what the cashier is told."""
        ...

    def redeem(self) -> str:
        """Ask for the reward; what the cashier is told once it is known."""
        ...

    def take_back(self) -> str:
        """Take the card's last act back; what the cashier is told."""
        ...

    def go_home(self) -> None:
        """Back to the page on which the till waits for a card."""
        ...

    def listed(self) -> list[str]:
        """What the list of the last operations says on that page, the newest first."""
        ...

    def strip(self) -> str:
        """What the status strip says."""
        ...

    def hurry(self) -> None:
        """Ask the till to try the server now."""
        ...

    def rejections(self) -> list[str]:
        """Open the list of what the server did not accept; what it says of each."""
        ...

    def acknowledge(self) -> None:
        """Tick the first of them off."""
        ...

    def places(self) -> tuple[str, ...]:
        """What the menu leads to, in its order; nothing where there is no screen."""
        ...

    def visit(self, place: str) -> str:
        """Go to a place of the menu; all that is written there."""
        ...

    def search(self, text: str) -> list[str]:
        """Type this on the page for searching, which must be shown; the cards that it finds."""
        ...

    def choose(self, name: str, value: str) -> None:
        """Make a choice on the settings page, which must be shown; the window shows it afterwards."""
        ...

    def picture(self, file: Path) -> bool:
        """Keep what is on the screen as a PNG. False where there is no screen."""
        ...

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        """Let the till work until that is so. Raises Waited."""
        ...
