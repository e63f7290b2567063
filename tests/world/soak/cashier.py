"""A till that is busy all day: `python -m tests.world.soak.cashier FOLDER SEED`.

The real engine on the real book, and the real runner. It works by itself from its start, at random, on every card it
knows, and says each act that has returned: {"done": KEY}, {"refused": CODE}, or {"full": true} when the disk was. One
command a line:

    fill                the book may grow no further
    make-room           it may grow again
    burst               acts without a pause, until one finds the disk full, or the next command
    hurry               somebody waits for the server
    rest, work          no more acts; {"resting": true}; and on with them
    drain               waits until all is sent and fetched; {"drained": true}, or false

It ends with its standard input.
"""

import json
import queue
import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from common.clock import SystemClock
from common.ids import CardId
from common.rules.asks import Kind
from common.rules.refusals import Refused
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.cashier.void import void_operation
from desktop.main import make_exchange
from desktop.settings import load_settings
from desktop.store import operations
from desktop.store.book import Book
from desktop.sync.runner import Runner
from desktop.trouble import DiskFull

PACE_S: Final = (0.01, 0.15)
DRAIN_PATIENCE_MS: Final = 80_000
_PAGES_MOST: Final = 1_000_000_000

_KNOWN_CARDS: Final = """
SELECT card_id FROM synced_cards UNION SELECT card_id FROM operations WHERE kind = 'enrol' AND state = 'waiting'
ORDER BY card_id
"""
_UNSETTLED: Final = "SELECT count(*) FROM operations WHERE open = 1 AND state <> 'parked'"
_WAITING: Final = "SELECT count(*) FROM operations WHERE state = 'waiting'"

Line = str | None


def say(**content: Any) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


class Cashier:
    """Somebody with one till, and no plan."""

    def __init__(self, till: Till, chance: random.Random) -> None:
        self._till = till
        self._chance = chance

    def act(self) -> bool:
        """One act, and what came of it; False where the disk was full."""
        try:
            done = self._try()
        except DiskFull:
            say(full=True)
            return False
        match done:
            case Recorded(key=key):
                say(done=str(key))
            case Refused(code=code):
                say(refused=code.value)
            case other:
                say(refused=type(other).__name__)
        return True

    def _try(self) -> object:
        with self._till.book.read() as connection:
            known = [CardId(UUID(card_id)) for (card_id,) in connection.execute(_KNOWN_CARDS)]
            own = [one for one in operations.recent(connection, 20) if one.kind in (Kind.STAMP, Kind.REDEEM)]
        drawn = self._chance.random()
        if not known or drawn < 0.06:
            return enrol(self._till, NOBODY, name="Guest")
        if own and drawn < 0.12:
            return void_operation(self._till, NOBODY, self._chance.choice(own).key, "Wrong card")
        # The newest cards are everybody's favourites, so that tills get into each other's way.
        card_id = self._chance.choice(known[-4:] if drawn < 0.6 else known)
        return redeem(self._till, NOBODY, card_id) if drawn > 0.8 else stamp(self._till, NOBODY, card_id)


def bound(book: Book, pages: Callable[[int], int]) -> None:
    """How large the book may grow, from how large it is."""
    with book.write() as connection:
        (now,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages(now)}")


def settled(book: Book) -> bool:
    with book.read() as connection:
        return all(connection.execute(counted).fetchone() == (0,) for counted in (_WAITING, _UNSETTLED))


def hear(lines: "queue.SimpleQueue[Line]") -> None:
    for line in sys.stdin:
        lines.put(line.strip())
    lines.put(None)


def work(till: Till, runner: Runner, chance: random.Random, lines: "queue.SimpleQueue[Line]") -> None:
    cashier, resting = Cashier(till, chance), False
    while True:
        try:
            line = lines.get(timeout=None if resting else chance.uniform(*PACE_S))
        except queue.Empty:
            cashier.act()
            continue
        match line:
            case None:
                return
            case "fill":
                bound(till.book, lambda now: now)
            case "burst":
                while lines.empty() and cashier.act():
                    continue
            case "make-room":
                bound(till.book, lambda _: _PAGES_MOST)
            case "hurry":
                runner.hurry()
            case "work":
                resting = False
            case "rest":
                resting = True
                say(resting=True)
            case "drain":
                runner.hurry()
                say(drained=runner.wait_until(lambda: settled(till.book), DRAIN_PATIENCE_MS))
            case unknown:
                raise ValueError(f"no such command: {unknown}")


def main(folder: Path, seed: str) -> None:
    settings = load_settings(folder)
    clock = SystemClock()
    lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
    # A daemon: nothing ends a thread that reads the standard input but its end.
    threading.Thread(target=hear, args=(lines,), daemon=True).start()
    with Book.open(settings.book_path) as book:
        till = Till(book, clock)
        runner = Runner(book, lambda: make_exchange(till, settings), clock, random.random)
        till.on_recorded = runner.wake
        runner.start()
        try:
            work(till, runner, random.Random(seed), lines)
        finally:
            runner.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
