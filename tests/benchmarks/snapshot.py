"""A snapshot of 100,000 cards to a new till, beside reading the rows and writing them without anything between."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import psycopg

from tests.benchmarks.figures import AtMost, Figure, compare
from tests.benchmarks.premises import Premises
from tests.benchmarks.till import new_till, pull_all
from tests.helpers.postgres import plain

ROUNDS = 3
LIMIT = AtMost(ratio=4)

_READ = """
SELECT card_id::text, number, token, store_id::text, name, phone, email, stamp_count, lifetime_stamps, redemptions,
       (extract(epoch FROM last_stamp_at) * 1000000)::bigint, NULL, NULL, carried_over, ver
  FROM cards
"""
_MAKE = """
CREATE TABLE cards (card_id TEXT PRIMARY KEY, number TEXT, token TEXT, store_id TEXT, name TEXT, phone TEXT, email TEXT,
                    stamp_count INTEGER, lifetime_stamps INTEGER, redemptions INTEGER, last_stamp_at INTEGER,
                    last_redemption_at INTEGER, inactive_since INTEGER, carried_over INTEGER, ver INTEGER)
"""
_WRITE = f"INSERT INTO cards VALUES ({', '.join('?' * 15)})"


def snapshot(premises: Premises) -> list[Figure]:
    """From the first request to the committed book."""
    hub, folder = premises.hub, premises.floor.folder
    rounds = []
    for number in range(ROUNDS):
        with new_till(hub, folder / f"new {number}") as (till, exchange):
            started = time.perf_counter()
            pull_all(exchange)
            ours = time.perf_counter() - started
            with till.book.read() as connection:
                (arrived,) = connection.execute("SELECT count(*) FROM synced_cards").fetchone()
        if arrived != len(hub.cards):
            raise RuntimeError(f"of {len(hub.cards)} cards {arrived} arrived")
        rounds.append((ours, _copied_s(hub.database_url, folder / f"copy {number}.db")))
    what = f"snapshot of {len(hub.cards):,} cards, HTTP to committed book"
    return [compare(what, "psycopg read, sqlite3 executemany", rounds, unit="s", limit=LIMIT)]


def _copied_s(url: str, file: Path) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as book, psycopg.connect(plain(url)) as database:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _MAKE):
            book.execute(statement)
        started = time.perf_counter()
        rows = database.execute(_READ).fetchall()
        book.execute("BEGIN IMMEDIATE")
        book.executemany(_WRITE, rows)
        book.execute("COMMIT")
        return time.perf_counter() - started
