"""Terms: one numbered version of every number and policy that the rules read, and the business day they define."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class PinPolicy(StrEnum):
    """Who must say who they are before an act."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OFF = "off"


class OfflineRedemption(StrEnum):
    """What a till without the server's verdict may hand out a reward on."""

    NEVER = "never"
    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class Bound:
    """The least and the greatest allowed value, both allowed; of a text, its length in characters."""

    least: int
    greatest: int


BOUNDS: Final = {
    "stamps_target": Bound(1, 100),
    "reward": Bound(1, 120),
    "cooldown_minutes": Bound(0, 10_080),
    "daily_limit": Bound(1, 1_000),
    "visit_limit": Bound(1, 20),
    "void_days_max": Bound(0, 35),
}


class InvalidTerms(ValueError):
    """Terms out of bounds. `problems` says each in words for the merchant."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that `judge` reads of a merchant. Never edited: a change makes the next version.

    Raises InvalidTerms when a value is out of its bounds.
    """

    version: int = 1
    stamps_target: int = 10
    reward: str = "Free coffee"
    cooldown_minutes: int = 15
    daily_limit: int = 5
    visit_limit: int = 1
    stamps_enabled: bool = True
    timezone: str = "UTC"
    day_starts_at: time = time(0, 0)
    pin_policy: PinPolicy = PinPolicy.REQUIRED
    allow_voids: bool = True
    void_days_max: int = 30
    cross_store_redemption: bool = True
    offline_redemption: OfflineRedemption = OfflineRedemption.CONFIRMED

    def __post_init__(self) -> None:
        problems = tuple(self._problems())
        if problems:
            raise InvalidTerms(problems)

    def _problems(self) -> list[str]:
        problems = []
        for name, bound in BOUNDS.items():
            value = getattr(self, name)
            measure = len(value) if isinstance(value, str) else value
            if not bound.least <= measure <= bound.greatest:
                unit = " characters" if isinstance(value, str) else ""
                problems.append(f"{name} must be {bound.least} to {bound.greatest}{unit}, not {measure}")
        if not is_timezone(self.timezone):
            problems.append(f"timezone {self.timezone!r} is not a time zone like Europe/Luxembourg")
        starts = self.day_starts_at
        if starts.second or starts.microsecond or starts.tzinfo or starts.fold:
            problems.append(f"day_starts_at must be a whole minute like 04:30, not {starts}")
        if self.version < 1:
            problems.append(f"version must be at least 1, not {self.version}")
        return problems

    @property
    def cooldown(self) -> timedelta:
        return _minutes(self.cooldown_minutes)

    @property
    def void_window(self) -> timedelta:
        return timedelta(days=self.void_days_max)


def is_timezone(name: str) -> bool:
    """Whether the IANA database knows this zone."""
    try:
        _zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # ValueError: a path outside the database. OSError: the name of one of its folders, such as "Europe".
        return False
    return True


def day_start(terms: Terms, day: date) -> datetime:
    """The moment, in UTC, at which the business day `day` begins in the merchant's zone.

    Where the wall clock shows `day_starts_at` twice that day, the first counts; where it skips it, the day begins as
    if the clock had not been moved yet (PEP 495, fold=0). Each business day is therefore 23, 24 or 25 hours long, in
    zones that move by an hour.
    """
    return _day_start(terms.timezone, terms.day_starts_at, day)


class BusinessDay(NamedTuple):
    """A business day: from `begins`, included, to `ends`, which is the beginning of the next; both in UTC."""

    date: date
    begins: datetime
    ends: datetime


def business_day(terms: Terms, at: datetime) -> BusinessDay:
    """The business day that the moment `at` belongs to."""
    return _business_day(terms.timezone, terms.day_starts_at, at)


def business_date(terms: Terms, at: datetime) -> date:
    """The date of the business day that the moment `at` belongs to."""
    return business_day(terms, at).date


# One judgement asks for the day of the same moment half a dozen times.
@lru_cache(maxsize=1_024)
def _business_day(timezone: str, day_starts_at: time, at: datetime) -> BusinessDay:
    day = at.astimezone(_zone(timezone)).date()
    # Before the day's beginning, but after midnight, the till still sells yesterday's coffee. Two days back where a
    # zone left a date out (Apia, 30 December 2011): that day is empty.
    while at < _day_start(timezone, day_starts_at, day):
        day -= timedelta(days=1)
    # Where clocks went back over midnight (St. John's, until 2011), the new day had begun and does not end again.
    while at >= _day_start(timezone, day_starts_at, day + timedelta(days=1)):
        day += timedelta(days=1)
    ends = _day_start(timezone, day_starts_at, day + timedelta(days=1))
    return BusinessDay(day, _day_start(timezone, day_starts_at, day), ends)


@lru_cache(maxsize=1_024)
def _day_start(timezone: str, day_starts_at: time, day: date) -> datetime:
    # Each judgement asks for the same day's ends several times, and a year of days fits in the cache.
    return datetime.combine(day, day_starts_at, tzinfo=_zone(timezone)).astimezone(UTC)


@lru_cache(maxsize=64)
def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    if not name:
        raise ValueError("an empty name is no time zone")
    return ZoneInfo(name)
