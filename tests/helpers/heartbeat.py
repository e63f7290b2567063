"""How long the thread that paints is kept from painting: the gaps of a timer that should tick all the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from PySide6.QtCore import Qt, QTimer

BEAT_MS: Final = 5


class Heartbeat:
    """Gaps between the ticks of a timer on the thread that paints.

    Whatever keeps that thread busy shows here: an event that takes long, and a thread that does not give Python's
    lock back.

    Attributes:
        gaps_ms: how much later than due each tick came.
    """

    def __init__(self) -> None:
        self.gaps_ms: list[float] = []
        self._timer = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last = perf_counter()

    def start(self) -> None:
        self._last = perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = perf_counter()
        self.gaps_ms.append(max(0.0, (now - self._last) * 1_000 - BEAT_MS))
        self._last = now


@contextmanager
def heartbeat() -> Iterator[Heartbeat]:
    """Listens for the time of the block."""
    # What the rest of the process left behind, a suite of tests at worst, is not for this window's collector to search.
    gc.collect()
    gc.freeze()
    beats = Heartbeat()
    beats.start()
    try:
        yield beats
    finally:
        beats.stop()
        gc.unfreeze()
