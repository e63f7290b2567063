"""Times and spans in words."""

from datetime import UTC, datetime, timedelta

import pytest

from desktop.present.moments import moment_text, span_text

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # a Sunday; in Luxembourg it is Monday already


@pytest.mark.parametrize(
    ("at", "timezone", "said"),
    [
        (NOW - timedelta(minutes=20), "Europe/Luxembourg", "00:10"),
        (NOW - timedelta(hours=1), "Europe/Luxembourg", "Sun 23:30"),
        (NOW - timedelta(hours=1), "UTC", "22:30"),
        (NOW + timedelta(days=6), "UTC", "Sat 23:30"),
        (NOW - timedelta(days=7), "UTC", "15 Nov 23:30"),
        (NOW, "Asia/Kolkata", "05:00"),
    ],
)
def test_moments_are_told_as_the_clock_in_the_shop_shows_them(at: datetime, timezone: str, said: str) -> None:
    assert moment_text(at, NOW, timezone) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-5), "under 1 min"),
        (timedelta(seconds=59), "under 1 min"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_spans_are_whole_units(span: timedelta, said: str) -> None:
    assert span_text(span) == said
