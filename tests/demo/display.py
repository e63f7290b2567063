"""Whether a window can be opened here, asked of Qt itself in a process of its own: where it cannot, Qt aborts."""

import os
import subprocess
import sys
from enum import Enum, auto
from typing import Final

VARIABLE: Final = "TILLSTAMP_DEMO_WINDOW"
"""Set by `run` where system libraries are missing: `none`, or `offscreen`."""

_PROBE: Final = "from PySide6.QtWidgets import QApplication; QApplication([])"
_PROBE_S: Final = 60


class Window(Enum):
    """Where the till's window is."""

    SHOWN = auto()
    OFFSCREEN = auto()
    NONE = auto()


def find_window() -> tuple[Window, str]:
    """Where the window can be, and one line on why it is not shown, if it is not."""
    asked = os.environ.get(VARIABLE, "")
    if asked == "none":
        return Window.NONE, "Qt's system libraries are missing: the demo runs without the window."
    if asked != "offscreen" and _has_display() and _qt_starts({}):
        return Window.SHOWN, ""
    if _qt_starts({"QT_QPA_PLATFORM": "offscreen"}):
        return Window.OFFSCREEN, "There is no display: a scripted cashier works the window offscreen."
    return Window.NONE, "Qt cannot start here: the demo runs without the window."


def _has_display() -> bool:
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform != "linux":
        return chosen != "offscreen"
    return chosen not in ("offscreen", "minimal") and any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def _qt_starts(environment: dict[str, str]) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PROBE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
