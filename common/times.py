"""Moments as they are kept and sent: integers of microseconds in a book, RFC 3339 text on the wire."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC; exact, unlike a float of seconds."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment that `to_micros` was given, in UTC. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=micros)


def to_wire(moment: datetime) -> str:
    """RFC 3339 in UTC with all six digits of microseconds: `2026-11-22T10:00:00.123456Z`."""
    # Not strftime: this stands on the hot path of every push, and isoformat is four times as fast.
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
