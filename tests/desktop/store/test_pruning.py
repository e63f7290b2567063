"""A book that is years old holds what is still needed, and nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from common.ids import OperationKey
from common.wire.pull import HISTORY_DAYS, Changes
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.store import operations, shifts
from desktop.store.file import pruning
from tests.desktop.shop import BEN, card_id, card_row, judged, pull, transaction_row, verdict
from tests.helpers.clock import ManualClock

OLD = timedelta(days=HISTORY_DAYS, seconds=1)


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(cards=[card_row(place) for place in range(1, 6)])


def stamped(till: Till, place: int) -> OperationKey:
    done = stamp(till, By(BEN), card_id(place))
    assert isinstance(done, Recorded)
    return done.key


def settled(till: Till, place: int, ver: int) -> OperationKey:
    key = stamped(till, place)
    judged(till, verdict(key, Outcome.ACCEPTED, ver=ver).model_copy(update={"receipt": "seal"}))
    row = transaction_row(place, key, till.clock.now(), ver=ver)
    pull(till, Changes(cards=[card_row(place, 1, ver=ver)], transactions=[row]), ver=ver)
    return key


def prune(till: Till, at: datetime) -> int:
    with till.book.write() as connection:
        return pruning.prune(connection, at)


def kept(till: Till) -> tuple[set[str], set[str]]:
    """The operations and the ledger rows that are there, by their keys."""
    with till.book.read() as connection:
        own = {key for (key,) in connection.execute("SELECT key FROM operations")}
        return own, {key for (key,) in connection.execute("SELECT key FROM synced_transactions")}


def test_what_is_settled_goes_after_35_days_and_not_before(till: Till, clock: ManualClock) -> None:
    first, last = settled(till, 1, 5), settled(till, 2, 6)
    assert prune(till, clock.now() + timedelta(days=HISTORY_DAYS)) == 0
    assert kept(till) == ({str(first), str(last)}, {str(first), str(last)})
    assert prune(till, clock.now() + OLD) == 3
    assert kept(till) == ({str(last)}, set()), "the last one says how far this till is"
    with till.book.read() as connection:
        acked = operations.acked(connection)
    assert acked is not None
    assert acked.key == last


@pytest.mark.parametrize("what", ["waiting", "parked", "rejected", "offered", "accepted, not arrived"])
def test_what_somebody_still_needs_stays(till: Till, clock: ManualClock, what: str) -> None:
    key = stamped(till, 1)
    match what:
        case "parked":
            judged(till, verdict(key, Outcome.PARKED, ver=5, code="too_old"))
        case "rejected":
            judged(till, verdict(key, Outcome.REJECTED, ver=5, code="cooldown"))
        case "offered" | "accepted, not arrived":
            judged(till, verdict(key, Outcome.ACCEPTED, ver=5))
    if what == "offered":
        with till.book.write() as connection:
            connection.execute("UPDATE operations SET offered = 1, open = 0")
    if what != "waiting":
        settled(till, 2, 6)
    prune(till, clock.now() + OLD)
    assert str(key) in kept(till)[0]


def test_a_rejection_goes_once_somebody_has_seen_it(till: Till, clock: ManualClock) -> None:
    key = stamped(till, 1)
    judged(till, verdict(key, Outcome.REJECTED, ver=5, code="cooldown"))
    settled(till, 2, 6)
    with till.book.write() as connection:
        operations.acknowledge(connection, key, clock.now())
    prune(till, clock.now() + OLD)
    assert str(key) not in kept(till)[0]


def test_what_the_open_shift_counts_stays_until_it_is_closed(till: Till, clock: ManualClock) -> None:
    before = settled(till, 1, 5)
    with till.book.write() as connection:
        shifts.open_one(connection, clock.now(), BEN)
    counted, _ = settled(till, 2, 6), settled(till, 3, 7)
    prune(till, clock.now() + OLD)
    assert str(before) not in kept(till)[0]
    assert str(counted) in kept(till)[0]
    with till.book.write() as connection:
        shift = shifts.current(connection)
        assert shift is not None
        shifts.close(connection, shift, clock.now(), BEN, waiting=0)
    prune(till, clock.now() + OLD)
    assert str(counted) not in kept(till)[0]


def test_a_redemption_that_somebody_waits_for_stays(till: Till, clock: ManualClock) -> None:
    key = settled(till, 1, 5)
    settled(till, 2, 6)
    with till.book.write() as connection:
        connection.execute("INSERT INTO awaited (key) VALUES (?)", (str(key),))
    prune(till, clock.now() + OLD)
    assert str(key) in kept(till)[0]


def test_it_takes_so_many_rows_at_a_time(till: Till, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    for place in range(1, 6):
        settled(till, place, 4 + place)
    at = clock.now() + OLD
    assert [prune(till, at) for _ in range(4)] == [4, 4, 1, 0]
