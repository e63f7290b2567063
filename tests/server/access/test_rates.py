"""Token buckets: steady for ever, a burst after a rest, and bounded whoever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.wire.base import MAX_OPERATIONS
from server.access.rates import Buckets, Rate
from server.access.senders import sender_of
from server.settings import Settings


def test_a_burst_passes_and_then_the_rate() -> None:
    buckets = Buckets(Rate(per_s=2, burst=3))
    assert [buckets.take("a", 1_000) for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("a", 1_499) > 0
    assert buckets.take("a", 1_500) == 0
    assert buckets.take("a", 1_500) > 0
    assert buckets.take("b", 1_500) == 0, "another has a bucket of his own"


def test_a_refused_request_costs_nothing() -> None:
    buckets = Buckets(Rate(per_s=1, burst=1))
    buckets.take("a", 0)
    for now_ms in range(0, 1_000, 10):
        assert buckets.take("a", now_ms) > 0
    assert buckets.take("a", 1_000) == 0


def test_a_rest_fills_no_more_than_the_burst() -> None:
    buckets = Buckets(Rate(per_s=10, burst=2))
    buckets.take("a", 0)
    passed = [buckets.take("a", 10**9) == 0 for _ in range(3)]
    assert passed == [True, True, False]


@given(
    st.floats(0.1, 1_000),
    st.integers(1, 50),
    st.lists(st.integers(0, 2_000), max_size=200),
)
def test_whoever_waits_as_told_is_let_in_and_nobody_exceeds_the_rate(
    per_s: float, burst: int, pauses: list[int]
) -> None:
    buckets = Buckets(Rate(per_s, burst))
    now_ms = 0
    for passed, pause in enumerate(pauses, start=1):
        now_ms += pause
        wait_s = buckets.take("a", now_ms)
        assert wait_s <= 1 / per_s
        if wait_s:
            now_ms += round(wait_s * 1_000) + 1
            assert buckets.take("a", now_ms) == 0
        assert passed <= burst + now_ms / 1_000 * per_s + 1e-6


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    buckets = Buckets(Rate(per_s=1, burst=2))
    assert [buckets.take("a", now_ms) for now_ms in (10_000, 0, 0, 1_000)] == [0, 0, 1.0, 0]


def test_memory_is_bounded_and_who_rested_longest_is_forgotten() -> None:
    buckets = Buckets(Rate(per_s=1, burst=1), most=3)
    for who in "abc":
        buckets.take(who, 0)
    assert buckets.take("a", 0) > 0, "and is the latest again"
    buckets.take("d", 0)
    assert len(buckets) == 3
    assert buckets.take("a", 0) > 0
    assert buckets.take("b", 0) == 0, "b was forgotten, which is to its good"
    for number in range(10_000):
        buckets.take(number, 0)
    assert len(buckets) == 3


def test_a_drain_of_100_000_operations_never_waits() -> None:
    """Even one that needs no time at all: after each batch a page is pulled, and two more tills drain beside it."""
    rate = Settings(database_url="postgresql://nowhere/")
    tills = Buckets(Rate(rate.till_requests_per_s, rate.till_requests_burst))
    addresses = Buckets(Rate(rate.address_requests_per_s, rate.address_requests_burst))
    requests = 2 * 100_000 // MAX_OPERATIONS
    waits = [tills.take(till, 0) + addresses.take("shop", 0) for _ in range(requests) for till in "abc"]
    assert len(waits) == 1_200
    assert not any(waits)


@pytest.mark.parametrize(
    ("host", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "nowhere"),
        ("", "nowhere"),
        ("unknown", "nowhere"),
        ("1" * 1_000, "nowhere"),
    ],
)
def test_who_sends(host: str | None, counted_as: str) -> None:
    assert sender_of(host) == counted_as
