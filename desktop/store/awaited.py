"""Redemptions of which nobody has been told yet whether the reward is handed out.

A row is written with its redemption, in one transaction, and goes with whatever decides: the verdict that was shown,
the policy that let the till go on alone, or the void. What a till finds here when it starts was cut off in between, and
its screen never said "hand it out".
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.ids import OperationKey, StaffId
from common.times import from_micros


@dataclass(frozen=True, slots=True)
class Awaited:
    """Such a redemption: by whom, and when by the till's event time and by its clocks."""

    key: OperationKey
    staff_id: StaffId | None
    at: datetime
    occurred_at: datetime
    boot_id: str
    uptime_ms: int


def put(connection: sqlite3.Connection, key: OperationKey) -> None:
    """Somebody waits to be told about this redemption."""
    connection.execute("INSERT INTO awaited (key) VALUES (?)", (str(key),))


def settle(connection: sqlite3.Connection, key: OperationKey) -> None:
    """It is decided. Harmless for an operation that nobody waits for."""
    connection.execute("DELETE FROM awaited WHERE key = ?", (str(key),))


def left_over(connection: sqlite3.Connection) -> list[Awaited]:
    """All of them, the oldest first."""
    rows = connection.execute(
        """
        SELECT key, staff_id, at, content FROM operations
        WHERE key IN (SELECT key FROM awaited) ORDER BY position
        """
    )
    return [_awaited(key, staff_id, at, json.loads(content)) for key, staff_id, at, content in rows]


def _awaited(key: str, staff_id: str | None, at: int, said: dict[str, object]) -> Awaited:
    return Awaited(
        key=OperationKey(UUID(key)),
        staff_id=None if staff_id is None else StaffId(UUID(staff_id)),
        at=from_micros(at),
        occurred_at=datetime.fromisoformat(str(said["occurred_at"])),
        boot_id=str(said["boot_id"]),
        uptime_ms=int(str(said["uptime_ms"])),
    )
