"""Event time: derived from uptime where a boot was in contact, from the corrected wall clock elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from common.times import to_wire
from common.wire.operations import OPERATION, OperationBase
from common.wire.push import Outcome, TillClock
from server.sync.event_time import EventClock
from tests.helpers.clock import START, ManualClock
from tests.helpers.shop import Shop, said

MINUTE, HOUR, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=365)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def operation(*, occurred_at: datetime, boot_id: str = "old", uptime: timedelta = HOUR) -> OperationBase:
    return OPERATION.validate_python(
        {
            "kind": "redeem",
            "key": "0192aaaa-0000-7000-8000-000000000001",
            "card_id": "0192aaaa-0000-7000-8000-000000000002",
            "seq": 1,
            "terms_version": 1,
            "occurred_at": to_wire(occurred_at),
            "boot_id": boot_id,
            "uptime_ms": uptime // timedelta(milliseconds=1),
        }
    )


def clock_of(*, sent_at: datetime = START, booted_at: dict[str, datetime] | None = None) -> EventClock:
    return EventClock(START, TillClock(sent_at=sent_at, boot_id="now", uptime_ms=0), booted_at or {})


def test_a_boot_in_contact_counts_by_its_uptime_whatever_the_wall_clock_says() -> None:
    clock = clock_of(booted_at={"old": START - 5 * HOUR})
    assert clock.event_time(operation(occurred_at=START + YEAR, uptime=2 * HOUR)) == START - 3 * HOUR


@pytest.mark.parametrize("off", [-YEAR, -HOUR, HOUR, YEAR])
def test_a_boot_without_contact_counts_by_the_wall_clock_less_how_wrong_it_is(off: timedelta) -> None:
    clock = clock_of(sent_at=START + off)
    assert clock.event_time(operation(occurred_at=START + off - 3 * HOUR)) == START - 3 * HOUR


@pytest.mark.parametrize("boots", [{}, {"old": START - HOUR}])
def test_nothing_happened_after_its_receipt(boots: dict[str, datetime]) -> None:
    clock = clock_of(booted_at=boots)
    assert clock.event_time(operation(occurred_at=START + HOUR, uptime=2 * HOUR)) == START


@pytest.mark.parametrize(
    ("sent_at", "occurred_at", "expected"),
    [
        (datetime(9998, 12, 31, tzinfo=UTC), EARLIEST, EARLIEST),
        (EARLIEST, datetime(9998, 12, 31, tzinfo=UTC), START),
        (START + 100 * YEAR, EARLIEST, EARLIEST),
    ],
)
def test_a_derived_time_is_always_one_that_a_verdict_can_carry(
    sent_at: datetime, occurred_at: datetime, expected: datetime
) -> None:
    assert clock_of(sent_at=sent_at).event_time(operation(occurred_at=occurred_at)) == expected


def test_an_impossible_uptime_ends_at_the_beginning_of_time() -> None:
    clock = clock_of(booted_at={"old": START - 100 * YEAR})
    assert clock.event_time(operation(occurred_at=START, uptime=timedelta(0))) == EARLIEST


@pytest.mark.parametrize("uptime_ms", [0, 100 * 366 * 24 * 3_600 * 1_000])
def test_absurd_clocks_still_get_a_verdict(shop: Shop, uptime_ms: int) -> None:
    """An enrol, because that alone is never too old to be judged."""
    till = shop.till()
    enrol = till.enrol_card(occurred_at="1970-01-01T00:00:00Z", boot_id="never seen", uptime_ms=uptime_ms)
    sent = {"sent_at": "9998-12-31T00:00:00Z", "boot_id": "absurd", "uptime_ms": 100 * 366 * 24 * 3_600 * 1_000}
    [verdict] = till.push(enrol, clock=sent)
    assert (verdict.outcome, verdict.event_time) == (Outcome.ACCEPTED, EARLIEST)


def test_a_clock_that_was_a_year_ahead_for_one_operation_harms_no_other(shop: Shop, clock: ManualClock) -> None:
    till = shop.till(clock=ManualClock(clock.now()))
    card_id = till.card()
    before = till.stamp(card_id)
    for each in (clock, till.clock):
        each.advance(20 * MINUTE)
    till.clock.jump(YEAR)
    ahead = till.stamp(card_id)
    till.clock.jump(-YEAR)
    for each in (clock, till.clock):
        each.advance(20 * MINUTE)
    after = till.stamp(card_id)
    verdicts = till.push(before, ahead, after)
    assert said(verdicts) == ["accepted"] * 3
    assert [verdict.event_time for verdict in verdicts] == [START, START + 20 * MINUTE, START + 40 * MINUTE]
    assert shop.attention() == []


def test_a_wrong_year_of_a_boot_without_contact_harms_only_itself(shop: Shop, clock: ManualClock) -> None:
    """After a reboot nothing else is known than the wall clock: the operation from the future becomes `received`."""
    till = shop.till(clock=ManualClock(clock.now()))
    card_id = till.card()
    till.clock.reboot(MINUTE)
    before = till.stamp(card_id)
    till.clock.advance(20 * MINUTE)
    till.clock.jump(YEAR)
    ahead = till.stamp(card_id)
    till.clock.jump(-YEAR)
    till.clock.reboot(40 * MINUTE)
    clock.advance(61 * MINUTE)
    verdicts = till.push(before, ahead, till.stamp(card_id))
    assert [verdict.event_time for verdict in verdicts] == [START + MINUTE, clock.now(), clock.now()]
    assert said(verdicts) == ["accepted", "accepted", "cooldown"]


def test_the_fastest_contact_of_the_last_hour_decides(shop: Shop, clock: ManualClock) -> None:
    """`received − uptime` is the moment of booting plus the journey: the least of them comes nearest to the truth."""
    till = shop.till(clock=ManualClock(clock.now()))

    def contact(journey_s: float) -> datetime:
        """Where an operation of this very moment is placed, after a message took so long to arrive."""
        enrol, sent = till.enrol_card(), till.request([])["clock"]
        clock.advance(timedelta(seconds=journey_s))
        till.clock.advance(timedelta(seconds=journey_s))
        [verdict] = till.push(enrol, clock=sent)
        assert verdict.event_time is not None
        return verdict.event_time

    def wait(passed: timedelta) -> None:
        clock.advance(passed)
        till.clock.advance(passed)

    def late(event_time: datetime, happened: datetime) -> float:
        return (event_time - happened).total_seconds()

    for journey_s, passed, expected_s in [
        (3, MINUTE, 3),  # the only contact so far
        (1, MINUTE, 1),  # a faster one
        (5, 30 * MINUTE, 1),  # a slower one does not count
        (2, 31 * MINUTE, 1),  # the fast one is not an hour old
        (4, HOUR, 2),  # now it is, and the next best counts
        (4, HOUR + MINUTE, 4),  # all of them are older than an hour
    ]:
        happened = clock.now()
        assert late(contact(journey_s), happened) == expected_s
        wait(passed - timedelta(seconds=journey_s))


def test_an_earlier_boot_counts_by_its_own_last_hour(shop: Shop, clock: ManualClock) -> None:
    till = shop.till(clock=ManualClock(clock.now()))
    till.push(till.enrol_card())
    for each in (clock, till.clock):
        each.advance(10 * MINUTE)
    left_over = till.enrol_card(occurred_at="2020-01-01T00:00:00Z")
    till.clock.reboot(timedelta(days=2))
    clock.advance(timedelta(days=2))
    [verdict] = till.push(left_over)
    assert verdict.event_time == START + 10 * MINUTE


def test_a_till_that_is_off_raises_one_item_a_day(shop: Shop, clock: ManualClock) -> None:
    till = shop.till(clock=ManualClock(clock.now() + 3 * MINUTE))
    for _ in range(3):
        assert said(till.push(till.enrol_card())) == ["accepted"]
    [item] = shop.rows("attention")
    assert (item.kind, item.till_id, item.detail) == ("clock", till.till_id, {"off_s": 180})
    for each in (clock, till.clock):
        each.advance(timedelta(days=1))
    till.push()
    assert shop.attention() == ["clock", "clock"]


@pytest.mark.parametrize("off", [-2 * MINUTE, timedelta(0), 2 * MINUTE])
def test_two_minutes_are_not_off(shop: Shop, clock: ManualClock, off: timedelta) -> None:
    till = shop.till(clock=ManualClock(clock.now() + off))
    till.push()
    assert shop.attention() == []
