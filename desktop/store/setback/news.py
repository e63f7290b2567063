"""That a book was set back, for people: until somebody has seen it."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.times import from_micros, to_micros


class Setback(StrEnum):
    """What became of the book. `diverged`: another book, or another computer, went on under this till's name."""

    TILL_BEHIND = "till_behind"
    DIVERGED = "diverged"


@dataclass(frozen=True, slots=True)
class SetbackNews:
    """A setback that nobody has acknowledged yet: since when, and how many operations came back by now."""

    setback: Setback
    at: datetime
    regained: int


def tell(connection: sqlite3.Connection, standing: str | None, regained: int, at: datetime) -> None:
    """Note that the book was set back, where that is news to people: a divergence, or operations that came back.

    A copy that lost nothing, and a new epoch that was missed because an answer was lost, are none.
    """
    diverged = standing == Setback.DIVERGED
    if not diverged and not regained:
        return
    connection.execute(
        """
        UPDATE book SET
            setback = CASE WHEN ? OR setback = 'diverged' THEN 'diverged' ELSE 'till_behind' END,
            setback_at = coalesce(setback_at, ?), setback_regained = setback_regained + ?
        """,
        (diverged, to_micros(at), regained),
    )


def unseen(connection: sqlite3.Connection) -> SetbackNews | None:
    """The setback that nobody has acknowledged yet."""
    row = connection.execute("SELECT setback, setback_at, setback_regained FROM book").fetchone()
    return None if row is None or row[0] is None else SetbackNews(Setback(row[0]), from_micros(row[1]), row[2])


def acknowledge(connection: sqlite3.Connection) -> None:
    """Somebody has seen it."""
    connection.execute("UPDATE book SET setback = NULL, setback_at = NULL, setback_regained = 0")
