"""The window: how long from process start until it can be worked with, and how much memory it takes, on a full book."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from desktop.secrets import PLACE_VARIABLE
from desktop.store.identity import SecretsPlace
from desktop.ui.application import SAY_READY_VARIABLE
from tests.benchmarks.figures import Figure, alone
from tests.benchmarks.premises import Premises

ROUNDS = 5
MORE_S_MAX = 1.2
MEMORY_MB_MAX = 200

_SETTLING_S = 3
_STOP_PATIENCE_S = 20

_EMPTY_WINDOW = """
import PySide6.QtWidgets as widgets
from PySide6.QtCore import QTimer

application = widgets.QApplication([])
window = widgets.QWidget()
window.show()
QTimer.singleShot(0, lambda: print("ready", flush=True))
application.exec()
"""


def window(premises: Premises) -> list[Figure]:
    """Readiness beside an empty window, and the resident memory."""
    words = ["-m", "desktop", "--data-dir", str(premises.out_of_reach("window"))]
    rounds, megabytes = [], []
    for _ in range(ROUNDS):
        with _ready(words) as (seconds, process):
            ours = seconds
            # The exchange's part of the program is loaded behind the first paint.
            time.sleep(_SETTLING_S)
            megabytes.append(_resident_mb(process.pid))
        with _ready(["-c", _EMPTY_WINDOW]) as (seconds, _process):
            rounds.append((ours, seconds))
    ours_s, empty_s = median(ours for ours, _ in rounds), median(empty for _, empty in rounds)
    return [
        Figure(
            what="window ready from process start",
            beside="import PySide6.QtWidgets and an empty window",
            value=ours_s,
            beside_value=empty_s,
            unit="s",
            ratio=median(ours / empty for ours, empty in rounds),
            limit=f"≤ {MORE_S_MAX} s more",
            holds=median(ours - empty for ours, empty in rounds) <= MORE_S_MAX,
        ),
        alone("memory of the till (RSS)", max(megabytes), "MB", most=MEMORY_MB_MAX),
    ]


@contextmanager
def _ready(words: list[str]) -> Iterator[tuple[float, "subprocess.Popen[str]"]]:
    """Runs `python words…` until the block ends; the seconds from its start until it said `ready`."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        SAY_READY_VARIABLE: "1",
        PLACE_VARIABLE: SecretsPlace.FILE.value,
    }
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *words], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        seconds = time.perf_counter() - started
        if said != "ready":
            raise RuntimeError(f"{words} said {said!r} instead of being ready")
        yield seconds, process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _resident_mb(pid: int) -> float:
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return int(fields["VmRSS"].split()[0]) / 1_024
