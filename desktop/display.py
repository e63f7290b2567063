"""Whether there is a display to open a window on. Qt does not say so: without a usable one it ends the process.

It is therefore tried in a process of its own, while this one opens the book and loads the window. Who sets
QT_QPA_PLATFORM (`offscreen`, for a test or a demo) has chosen, and nothing is tried.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Self

from desktop import own_process
from desktop.trouble import NoDisplay

PLATFORM_VARIABLE: Final = "QT_QPA_PLATFORM"
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY")
_UNSEEN: Final = frozenset({"offscreen", "minimal"})
_TIMEOUT_S: Final = 20


class DisplayCheck:
    """A look for a display that is under way.

    Attributes:
        seen: whether a person would see a window: not one of Qt's platforms without a screen.
    """

    def __init__(self, usable: Future[bool], *, seen: bool = True) -> None:
        self._usable = usable
        self.seen = seen

    @classmethod
    def begin(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Begin to look, and return at once."""
        if sys.platform != "linux" or environment.get(PLATFORM_VARIABLE):
            return cls(_known(usable=True), seen=environment.get(PLATFORM_VARIABLE) not in _UNSEEN)
        if not any(environment.get(name) for name in _DISPLAYS):
            return cls(_known(usable=False))
        with_thread = ThreadPoolExecutor(1, "display")
        usable = with_thread.submit(_can_be_opened)
        with_thread.shutdown(wait=False)
        return cls(usable)

    def require(self) -> None:
        """Wait for what was found. Raises NoDisplay."""
        if not self._usable.result():
            raise NoDisplay


def _known(*, usable: bool) -> Future[bool]:
    known: Future[bool] = Future()
    known.set_result(usable)
    return known


def _can_be_opened() -> bool:
    try:
        return own_process.ask(own_process.DISPLAY, timeout_s=_TIMEOUT_S).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
