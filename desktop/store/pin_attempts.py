"""Wrong PINs, counted on the disk before anybody knows that they are wrong: pulling the plug wins no attempt."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.ids import StaffId
from common.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Attempts:
    """One person's attempts on this till.

    Attributes:
        failures: attempts since the last right PIN, or the last lock that ran out; the one being checked included.
        locked_until: set with the last allowed attempt, before it is checked; a right PIN lifts it again.
        reported: the lock's operation is in the queue.
    """

    failures: int = 0
    locked_until: datetime | None = None
    reported: bool = False

    def is_locked(self, at: datetime) -> bool:
        return self.locked_until is not None and at < self.locked_until


def read(connection: sqlite3.Connection, staff_id: StaffId) -> Attempts:
    row = connection.execute(
        "SELECT failures, locked_until, reported FROM pin_attempts WHERE staff_id = ?", (str(staff_id),)
    ).fetchone()
    if row is None:
        return Attempts()
    return Attempts(row[0], None if row[1] is None else from_micros(row[1]), bool(row[2]))


def count_one(
    connection: sqlite3.Connection, staff_id: StaffId, before: Attempts, at: datetime, most: int, lock: timedelta
) -> Attempts:
    """Count an attempt that is about to be checked. The last allowed one locks at once, for `lock`."""
    # A lock that ran out starts the count anew.
    failures = 1 if before.locked_until is not None else before.failures + 1
    locked_until = at + lock if failures >= most else None
    attempts = Attempts(failures, locked_until)
    connection.execute(
        "INSERT OR REPLACE INTO pin_attempts (staff_id, failures, locked_until, reported) VALUES (?, ?, ?, 0)",
        (str(staff_id), failures, None if locked_until is None else to_micros(locked_until)),
    )
    return attempts


def forget(connection: sqlite3.Connection, staff_id: StaffId) -> None:
    """The right PIN came, or a manager let them try again."""
    connection.execute("DELETE FROM pin_attempts WHERE staff_id = ?", (str(staff_id),))


def mark_reported(connection: sqlite3.Connection, staff_id: StaffId) -> None:
    connection.execute("UPDATE pin_attempts SET reported = 1 WHERE staff_id = ?", (str(staff_id),))
