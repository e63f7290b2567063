"""One window for each book: a second start asks the first to come forward, and ends.

The book's own lock says that there is a first; this says "show yourself". A file in the data folder carries it: only
this user may write there, it works on every system, and no port is open to anybody. The first window takes the file
away, which is its answer. Who holds the book without a window, such as a command, never answers.
"""

import contextlib
import time
from pathlib import Path
from typing import Final

LOOK_EVERY_MS: Final = 250
"""How often the first window looks for the file."""

_PATIENCE_S: Final = 3.0
"""A window that is just being opened, or paints a long list, gets so long to answer."""

_POLL_S: Final = 0.02


def ask_to_show(folder: Path, *, patience_s: float = _PATIENCE_S) -> bool:
    """Ask the window of this data folder to come forward; whether it did. Takes up to `patience_s`."""
    bell = _file(folder)
    try:
        bell.touch()
        ends_at = time.monotonic() + patience_s
        while bell.exists():
            if time.monotonic() > ends_at:
                bell.unlink(missing_ok=True)
                return False
            time.sleep(_POLL_S)
    except OSError:
        return False
    return True


class Doorbell:
    """The first window's side. To be made when it opens: who rang before found nobody at home."""

    def __init__(self, folder: Path) -> None:
        self._file = _file(folder)
        self.rang()

    def rang(self) -> bool:
        """Whether somebody has asked since the last time; that is the answer to them, too."""
        with contextlib.suppress(OSError):
            self._file.unlink()
            return True
        return False


def _file(folder: Path) -> Path:
    return folder / "show-window"
