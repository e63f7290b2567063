"""One local act on a full book, beside a bare commit of one row with `synchronous=FULL` on the same disk."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import chain, islice
from statistics import median

from desktop.cashier.engine import Till
from desktop.settings import Settings
from desktop.store.book import Book
from tests.benchmarks.figures import AtMost, Figure, compare, percentile
from tests.benchmarks.premises import Premises
from tests.benchmarks.till import CLOCK, stamp_or_fail

ROUNDS = 20
ACTS = 50
LIMIT = AtMost(ratio=5)


def local_act(premises: Premises) -> list[Figure]:
    """The median and the slowest hundredth."""
    cards = iter(premises.fresh_cards)
    acts: list[list[float]] = []
    commits: list[list[float]] = []
    folder = premises.data_dir
    with (
        closing(sqlite3.connect(folder.parent / "bare.db", isolation_level=None)) as bare,
        Book.open(Settings(folder).book_path) as book,
    ):
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE rows (one INTEGER)"):
            bare.execute(statement)
        till = Till(book, CLOCK)
        for _ in range(ROUNDS):
            tokens = [card.token for card in islice(cards, ACTS)]
            acts.append([_ms(partial(stamp_or_fail, till, premises.hub, token)) for token in tokens])
            commits.append([_ms(lambda: bare.execute("INSERT INTO rows VALUES (1)")) for _ in range(ACTS)])
    beside = "a bare commit, synchronous=FULL"
    medians = [(median(act), median(commit)) for act, commit in zip(acts, commits, strict=True)]
    slowest = (percentile(list(chain(*acts)), 99), percentile(list(chain(*commits)), 99))
    return [
        compare("local act, p50", beside, medians, unit="ms", limit=LIMIT),
        compare("local act, p99", beside, [slowest], unit="ms"),
    ]


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1_000
