"""Moments as integers and as text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.times import from_micros, to_micros, to_wire

_anywhere = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - Hypothesis draws between naive moments and adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=9, minutes=30))]),
)


@given(_anywhere)
def test_microseconds_are_exact_both_ways(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment
    assert from_micros(to_micros(moment)).tzinfo is UTC


@given(one=_anywhere, other=_anywhere)
def test_microseconds_keep_the_order(one: datetime, other: datetime) -> None:
    assert (to_micros(one) < to_micros(other)) == (one < other)


@pytest.mark.parametrize(
    ("moment", "micros", "text"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0, "1970-01-01T00:00:00.000000Z"),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC), -1, "1969-12-31T23:59:59.999999Z"),
        (datetime(2026, 11, 22, 10, 0, 0, 123_456, UTC), 1_795_341_600_123_456, "2026-11-22T10:00:00.123456Z"),
        (
            datetime(2026, 11, 22, 11, 0, tzinfo=timezone(timedelta(hours=1))),
            1_795_341_600_000_000,
            "2026-11-22T10:00:00.000000Z",
        ),
    ],
)
def test_how_a_moment_is_written(moment: datetime, micros: int, text: str) -> None:
    assert to_micros(moment) == micros
    assert to_wire(moment) == text


@given(_anywhere)
def test_what_is_written_is_read_back(moment: datetime) -> None:
    text = to_wire(moment)
    assert len(text) == len("2026-11-22T10:00:00.123456Z")
    assert datetime.fromisoformat(text) == moment


def test_beyond_the_calendar_is_no_moment() -> None:
    with pytest.raises(OverflowError):
        from_micros(2**62)
