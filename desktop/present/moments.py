"""Times and spans as people at a counter say them, in the merchant's zone whatever this computer's is."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# Not strftime's %a and %b: their language is that of the computer.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEK: Final = timedelta(days=6)


def moment_text(at: datetime, now: datetime, timezone: str) -> str:
    """`14:32` today, `Tue 14:32` within the days around, else `3 Nov 14:32`; as the clock in the shop shows it."""
    zone = ZoneInfo(timezone)
    there, here = at.astimezone(zone), now.astimezone(zone)
    clock = f"{there:%H:%M}"
    if there.date() == here.date():
        return clock
    if abs(there.date() - here.date()) <= _WEEK:
        return f"{_DAYS[there.weekday()]} {clock}"
    return f"{there.day} {_MONTHS[there.month - 1]} {clock}"


def span_text(span: timedelta) -> str:
    """How long something has been: `under 1 min`, `5 min`, `3 h`, `2 days`; whole units, rounded down."""
    minutes = max(span, timedelta(0)) // timedelta(minutes=1)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
