"""The audit of a ledger, and of one ten times as long: how long it takes, and whether it streams."""

import os
import subprocess
import sys
import uuid
from datetime import timedelta
from itertools import cycle, islice
from typing import Final

from common.clock import SystemClock
from common.wire.base import MAX_OPERATIONS
from server.store.engine import make_engine
from tests.benchmarks.figures import AtMost, Figure, alone, compare
from tests.benchmarks.workshop import workshop
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop, WireTill

SIZES: Final = (5_000, 50_000)
CARDS: Final = 1_000
TERMS: Final = "cooldown_minutes = 0\ndaily_limit = 100\nstamps_target = 10"
MEMORY_LIMIT: Final = AtMost(ratio=1.5)
"""Ten times the operations, and hardly more memory."""


def audit() -> list[Figure]:
    """The command, on a database of its own that one till filled; memory is the most that the process ever had."""
    figures: list[Figure] = []
    peaks_mb = []
    with workshop() as floor:
        url = floor.database()
        engine = make_engine(url)
        shop = Shop.open(engine, ManualClock(SystemClock().now() - timedelta(days=30)), terms=TERMS)
        cards: list[uuid.UUID] = []
        counter = _Counter(shop.till(), cards)
        for size in SIZES:
            counter.sell_until(size)
            seconds, peak_mb = _audited(url, str(floor.folder / "audited"))
            peaks_mb.append(peak_mb)
            figures.append(alone(f"audit of {size:,} operations on {len(cards):,} cards", seconds, "s"))
        engine.dispose()
    few, many = SIZES
    what, beside = f"memory of an audit, {many:,} operations", f"{few:,} operations"
    return [*figures, compare(what, beside, [(peaks_mb[1], peaks_mb[0])], unit="MB", limit=MEMORY_LIMIT)]


class _Counter:
    """A till that enrols some cards and then stamps them in turn, a batch every minute."""

    def __init__(self, till: WireTill, cards: list[uuid.UUID]) -> None:
        self._till = till
        self._cards = cards
        while len(cards) < CARDS:
            enrols = [till.enrol_card() for _ in range(MAX_OPERATIONS)]
            self._send(enrols)
            cards += [uuid.UUID(enrol["card_id"]) for enrol in enrols]
        self._next = cycle(cards)

    def sell_until(self, size: int) -> None:
        while self._till.seq < size:
            self._send([self._till.stamp(card_id) for card_id in islice(self._next, MAX_OPERATIONS)])

    def _send(self, operations: list[dict[str, object]]) -> None:
        self._till.shop.clock.advance(timedelta(minutes=1))
        refused = [verdict.code for verdict in self._till.push(*operations) if verdict.outcome != "accepted"]
        if refused:
            raise RuntimeError(f"{len(refused)} were refused: {refused[:3]}")


def _audited(url: str, data_dir: str) -> tuple[float, float]:
    """Seconds and megabytes of `audit`. Raises RuntimeError for one that finds something."""
    settings = os.environ | {"TILLSTAMP_DATABASE_URL": url, "TILLSTAMP_DATA_DIR": data_dir}
    process = subprocess.Popen([sys.executable, "-c", _MEASURED], env=settings, stdout=subprocess.PIPE, text=True)
    said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(said)
    seconds, kilobytes = said.splitlines()[-1].split()
    return float(seconds), int(kilobytes) / 1_024


_MEASURED: Final = """
import re, time
from pathlib import Path
from server.cli import app
began = time.perf_counter()
try:
    app(["audit"])
except SystemExit as ended:
    if ended.code:
        raise
seconds = time.perf_counter() - began
# Not ru_maxrss: that is at least what the process had that started this one.
print(seconds, *re.findall(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text()))
"""
