"""Shifts: from which to which operation of the queue somebody counts. The queue itself knows nothing of them."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from common.ids import StaffId
from common.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of this till. `closed_at` is None while it is open; `waiting_at_close` is what was not sent yet then."""

    shift_id: int
    opened_at: datetime
    opened_by: StaffId | None
    after_position: int
    closed_at: datetime | None
    closed_by: StaffId | None
    up_to_position: int | None
    waiting_at_close: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one person did in a shift; `staff_id` is None where nobody was asked for a PIN.

    What the server rejected is in `rejected` alone: nothing came of it. A reward that was asked for and never handed
    out, because the server did not answer, is in none.
    """

    staff_id: StaffId | None
    stamps: int
    rewards: int
    voids: int
    rejected: int


_COLUMNS: Final = """
    SELECT shift_id, opened_at, opened_by, after_position, closed_at, closed_by, up_to_position, waiting_at_close
    FROM shifts
"""


def current(connection: sqlite3.Connection) -> Shift | None:
    """The open shift."""
    return _shift(connection.execute(f"{_COLUMNS} WHERE closed_at IS NULL").fetchone())


def last_closed(connection: sqlite3.Connection) -> Shift | None:
    """The shift that was closed last."""
    return _shift(
        connection.execute(f"{_COLUMNS} WHERE closed_at IS NOT NULL ORDER BY shift_id DESC LIMIT 1").fetchone()
    )


def open_one(connection: sqlite3.Connection, at: datetime, by: StaffId | None) -> None:
    """Count from here on. There must be no open shift."""
    connection.execute(
        "INSERT INTO shifts (opened_at, opened_by, after_position) VALUES (?, ?, ?)",
        (to_micros(at), _text(by), _last_position(connection)),
    )


def close(connection: sqlite3.Connection, shift: Shift, at: datetime, by: StaffId | None, waiting: int) -> None:
    """Count no further. What waits to be sent goes on waiting: nothing but the shift's own row is written."""
    connection.execute(
        """
        UPDATE shifts SET closed_at = ?, closed_by = ?, up_to_position = ?, waiting_at_close = ? WHERE shift_id = ?
        """,
        (to_micros(at), _text(by), _last_position(connection), waiting, shift.shift_id),
    )


def figures(connection: sqlite3.Connection, shift: Shift) -> list[Figures]:
    """Who did what in this shift, with the verdicts known by now; those who did nothing are left out."""
    rows = connection.execute(
        """
        WITH counted AS (
            SELECT one.* FROM operations AS one
            WHERE one.position > ? AND one.position <= ?
                AND NOT (one.kind = 'void' AND json_extract(one.content, '$.reason') = 'unanswered')
                AND NOT (one.kind = 'redeem' AND EXISTS (
                    SELECT 1 FROM operations AS taken WHERE taken.original = one.key
                        AND taken.kind = 'void' AND json_extract(taken.content, '$.reason') = 'unanswered')))
        SELECT staff_id,
               coalesce(sum(stamps) FILTER (WHERE kind = 'stamp' AND state <> 'rejected'), 0),
               count(*) FILTER (WHERE kind = 'redeem' AND state <> 'rejected'),
               count(*) FILTER (WHERE kind = 'void' AND state <> 'rejected'),
               count(*) FILTER (WHERE state = 'rejected')
        FROM counted WHERE kind IN ('stamp', 'redeem', 'void')
        GROUP BY staff_id ORDER BY min(position)
        """,
        (shift.after_position, _EVERYTHING if shift.up_to_position is None else shift.up_to_position),
    )
    return [
        Figures(None if staff_id is None else StaffId(UUID(staff_id)), stamps, rewards, voids, rejected)
        for staff_id, stamps, rewards, voids, rejected in rows
    ]


_EVERYTHING: Final = 2**63 - 1


def _last_position(connection: sqlite3.Connection) -> int:
    (position,) = connection.execute("SELECT coalesce(max(position), 0) FROM operations").fetchone()
    return int(position)


def _shift(row: tuple[Any, ...] | None) -> Shift | None:
    if row is None:
        return None
    return Shift(
        shift_id=row[0],
        opened_at=from_micros(row[1]),
        opened_by=None if row[2] is None else StaffId(UUID(row[2])),
        after_position=row[3],
        closed_at=None if row[4] is None else from_micros(row[4]),
        closed_by=None if row[5] is None else StaffId(UUID(row[5])),
        up_to_position=row[6],
        waiting_at_close=row[7],
    )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
