"""Event time: when something happened, as the server derives it from what a till's clocks said.

People set a till's wall clock, its uptime nobody can. So for a boot that has been in contact, uptime decides: the
smallest `received − uptime` that it showed is the moment it booted, plus the fastest journey of a message. For any
other boot the wall clock counts, corrected by how wrong it is now. No other operation's time is ever a bound, so a
clock that was wrong for one operation harms no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.wire.base import EARLIEST
from common.wire.operations import OperationBase
from common.wire.push import TillClock


@dataclass(frozen=True, slots=True)
class EventClock:
    """What is needed to derive event times of one push.

    Attributes:
        received_at: the server's time of receipt.
        sent: the till's clocks when it sent.
        booted_at: the moment of booting of each boot that was in contact, the present one included.
    """

    received_at: datetime
    sent: TillClock
    booted_at: Mapping[str, datetime]

    def event_time(self, operation: OperationBase) -> datetime:
        """When the operation happened; never after its receipt, and never before there were tills."""
        booted_at = self.booted_at.get(operation.boot_id)
        if booted_at is not None:
            return self._within_reason(booted_at, timedelta(milliseconds=operation.uptime_ms))
        return self._within_reason(operation.occurred_at, self.received_at - self.sent.sent_at)

    def sending_time(self) -> datetime:
        """When the till sent, on the same scale as its event times."""
        booted_at = self.booted_at[self.sent.boot_id]
        return self._within_reason(booted_at, timedelta(milliseconds=self.sent.uptime_ms))

    def _within_reason(self, start: datetime, distance: timedelta) -> datetime:
        """`start + distance`, or the nearest moment to it that a verdict can carry."""
        try:
            return max(EARLIEST, min(start + distance, self.received_at))
        except OverflowError:
            return self.received_at if distance > timedelta(0) else EARLIEST


def booted_at(received_at: datetime, uptime_ms: int) -> datetime:
    """`received − uptime`; the wire bounds an uptime to a hundred years."""
    return received_at - timedelta(milliseconds=uptime_ms)
