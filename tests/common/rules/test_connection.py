"""How long a till may go on recording without the server."""

from datetime import timedelta

import pytest

from common.rules.connection import longest_wait


@pytest.mark.parametrize(
    ("offline_days_max", "longest"),
    [(14, timedelta(days=13)), (2, timedelta(days=1)), (1, timedelta(hours=12))],
)
def test_recording_stops_a_day_before_the_server_would_no_longer_take_it(
    offline_days_max: int, longest: timedelta
) -> None:
    assert longest_wait(offline_days_max) == longest
