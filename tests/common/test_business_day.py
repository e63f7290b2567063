"""The business day: in every zone, each moment is in exactly one, however the clocks are moved."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.terms import Terms, business_date, business_day, day_start
from tests.common.builders import DAY, MOMENT, span_of_day
from tests.common.strategies import ODD_DAYS, OddDay, moments, starts_of_day, zones


@pytest.mark.parametrize("odd", ODD_DAYS, ids=str)
def test_an_odd_day_is_as_long_as_its_zone_makes_it(odd: OddDay) -> None:
    begins, ends = span_of_day(Terms(timezone=odd.zone), odd.day)
    assert ends - begins == odd.length


@pytest.mark.parametrize("odd", ODD_DAYS, ids=str)
def test_the_days_around_are_ordinary(odd: OddDay) -> None:
    terms = Terms(timezone=odd.zone)
    odd_in_zone = {other.day for other in ODD_DAYS if other.zone == odd.zone}
    for day in {odd.day - DAY, odd.day + DAY} - odd_in_zone:
        begins, ends = span_of_day(terms, day)
        assert ends - begins == DAY


@pytest.mark.parametrize(
    ("zone", "starts", "day", "begins"),
    [
        ("Europe/Luxembourg", time(0), date(2026, 11, 22), datetime(2026, 11, 21, 23, tzinfo=UTC)),
        ("Europe/Luxembourg", time(4, 30), date(2026, 7, 1), datetime(2026, 7, 1, 2, 30, tzinfo=UTC)),
        # 02:30 is skipped: the day begins as if the clock had not been moved yet.
        ("Europe/Luxembourg", time(2, 30), date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 02:30 comes twice: the first counts.
        ("Europe/Luxembourg", time(2, 30), date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Midnight is skipped: the day begins when the clock is moved.
        ("Africa/Cairo", time(0), date(2024, 4, 26), datetime(2024, 4, 25, 22, tzinfo=UTC)),
        # Midnight comes twice: the first counts.
        ("America/Havana", time(0), date(2024, 11, 3), datetime(2024, 11, 3, 4, tzinfo=UTC)),
        # Apia skipped the 30th: it begins, and ends, as the 31st begins.
        ("Pacific/Apia", time(4), date(2011, 12, 30), datetime(2011, 12, 30, 14, tzinfo=UTC)),
        ("Pacific/Apia", time(4), date(2011, 12, 31), datetime(2011, 12, 30, 14, tzinfo=UTC)),
    ],
)
def test_when_a_day_begins(zone: str, starts: time, day: date, begins: datetime) -> None:
    terms = Terms(timezone=zone, day_starts_at=starts)
    assert day_start(terms, day) == begins
    assert day_start(terms, day).tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "starts", "at", "day"),
    [
        ("UTC", time(0), datetime(2026, 11, 22, tzinfo=UTC), date(2026, 11, 22)),
        ("UTC", time(0), datetime(2026, 11, 22, tzinfo=UTC) - MOMENT, date(2026, 11, 21)),
        ("UTC", time(4, 30), datetime(2026, 11, 22, 4, 30, tzinfo=UTC), date(2026, 11, 22)),
        ("UTC", time(4, 30), datetime(2026, 11, 22, 4, 30, tzinfo=UTC) - MOMENT, date(2026, 11, 21)),
        # Before 04:00 on the 31st it is the last day before it in Apia: the 29th.
        ("Pacific/Apia", time(4), datetime(2011, 12, 30, 12, tzinfo=UTC), date(2011, 12, 29)),
        # 23:30 on the 6th, for the second time: the 7th has begun, and does not end again.
        ("America/St_Johns", time(0), datetime(2010, 11, 7, 3, tzinfo=UTC), date(2010, 11, 7)),
    ],
)
def test_which_day_a_moment_belongs_to(zone: str, starts: time, at: datetime, day: date) -> None:
    assert business_date(Terms(timezone=zone, day_starts_at=starts), at) == day


@given(zone=zones, starts=starts_of_day, at=moments)
def test_each_moment_is_in_the_business_day_of_its_date(zone: str, starts: time, at: datetime) -> None:
    terms = Terms(timezone=zone, day_starts_at=starts)
    day = business_day(terms, at)
    assert day.begins <= at < day.ends
    assert (day.begins, day.ends) == span_of_day(terms, day.date)


@given(zone=zones, starts=starts_of_day, at=moments, days=st.integers(-3, 3))
def test_business_days_tile_the_time_line(zone: str, starts: time, at: datetime, days: int) -> None:
    terms = Terms(timezone=zone, day_starts_at=starts)
    day = business_date(terms, at) + days * DAY
    begins, ends = span_of_day(terms, day)
    assert begins <= ends <= begins + timedelta(hours=25)
    assert ends == day_start(terms, day + DAY)
    if begins < ends:
        assert business_date(terms, begins) == day
        assert business_date(terms, ends - MOMENT) == day
    assert (begins <= at < ends) == (days == 0)


@given(zone=zones, starts=starts_of_day, at=moments, passed=st.timedeltas(timedelta(0), timedelta(days=3)))
def test_the_business_date_never_goes_back(zone: str, starts: time, at: datetime, passed: timedelta) -> None:
    terms = Terms(timezone=zone, day_starts_at=starts)
    later = min(at, datetime(9998, 12, 28, tzinfo=UTC)) + passed
    if later >= at:
        assert business_date(terms, later) >= business_date(terms, at)
