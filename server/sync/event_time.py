"""Event time: when something happened, as the server derives it from what a till's clocks said.

People set a till's wall clock, its uptime nobody can. So for a boot that has been in contact, uptime decides: the
smallest `received − uptime` that it showed is the moment it booted, plus the fastest journey of a message. For any
other boot the wall clock counts, corrected by how wrong it is now. No other operation's time is ever a bound, so a
clock that was wrong for one operation harms no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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
        """When the operation happened; never after its receipt."""
        booted_at = self.booted_at.get(operation.boot_id)
        if booted_at is not None:
            return self._not_after_receipt(booted_at, timedelta(milliseconds=operation.uptime_ms))
        return self._not_after_receipt(operation.occurred_at, self.received_at - self.sent.sent_at)

    def sending_time(self) -> datetime:
        """When the till sent, on the same scale as its event times."""
        booted_at = self.booted_at[self.sent.boot_id]
        return self._not_after_receipt(booted_at, timedelta(milliseconds=self.sent.uptime_ms))

    def _not_after_receipt(self, start: datetime, distance: timedelta) -> datetime:
        try:
            return min(start + distance, self.received_at)
        except OverflowError:
            # Beyond the calendar: after it is after the receipt, before it is simply the oldest there is.
            return self.received_at if distance > timedelta(0) else datetime.min.replace(tzinfo=self.received_at.tzinfo)


def booted_at(received_at: datetime, uptime_ms: int) -> datetime:
    """`received − uptime`; the wire bounds an uptime to a hundred years."""
    return received_at - timedelta(milliseconds=uptime_ms)
