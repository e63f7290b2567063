"""What held and what did not, said while it is found and once more at the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class DidNotHold(Exception):
    """Something that was to be true is not."""


@dataclass(slots=True)
class Held:
    """The table of a trial."""

    rows: list[tuple[bool, str, str]] = field(default_factory=list)

    def say(self, holds: bool, what: str, figure: str = "") -> None:
        """One more row."""
        self.rows.append((holds, what, figure))
        sys.stdout.write(f"  {'held ' if holds else 'FAILED'} {what}{figure and f': {figure}'}\n")
        sys.stdout.flush()

    @contextmanager
    def step(self, what: str) -> Iterator[list[str]]:
        """A row that holds if nothing in the block raises DidNotHold; what is added to the list is its figure."""
        figure: list[str] = []
        try:
            yield figure
        except DidNotHold as why:
            self.say(False, what, str(why))
        else:
            self.say(True, what, ", ".join(figure))

    @property
    def all_held(self) -> bool:
        return bool(self.rows) and all(holds for holds, _, _ in self.rows)

    def table(self) -> str:
        """Every row, what failed marked."""
        width = max((len(what) for _, what, _ in self.rows), default=0)
        lines = [f"{'held  ' if holds else 'FAILED'}  {what:<{width}}  {figure}" for holds, what, figure in self.rows]
        return "\n".join([*lines, ""])


def require(holds: bool, why: str) -> None:
    """Raises DidNotHold."""
    if not holds:
        raise DidNotHold(why)
