"""Rule 7, the cooldown: neighbours on both sides, in whatever order stamps arrive."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.rules.asks import Stamp
from common.rules.judge import NO_TOLERANCE, SERVER_TOLERANCE
from common.rules.standing import LiveStamp
from tests.common.builders import CENTRE, GARE, MINUTE, MOMENT, NOON, SECOND, Scene

STAMP = Scene(act=Stamp()).under(daily_limit=1_000)
COOLDOWN = 15 * MINUTE


@pytest.mark.parametrize("side", [-1, 1], ids=["before", "after"])
@pytest.mark.parametrize(
    ("apart", "tolerance", "allowed"),
    [
        (timedelta(0), NO_TOLERANCE, False),
        (COOLDOWN - MOMENT, NO_TOLERANCE, False),
        (COOLDOWN, NO_TOLERANCE, True),
        (COOLDOWN + MOMENT, NO_TOLERANCE, True),
        # The server allows two seconds less, because event times carry the network's jitter.
        (COOLDOWN - 2 * SECOND - MOMENT, SERVER_TOLERANCE, False),
        (COOLDOWN - 2 * SECOND, SERVER_TOLERANCE, True),
    ],
)
def test_exactly_the_cooldown_apart_is_allowed(
    side: int, apart: timedelta, tolerance: timedelta, allowed: bool
) -> None:
    scene = STAMP.after(NOON + side * apart).with_tolerance(tolerance)
    assert scene.code() == (None if allowed else "cooldown")


def test_the_servers_tolerance_is_two_seconds_and_the_tills_none() -> None:
    assert SERVER_TOLERANCE == 2 * SECOND
    assert not NO_TOLERANCE


@pytest.mark.parametrize("tolerance", [NO_TOLERANCE, SERVER_TOLERANCE])
def test_without_a_cooldown_two_stamps_may_share_a_moment(tolerance: timedelta) -> None:
    STAMP.under(cooldown_minutes=0).after(NOON).with_tolerance(tolerance).approved()


def test_twenty_minutes_apart_sent_together_two_days_later_are_both_good() -> None:
    STAMP.after(NOON - 20 * MINUTE).approved()
    STAMP.after(NOON + 20 * MINUTE).approved()


@pytest.mark.parametrize("apart", [-5 * MINUTE, 5 * MINUTE])
def test_the_refusal_names_the_other_stamp_and_until_when(apart: timedelta) -> None:
    refused = STAMP.after(LiveStamp(NOON + apart, CENTRE)).refused()
    assert refused.detail == {
        "until": NOON + apart + COOLDOWN,
        "other_at": NOON + apart,
        "other_store_id": CENTRE,
    }


def test_until_is_not_shortened_by_the_tolerance() -> None:
    refused = STAMP.after(NOON - MINUTE).with_tolerance(SERVER_TOLERANCE).refused()
    assert refused.detail["until"] == NOON + 14 * MINUTE


def test_of_several_neighbours_the_latest_is_named() -> None:
    refused = STAMP.after(NOON - 5 * MINUTE, LiveStamp(NOON + 4 * MINUTE, CENTRE), NOON - 10 * MINUTE).refused()
    assert refused.detail["other_at"] == NOON + 4 * MINUTE
    assert refused.detail["other_store_id"] == CENTRE


def test_of_two_in_one_moment_the_same_is_named_whatever_the_order() -> None:
    both = (LiveStamp(NOON, GARE), LiveStamp(NOON, CENTRE))
    assert STAMP.after(*both).refused() == STAMP.after(*reversed(both)).refused()


@pytest.mark.guards(name="second neighbour")
def test_a_gap_that_is_wide_enough_on_one_side_only_is_too_narrow() -> None:
    assert STAMP.after(NOON - 20 * MINUTE, NOON + 14 * MINUTE).code() == "cooldown"
    assert STAMP.after(NOON - 14 * MINUTE, NOON + 20 * MINUTE).code() == "cooldown"
    STAMP.after(NOON - 15 * MINUTE, NOON + 15 * MINUTE).approved()


_arrivals = st.lists(
    st.one_of(
        st.integers(0, 3 * 60 * 60),
        # Whole multiples of the cooldown, and the seconds around them: where a boundary would be wrong.
        st.builds(lambda slots, off: max(0, slots * 15 * 60 + off), st.integers(0, 12), st.integers(-3, 3)),
    ).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    max_size=20,
)


@given(arrivals=_arrivals, cooldown_minutes=st.integers(0, 40), tolerance=st.sampled_from([0, 2]))
def test_in_any_order_of_arrival_no_two_accepted_stamps_are_nearer_than_the_cooldown(
    arrivals: list[datetime], cooldown_minutes: int, tolerance: int
) -> None:
    scene = STAMP.under(cooldown_minutes=cooldown_minutes).with_tolerance(tolerance * SECOND)
    least = timedelta(minutes=cooldown_minutes) - tolerance * SECOND
    accepted: list[LiveStamp] = []
    for at in arrivals:
        now = replace(scene.after(*accepted), at=at)
        too_near = any(abs(now.at - other.at) < least for other in accepted)
        # Refused exactly when a live neighbour is nearer: neither more nor less.
        assert now.code() == ("cooldown" if too_near else None)
        if not too_near:
            accepted.append(LiveStamp(now.at, GARE))
    for one, other in pairwise(sorted(stamp.at for stamp in accepted)):
        assert other - one >= least
