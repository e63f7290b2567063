"""The till's time: what the server's clock said at the last contact, carried on by this machine's uptime."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from common.clock import Clock
from common.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Contact:
    """The last contact: the server's time in its answer, and this machine's clocks when the answer came."""

    server_time: datetime
    wall_time: datetime
    uptime_ms: int
    boot_id: str

    @classmethod
    def made(cls, server_time: datetime, clock: Clock) -> Self:
        """A contact of this very moment."""
        return cls(server_time, clock.now(), clock.uptime_ms(), clock.boot_id())

    def event_time(self, clock: Clock) -> datetime:
        """What time it is by the server's clock, as far as this till can know (PROTOCOL, "Clocks").

        Within one boot nobody can change the uptime, so it carries the server's time on whatever the wall clock is set
        to. After a reboot only the wall clock is left; it is off by what it was off at the last contact.
        """
        return from_micros(
            event_time_micros(
                clock, to_micros(self.server_time), to_micros(self.wall_time), self.uptime_ms, self.boot_id
            )
        )


def event_time_micros(clock: Clock, server_time: int, wall_time: int, uptime_ms: int, boot_id: str) -> int:
    """`Contact.event_time` on the book's own integers, for the path of every act."""
    if clock.boot_id() == boot_id:
        return server_time + (clock.uptime_ms() - uptime_ms) * 1000
    return to_micros(clock.now()) + server_time - wall_time


def record(connection: sqlite3.Connection, contact: Contact) -> None:
    """Keep `contact` as the last one; the till is online again with it."""
    connection.execute(
        """
        UPDATE book SET contact_server_time = ?, contact_wall_time = ?, contact_uptime_ms = ?, contact_boot_id = ?,
                        offline_since = NULL
        """,
        (to_micros(contact.server_time), to_micros(contact.wall_time), contact.uptime_ms, contact.boot_id),
    )
