"""A till without a window, steered through its standard input: `python -m tests.world.processes.steered_till FOLDER`.

The real engine on the real book, and the real runner. One command a line, one JSON object a line back, or none:

    go-online           starts the runner
    act TURN COUNT      that many acts, from this place of an endless day of work; {"done": KEY} after each has returned
    act-to EDGE TURN    one act that stops at an edge of its commit for good, and says {"edge": EDGE} there
    drain               waits until nothing waits to be sent and all was fetched; {"drained": true}, or false

It ends with its standard input, so that no test that fails leaves one behind.
"""

import json
import random
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from common.clock import SystemClock
from common.rules.asks import Kind
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
from desktop.store.operations import RecordedOperation
from desktop.sync.runner import Runner

ACTS_OF_A_CARD = 20
DRAIN_PATIENCE_MS = 80_000
"""Less than the patience of whoever waits for the answer."""

FREE_HANDS = """
stamps_target = 5
cooldown_minutes = 0
daily_limit = 1000
pin_policy = "off"
offline_redemption = "provisional"
"""
"""Terms by which each of some hundred acts in a second is allowed."""


class Edge(StrEnum):
    """Where an act can be caught: all written and nothing committed, or committed and nobody told."""

    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"


class CatchingBook(Book):
    """A book that stops at an edge of the next commit of the main thread, the cashier's, where it was told to."""

    catch_at: Edge | None = None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        with super().write() as connection:
            yield connection
            self._pass(Edge.BEFORE_COMMIT)
        self._pass(Edge.AFTER_COMMIT)

    def _pass(self, edge: Edge) -> None:
        if self.catch_at is edge and threading.current_thread() is threading.main_thread():
            say(edge=edge)
            # Nobody says anything more: this returns when whoever holds the other end is gone.
            sys.stdin.readline()
            sys.exit("was to be killed here")


def say(**content: Any) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def act(till: Till, turn: int) -> Recorded:
    """What a cashier does in this turn: twenty acts with each card, all kinds among them, each of which must succeed.

    It follows from the book, not from memory: a till that was killed goes on where its book is.
    """
    place = turn % ACTS_OF_A_CARD
    if place == 0:
        done = enrol(till, NOBODY, name=f"Guest {turn}")
    else:
        own = recent(till)
        card_id = next(one.card_id for one in own if one.kind is Kind.ENROL)
        assert card_id is not None, "an enrol has a card"
        match place:
            case 9 | 18:
                done = redeem(till, NOBODY, card_id)
            case 14:
                last = next(one.key for one in own if one.kind is Kind.STAMP)
                done = void_operation(till, NOBODY, last, "Wrong card")
            case _:
                done = stamp(till, NOBODY, card_id)
    assert isinstance(done, Recorded), f"turn {turn}: {done}"
    return done


def recent(till: Till) -> list[RecordedOperation]:
    with till.book.read() as connection:
        return operations.recent(connection, 3 * ACTS_OF_A_CARD)


def obey(line: str, till: Till, book: CatchingBook, runner: Runner) -> None:
    match line.split():
        case ["go-online"]:
            runner.start()
        case ["act", turn, count]:
            for each in range(int(turn), int(turn) + int(count)):
                say(done=str(act(till, each).key))
        case ["act-to", edge, turn]:
            book.catch_at = Edge(edge)
            act(till, int(turn))
        case ["drain"]:
            runner.hurry()
            say(drained=runner.wait_until(lambda: settled(book), DRAIN_PATIENCE_MS))
        case words:
            raise ValueError(f"no such command: {words}")


def settled(book: Book) -> bool:
    with book.read() as connection:
        (open_operations,) = connection.execute("SELECT count(*) FROM operations WHERE open = 1").fetchone()
    return bool(open_operations == 0)


def main(folder: Path) -> None:
    settings = load_settings(folder)
    clock = SystemClock()
    with CatchingBook.open(settings.book_path) as book:
        till = Till(book, clock)
        runner = Runner(book, lambda: make_exchange(till, settings), clock, random.random)
        till.on_recorded = runner.wake
        try:
            for line in sys.stdin:
                obey(line, till, book, runner)
        finally:
            runner.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
