"""How long a till may go on by itself: the till's clock against the server's, and the wait of the oldest operation.

The law stops at one limit (`common.rules.connection`). What is said before it is this window's own: soon enough to do
something about it, and never red while nobody must.
"""

from datetime import datetime, timedelta
from typing import Final

from common.rules.connection import longest_wait
from desktop.present.language import N_, tr
from desktop.present.moments import span_text

CONNECT_NOW: Final = N_("Connect now")

_CONNECT_SOON: Final = N_("Connect soon")
_CONNECT_WITHIN: Final = N_("Connect within {span}")
_CLOCK_FAST: Final = N_("Clock {span} fast")
_CLOCK_SLOW: Final = N_("Clock {span} slow")

_CLOCK_OFF: Final = timedelta(minutes=2)
"""A till that is further off is noted by the server every day."""

_OFFLINE_LONG: Final = timedelta(hours=24)
_COUNTDOWN: Final = timedelta(hours=48)
_SHORTEST: Final = timedelta(minutes=1)


def time_left(oldest_waiting_at: datetime | None, at: datetime, offline_days_max: int) -> timedelta | None:
    """How much longer this till may record, which runs from the oldest waiting operation; None while nothing waits.

    Below nought it may not any more: of 14 days, an operation of 1 June 9:00 leaves 1 h on 14 June 8:00.
    """
    return None if oldest_waiting_at is None else oldest_waiting_at + longest_wait(offline_days_max) - at


def limit_notice(left: timedelta | None, offline_for: timedelta, offline_days_max: int) -> str:
    """What a person should know before the limit is reached; empty where there is time, and past it (CONNECT_NOW)."""
    if left is not None and left < timedelta(0):
        return ""
    if left is not None and left <= min(_COUNTDOWN, longest_wait(offline_days_max) / 2):
        # Rounded down, so that whoever keeps to it is in time; and "under 1 min" is no time to name.
        return tr(_CONNECT_WITHIN).format(span=span_text(max(left, _SHORTEST)))
    return tr(_CONNECT_SOON) if offline_for >= _OFFLINE_LONG else ""


def clock_notice(clock_off: timedelta) -> str:
    """`Clock 7 min fast`; empty for a clock that is right enough. `clock_off` is this computer's less the server's."""
    if abs(clock_off) < _CLOCK_OFF:
        return ""
    return tr(_CLOCK_FAST if clock_off > timedelta(0) else _CLOCK_SLOW).format(span=span_text(abs(clock_off)))
