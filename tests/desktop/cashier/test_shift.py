"""Shifts: what they count, and that they touch nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from common.terms import OfflineRedemption, PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import NOBODY, By, Till
from desktop.cashier.looking import activity
from desktop.cashier.outcome import Recorded
from desktop.cashier.people.shift import (
    CashierFigures,
    NoShiftOpen,
    ShiftAlreadyOpen,
    ShiftReport,
    close_shift,
    open_shift,
    read_shift,
)
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.cashier.void import UNANSWERED, void_operation
from desktop.store import operations
from desktop.store.book import Book
from desktop.store.operations import Queued
from tests.desktop.shop import ANA, BEN, card_id, card_row, judged, verdict
from tests.helpers.clock import START, ManualClock

TERMS = Terms(cooldown_minutes=0, visit_limit=5, offline_redemption=OfflineRedemption.PROVISIONAL)


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=TERMS, cards=[card_row(place, 20) for place in range(1, 9)])


def _done(outcome: object) -> Recorded:
    assert isinstance(outcome, Recorded)
    return outcome


def _report(outcome: object) -> ShiftReport:
    assert isinstance(outcome, ShiftReport)
    return outcome


def _figures(report: ShiftReport) -> dict[str | None, tuple[int, int, int, int]]:
    """Stamps, rewards, voids and rejected, by name."""
    counts = {one.name: one.figures for one in report.cashiers}
    return {name: (one.stamps, one.rewards, one.voids, one.rejected) for name, one in counts.items()}


def _queue(till: Till) -> list[Queued]:
    with till.book.read() as connection:
        return operations.waiting(connection, 1_000, 10**9)


def test_a_shift_counts_for_each_cashier_what_was_done_in_it(till: Till, clock: ManualClock) -> None:
    _done(stamp(till, By(BEN), card_id(1)))  # before it
    opened = _report(open_shift(till, By(ANA)))
    assert (opened.opened_at, opened.opened_by, opened.is_open, opened.cashiers) == (START, "Ana", True, ())
    _done(stamp(till, By(BEN), card_id(2), 3))
    given = _done(stamp(till, By(BEN), card_id(3)))
    _done(void_operation(till, By(BEN), given.key))
    _done(redeem(till, By(ANA), card_id(4)))
    clock.advance(timedelta(hours=8))
    closed = _report(close_shift(till, By(BEN)))
    assert (closed.closed_at, closed.closed_by) == (START + timedelta(hours=8), "Ben")
    _done(stamp(till, By(BEN), card_id(5)))  # after it
    assert _figures(closed) == {"Ben": (4, 0, 1, 0), "Ana": (0, 1, 0, 0)}
    assert read_shift(till) == replace(closed, waiting=6)


def test_closing_leaves_the_queue_alone_and_says_how_many_wait(till: Till) -> None:
    _report(open_shift(till, By(ANA)))
    for place in (1, 2, 3):
        _done(stamp(till, By(BEN), card_id(place)))
    before = _queue(till)
    closed = _report(close_shift(till, By(ANA)))
    assert (closed.waiting, closed.waiting_at_close) == (3, 3)
    assert _queue(till) == before
    assert activity.counts(till).waiting == 3
    judged(till, verdict(before[0].key, Outcome.ACCEPTED, ver=2))
    after = read_shift(till)
    assert after is not None
    assert (after.waiting, after.waiting_at_close) == (2, 3)


def test_an_open_shift_survives_the_programs_end(till: Till, book_path: Path, clock: ManualClock) -> None:
    _report(open_shift(till, By(ANA)))
    _done(stamp(till, By(BEN), card_id(1)))
    till.book.close()
    with Book.open(book_path) as book:
        again = Till(book, clock)
        report = read_shift(again)
        assert report is not None
        assert report.is_open
        assert _figures(report) == {"Ben": (1, 0, 0, 0)}
        assert activity.counts(again).waiting == 1
        assert isinstance(open_shift(again, By(BEN)), ShiftAlreadyOpen)
        assert _figures(_report(close_shift(again, By(BEN)))) == {"Ben": (1, 0, 0, 0)}


def test_closing_twice_and_opening_twice_are_refused(till: Till) -> None:
    assert read_shift(till) is None
    assert close_shift(till, By(BEN)) == NoShiftOpen()
    _report(open_shift(till, By(BEN)))
    assert open_shift(till, By(ANA)) == ShiftAlreadyOpen(START)
    _report(close_shift(till, By(BEN)))
    assert close_shift(till, By(BEN)) == NoShiftOpen()


def test_the_next_shift_begins_at_nothing(till: Till) -> None:
    _report(open_shift(till, By(BEN)))
    _done(stamp(till, By(BEN), card_id(1)))
    _report(close_shift(till, By(BEN)))
    assert _report(open_shift(till, By(BEN))).cashiers == ()
    _done(stamp(till, By(ANA), card_id(2)))
    assert _figures(_report(close_shift(till, By(BEN)))) == {"Ana": (1, 0, 0, 0)}


def test_what_the_server_rejected_is_told_apart(till: Till) -> None:
    _report(open_shift(till, By(BEN)))
    refused, good = (_done(stamp(till, By(BEN), card_id(place))) for place in (1, 2))
    closed = _report(close_shift(till, By(BEN)))
    judged(
        till,
        verdict(refused.key, Outcome.REJECTED, code="cooldown", ver=2),
        verdict(good.key, Outcome.ACCEPTED, ver=2, seq=2),
    )
    assert _figures(closed) == {"Ben": (2, 0, 0, 0)}
    after = read_shift(till)
    assert after is not None
    assert _figures(after) == {"Ben": (1, 0, 0, 1)}


def test_a_reward_that_was_never_handed_out_is_none(till: Till) -> None:
    _report(open_shift(till, By(BEN)))
    asked = _done(redeem(till, By(BEN), card_id(1)))
    _done(void_operation(till, By(BEN), asked.key, UNANSWERED))
    assert _report(close_shift(till, By(BEN))).cashiers == ()


def test_where_nobody_is_asked_who_they_are(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[card_row(1)])
    _report(open_shift(till, NOBODY))
    _done(stamp(till, NOBODY, card_id(1)))
    report = _report(close_shift(till, NOBODY))
    assert report.opened_by is None
    assert [type(one) for one in report.cashiers] == [CashierFigures]
    assert _figures(report) == {None: (1, 0, 0, 0)}
