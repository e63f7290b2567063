"""Rule 8, the daily limit: stamps of one business day, on days of 23, 24 and 25 hours, in any order of arrival."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.rules.asks import Stamp
from common.rules.standing import LiveStamp, history_window
from common.terms import Terms, business_date, day_start
from tests.common.builders import DAY, GARE, MINUTE, MOMENT, NOON, Scene, span_of_day
from tests.common.strategies import ODD_DAYS, OddDay, starts_of_day

STAMP = Scene(act=Stamp()).under(cooldown_minutes=0)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("live", "count", "limit", "code"),
    [
        (0, 1, 1, None),
        (1, 1, 1, "daily_limit"),
        (4, 1, 5, None),
        (5, 1, 5, "daily_limit"),
        (3, 2, 5, None),
        (4, 2, 5, "daily_limit"),
        (0, 5, 5, None),
        (0, 6, 5, "daily_limit"),
        # A new version with a lower limit than today already saw.
        (7, 1, 5, "daily_limit"),
    ],
)
def test_live_stamps_of_the_day_and_the_count_stay_within_the_limit(
    live: int, count: int, limit: int, code: str | None
) -> None:
    scene = STAMP.doing(Stamp(count)).under(daily_limit=limit, visit_limit=20)
    assert scene.after(*[NOON - timedelta(hours=1)] * live).code() == code


def test_stamps_count_and_not_operations() -> None:
    scene = STAMP.after(LiveStamp(NOON - timedelta(hours=1), GARE, count=5))
    assert scene.code() == "daily_limit"
    assert scene.refused().detail == {"limit": 5, "today": 5}


@pytest.mark.parametrize(
    ("live_at", "same_day"),
    [
        (MIDNIGHT - MOMENT, False),
        (MIDNIGHT, True),
        (MIDNIGHT + DAY - MOMENT, True),
        (MIDNIGHT + DAY, False),
    ],
)
def test_only_the_business_day_counts(live_at: datetime, same_day: bool) -> None:
    assert STAMP.under(daily_limit=1).after(live_at).code() == ("daily_limit" if same_day else None)


def test_before_the_days_beginning_it_is_still_yesterday() -> None:
    scene = STAMP.under(daily_limit=1, day_starts_at=time(4)).moved(MIDNIGHT + timedelta(hours=4) - MOMENT)
    assert scene.after(MIDNIGHT - timedelta(hours=19)).code() == "daily_limit"
    scene.after(MIDNIGHT + timedelta(hours=4)).approved()


def test_the_merchants_zone_decides_and_not_utc() -> None:
    # Half past midnight in Luxembourg is still yesterday in Greenwich.
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    scene = STAMP.under(daily_limit=1, timezone="Europe/Luxembourg").moved(late)
    assert scene.after(NOON).code() == "daily_limit"
    scene.after(late - timedelta(hours=1)).approved()


@pytest.mark.parametrize("odd", [odd for odd in ODD_DAYS if odd.length], ids=str)
def test_the_limit_holds_over_the_whole_of_an_odd_day(odd: OddDay) -> None:
    terms = Terms(timezone=odd.zone, daily_limit=1, cooldown_minutes=0)
    begins, ends = span_of_day(terms, odd.day)
    first = replace(STAMP, terms=terms, at=begins)
    assert first.after(ends - MOMENT).code() == "daily_limit"
    first.after(ends).approved()
    first.after(begins - MOMENT).approved()


@given(
    odd=st.sampled_from(ODD_DAYS),
    starts=starts_of_day,
    minutes=st.lists(st.integers(-36 * 60, 60 * 60), max_size=30),
    limit=st.integers(1, 4),
)
def test_in_any_order_of_arrival_no_business_day_holds_more_than_the_limit(
    odd: OddDay, starts: time, minutes: list[int], limit: int
) -> None:
    terms = Terms(timezone=odd.zone, day_starts_at=starts, daily_limit=limit, cooldown_minutes=0)
    begins = day_start(terms, odd.day)
    scene = replace(STAMP, terms=terms)
    accepted: list[LiveStamp] = []
    days: Counter[date] = Counter()
    for minute in minutes:
        at = begins + minute * MINUTE
        day = business_date(terms, at)
        code = scene.moved(at).after(*accepted).code()
        assert code == ("daily_limit" if days[day] == limit else None)
        if code is None:
            accepted.append(LiveStamp(at, GARE))
            days[day] += 1
    assert all(stamps <= limit for stamps in days.values())


@pytest.mark.parametrize(
    ("cooldown_minutes", "window"),
    [
        (15, (MIDNIGHT, MIDNIGHT + DAY)),
        (12 * 60, (MIDNIGHT, MIDNIGHT + DAY)),
        (12 * 60 + 1, (MIDNIGHT - MINUTE, MIDNIGHT + DAY + MINUTE)),
        (10_080, (NOON - 7 * DAY, NOON + 7 * DAY)),
    ],
)
def test_the_history_that_matters_is_the_day_and_the_cooldown_on_both_sides(
    cooldown_minutes: int, window: tuple[datetime, datetime]
) -> None:
    assert history_window(Terms(cooldown_minutes=cooldown_minutes), NOON) == window
