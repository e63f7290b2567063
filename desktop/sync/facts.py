"""What is so about this till's book and its computer, for whoever looks after it."""

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from common.clock import Clock
from desktop.store import identity
from desktop.store.book import Book
from desktop.store.identity import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class TillFacts:
    """A till at one moment.

    Attributes:
        who: None before it is enrolled.
        at: the till's event time; this computer's own time before it is enrolled.
        clock_off: this computer's clock less the server's; None before it is enrolled.
        book_bytes: the book with the log that belongs to it.
        free_bytes: what the disk under it has left; None where the system does not say.
        waiting, recorded: operations; all that were ever recorded here, and those of them without a verdict.
    """

    who: Identity | None
    at: datetime
    clock_off: timedelta | None
    book_path: Path
    book_bytes: int
    free_bytes: int | None
    cards: int
    waiting: int
    recorded: int
    sqlite_version: str


def read_facts(book: Book, clock: Clock) -> TillFacts:
    """Counts whole tables: for a page that is opened now and then. Raises BookDamaged."""
    with book.read() as connection:
        who = identity.find(connection)
        cards = _count(connection, "SELECT count(*) FROM synced_cards")
        waiting = _count(connection, "SELECT count(*) FROM operations WHERE state = 'waiting'")
        recorded = _count(connection, "SELECT count(*) FROM operations")
    now = clock.now()
    at = now if who is None else who.contact.event_time(clock)
    return TillFacts(
        who=who,
        at=at,
        clock_off=None if who is None else now - at,
        book_path=book.path,
        book_bytes=sum(_size(book.path.with_name(book.path.name + suffix)) for suffix in ("", "-wal")),
        free_bytes=_free(book.path.parent),
        cards=cards,
        waiting=waiting,
        recorded=recorded,
        sqlite_version=sqlite3.sqlite_version,
    )


def _count(connection: sqlite3.Connection, statement: str) -> int:
    count: int = connection.execute(statement).fetchone()[0]
    return count


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
