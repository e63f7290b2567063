"""Times and spans as people at a counter say them, in the merchant's zone whatever this computer's is."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desktop.present.language import N_, NN_, ntr, number_text, tr

# Not strftime's %a and %b: their language is that of the computer.
_DAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_MONTHS: Final = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
_CLOCK: Final = N_("{hour}:{minute}")
_OF_THE_WEEK: Final = N_("{weekday} {clock}")
_OF_THE_YEAR: Final = N_("{day} {month} {clock}")

_UNDER_A_MINUTE: Final = N_("under 1 min")
_MINUTES: Final = N_("{count} min")
_HOURS: Final = N_("{count} h")
_DAYS_LONG: Final = NN_("{count} day", "{count} days")
_WEEK: Final = timedelta(days=6)


def moment_text(at: datetime, now: datetime, timezone: str) -> str:
    """`14:32` today, `Tue 14:32` within the days around, else `3 Nov 14:32`; as the clock in the shop shows it."""
    zone = ZoneInfo(timezone)
    there, here = at.astimezone(zone), now.astimezone(zone)
    clock = tr(_CLOCK).format(hour=f"{there:%H}", minute=f"{there:%M}")
    if there.date() == here.date():
        return clock
    if abs(there.date() - here.date()) <= _WEEK:
        return tr(_OF_THE_WEEK).format(weekday=tr(_DAYS[there.weekday()]), clock=clock)
    return tr(_OF_THE_YEAR).format(day=there.day, month=tr(_MONTHS[there.month - 1]), clock=clock)


def span_text(span: timedelta) -> str:
    """How long something has been: `under 1 min`, `5 min`, `3 h`, `2 days`; whole units, rounded down."""
    minutes = max(span, timedelta(0)) // timedelta(minutes=1)
    if minutes < 1:
        return tr(_UNDER_A_MINUTE)
    if minutes < 60:
        return tr(_MINUTES).format(count=minutes)
    hours = minutes // 60
    return tr(_HOURS).format(count=number_text(hours)) if hours < 48 else ntr(*_DAYS_LONG, hours // 24)
