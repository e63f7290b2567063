"""The till's window in a bare system, on a display of this computer's: opened, timed, scanned at."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from trying.debian import CannotTry, Debian
from trying.held import require
from trying.processes import end, until_it_says

STARTS: Final = 7
OFFSCREEN: Final = {"QT_QPA_PLATFORM": "offscreen"}


@contextmanager
def x_display() -> Iterator[dict[str, str]]:
    """An X server outside of the system, which brings no library into it: the till must have its own."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    try:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise CannotTry("Xvfb is missing: apt-get install -y xvfb xdotool") from error
    try:
        if server.stdout is None:
            raise ValueError("a pipe was asked for")
        yield {"DISPLAY": f":{server.stdout.readline().decode().strip()}"}
    finally:
        end(server)


@contextmanager
def open_window(system: Debian, user: str, display: dict[str, str], **environment: str) -> Iterator[float]:
    """A window that was painted, until the end of the `with`; the seconds that it took. Raises DidNotHold."""
    command = system.command(["tillstamp"], user, **display, TILLSTAMP_SAY_READY="1", **environment)
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as window:
        try:
            until_it_says(window, b"ready")
            yield time.monotonic() - began
        finally:
            status = end(window)
    require(status == 0, f"the window ended with {status}")


def median_start_s(system: Debian, user: str, display: dict[str, str]) -> float:
    """How long a window takes from its start to its first painted page, with the disk warm."""
    took = []
    for _ in range(STARTS + 1):
        with open_window(system, user, display) as seconds:
            took.append(seconds)
    return median(took[1:])


def scan(display: dict[str, str], code: str) -> None:
    """What a keyboard-wedge scanner does."""
    for words in (["mousemove", "640", "400"], ["type", "--delay", "4", code], ["key", "Return"]):
        subprocess.run(["xdotool", *words], env={**display, "PATH": "/usr/bin:/bin"}, check=True)


def picture(display: dict[str, str], file: Path) -> None:
    """What the display shows, where there is a command to take it."""
    words = ["import", "-display", display["DISPLAY"], "-window", "root", str(file)]
    subprocess.run(words, capture_output=True, check=False)
