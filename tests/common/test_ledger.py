"""The ledger: effects, and the figures that their fold makes."""

from datetime import timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import ledger
from common.ledger import Effect, Entry, Totals, TransactionKind
from tests.common.builders import MINUTE, NOON

_effects = st.one_of(
    st.builds(ledger.stamp, st.integers(1, 20)),
    st.builds(ledger.redeem, st.integers(1, 100)),
    st.builds(ledger.carry_over, st.integers(1, 100)),
    st.builds(ledger.void_stamps, st.integers(0, 30), st.integers(0, 30)),
    st.builds(ledger.void_redemption, st.integers(1, 100)),
    st.builds(Effect, st.just(TransactionKind.ADJUST), st.integers(-9, 9), st.integers(-9, 9), st.integers(-1, 1)),
)
_entries = st.lists(
    st.builds(Entry, _effects, st.integers(-500, 500).map(lambda minutes: NOON + minutes * MINUTE)), max_size=30
)


@given(_entries)
def test_the_fold_is_the_sum(entries: list[Entry]) -> None:
    totals = ledger.fold(entries)
    assert totals.stamp_count == sum(entry.effect.delta for entry in entries)
    assert totals.lifetime_stamps == sum(entry.effect.lifetime_delta for entry in entries)
    assert totals.redemptions == sum(entry.effect.redemptions_delta for entry in entries)
    stamps = [entry.at for entry in entries if entry.effect.kind is TransactionKind.STAMP]
    redemptions = [entry.at for entry in entries if entry.effect.kind is TransactionKind.REDEEM]
    assert totals.last_stamp_at == max(stamps, default=None)
    assert totals.last_redemption_at == max(redemptions, default=None)


@given(entries=_entries, cut=st.integers(0, 30))
def test_a_fold_may_be_taken_up_where_it_was_left(entries: list[Entry], cut: int) -> None:
    synced = ledger.fold(entries[:cut])
    assert ledger.fold(entries[cut:], start=synced) == ledger.fold(entries)


@given(_entries)
def test_the_last_times_only_move_forward(entries: list[Entry]) -> None:
    steps = list(accumulate(entries, ledger.apply, initial=Totals()))
    for before, after in pairwise(steps):
        if before.last_stamp_at is not None:
            assert after.last_stamp_at is not None
            assert after.last_stamp_at >= before.last_stamp_at
        if before.last_redemption_at is not None:
            assert after.last_redemption_at is not None
            assert after.last_redemption_at >= before.last_redemption_at


@given(count=st.integers(0, 50), balance=st.integers(-5, 50))
def test_a_void_never_takes_below_zero_and_its_shortfall_is_exact(count: int, balance: int) -> None:
    effect = ledger.void_stamps(count, balance)
    taken = -effect.delta
    assert taken == max(0, min(count, balance))
    assert taken + effect.shortfall == count
    assert effect.lifetime_delta == effect.delta
    assert balance - taken >= min(balance, 0)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (ledger.stamp(3), Effect(TransactionKind.STAMP, 3, lifetime_delta=3)),
        (ledger.carry_over(4), Effect(TransactionKind.CARRY_OVER, 4, lifetime_delta=4)),
        (ledger.redeem(10), Effect(TransactionKind.REDEEM, -10, redemptions_delta=1)),
        (ledger.void_redemption(10), Effect(TransactionKind.VOID, 10, redemptions_delta=-1)),
        (ledger.void_stamps(3, 2), Effect(TransactionKind.VOID, -2, lifetime_delta=-2, shortfall=1)),
    ],
)
def test_what_each_kind_changes(effect: Effect, expected: Effect) -> None:
    assert effect == expected


@pytest.mark.parametrize(
    ("effect", "stamp_moves", "redemption_moves"),
    [
        (ledger.stamp(1), True, False),
        (ledger.redeem(10), False, True),
        (ledger.carry_over(1), False, False),
        (ledger.void_stamps(1, 1), False, False),
        (ledger.void_redemption(10), False, False),
    ],
)
def test_only_stamps_and_redemptions_move_their_last_time(
    effect: Effect, stamp_moves: bool, redemption_moves: bool
) -> None:
    start = Totals(last_stamp_at=NOON, last_redemption_at=NOON)
    after = ledger.apply(start, Entry(effect, NOON + MINUTE))
    assert after.last_stamp_at == (NOON + MINUTE if stamp_moves else NOON)
    assert after.last_redemption_at == (NOON + MINUTE if redemption_moves else NOON)
    before = ledger.apply(start, Entry(effect, NOON - timedelta(days=1)))
    assert (before.last_stamp_at, before.last_redemption_at) == (NOON, NOON)


@pytest.mark.parametrize(("balance", "rewards"), [(0, 0), (9, 0), (10, 1), (19, 1), (20, 2)])
def test_rewards_available(balance: int, rewards: int) -> None:
    assert ledger.rewards_available(balance, 10) == rewards
