"""Terms: defaults, bounds, and what is told of terms out of bounds."""

from dataclasses import replace
from datetime import UTC, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.terms import InvalidTerms, OfflineRedemption, PinPolicy, Terms, is_timezone


def test_the_defaults_are_those_of_the_domain() -> None:
    terms = Terms()
    assert (terms.version, terms.stamps_target, terms.reward) == (1, 10, "Free coffee")
    assert (terms.cooldown_minutes, terms.daily_limit, terms.visit_limit) == (15, 5, 1)
    assert (terms.stamps_enabled, terms.allow_voids, terms.cross_store_redemption) == (True, True, True)
    assert (terms.day_starts_at, terms.void_days_max) == (time(0, 0), 30)
    assert terms.pin_policy is PinPolicy.REQUIRED
    assert terms.offline_redemption is OfflineRedemption.CONFIRMED


def _one(name: str, value: int) -> dict[str, Any]:
    return {name: value}


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [
        ("stamps_target", 1, 100),
        ("cooldown_minutes", 0, 10_080),
        ("daily_limit", 1, 1_000),
        ("visit_limit", 1, 20),
        ("void_days_max", 0, 35),
    ],
)
def test_a_number_stays_within_its_bounds(name: str, least: int, greatest: int) -> None:
    for good in (least, greatest):
        assert getattr(replace(Terms(), **_one(name, good)), name) == good
    for bad in (least - 1, greatest + 1):
        with pytest.raises(InvalidTerms) as caught:
            replace(Terms(), **_one(name, bad))
        assert caught.value.problems == (f"{name} must be {least} to {greatest}, not {bad}",)


def test_a_reward_has_1_to_120_characters() -> None:
    Terms(reward="x")
    Terms(reward="é" * 120)
    for bad in ("", "x" * 121):
        with pytest.raises(InvalidTerms, match=f"reward must be 1 to 120 characters, not {len(bad)}"):
            Terms(reward=bad)


def test_the_first_version_is_1() -> None:
    Terms(version=1)
    with pytest.raises(InvalidTerms, match="version must be at least 1, not 0"):
        Terms(version=0)


@pytest.mark.parametrize("starts", [time(0), time(4, 30), time(23, 59)])
def test_a_day_begins_at_any_minute(starts: time) -> None:
    assert Terms(day_starts_at=starts).day_starts_at == starts


@pytest.mark.parametrize(
    "starts", [time(4, 30, 1), time(4, 30, 0, 1), time(4, 30, tzinfo=UTC), time(4, 30, fold=1)], ids=repr
)
def test_a_day_begins_at_a_whole_minute_of_the_merchants_zone(starts: time) -> None:
    # The wire carries hours and minutes: anything finer would make two laws of one.
    with pytest.raises(InvalidTerms, match="day_starts_at must be a whole minute"):
        Terms(day_starts_at=starts)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InvalidTerms) as caught:
        Terms(stamps_target=0, timezone="Mars/Olympus", version=0)
    assert len(caught.value.problems) == 3
    assert str(caught.value) == "; ".join(caught.value.problems)
    assert "'Mars/Olympus' is not a time zone like Europe/Luxembourg" in str(caught.value)


@pytest.mark.parametrize("name", ["UTC", "Europe/Luxembourg", "Pacific/Apia", "America/Argentina/Ushuaia"])
def test_zones_of_the_iana_database(name: str) -> None:
    assert is_timezone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "Europe",
        "Europe/",
        "../etc/passwd",
        "/etc/localtime",
        "UTC\x00",
        "tzdata.zi",
        "GMT+1h",
        "Europe/Luxembourg\n",
        "\ud800",
        "x" * 5_000,
    ],
)
def test_what_is_no_zone(name: str) -> None:
    assert not is_timezone(name)


@given(st.text(max_size=30))
def test_any_text_is_a_zone_or_is_none(name: str) -> None:
    assert is_timezone(name) in (True, False)


@pytest.mark.parametrize(
    ("changes", "cooldown", "window"),
    [
        ({}, timedelta(minutes=15), timedelta(days=30)),
        ({"cooldown_minutes": 10_080, "void_days_max": 0}, timedelta(days=7), timedelta(0)),
    ],
)
def test_spans(changes: dict[str, Any], cooldown: timedelta, window: timedelta) -> None:
    terms = Terms(**changes)
    assert (terms.cooldown, terms.void_window) == (cooldown, window)
