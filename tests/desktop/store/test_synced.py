"""The synced rows: pages, snapshots that are gathered aside, and a server that was restored."""

from collections.abc import Callable
from pathlib import Path

import pytest

from common.ids import CardId
from common.terms import Terms
from common.wire.pull import AliasRow, CardRow, Changes, RemovedRow
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.looking.look_up import card_again, look_up
from desktop.cashier.outcome import Recorded, UnknownCard
from desktop.cashier.stamp import stamp
from desktop.store import identity, synced
from desktop.store.book import Book
from desktop.store.cards import CardView
from desktop.store.identity import Identity
from desktop.trouble import NotEnrolled, NotSyncedYet
from tests.desktop.shop import (
    ANA,
    BEN,
    INCARNATION,
    card_id,
    card_row,
    enrol_till,
    judged,
    number,
    page,
    pull,
    shop_changes,
    terms_row,
    token,
    verdict,
)
from tests.helpers.clock import ManualClock


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(cards=[card_row(1, 3), card_row(2)])


def _identity(till: Till) -> Identity:
    with till.book.read() as connection:
        return identity.load(connection)


def _balance(till: Till, place: int) -> int | None:
    card = card_again(till, card_id(place))
    return None if card is None else card.balance


def _stage(till: Till, clock: ManualClock, cards: list[CardRow], ver: int, incarnation: str = INCARNATION) -> None:
    changes = shop_changes(Terms(), cards)
    staged = page(changes, clock, ver=ver, reset=True, more=True).model_copy(update={"incarnation": incarnation})
    with till.book.write() as connection:
        synced.stage_page(connection, staged)


def _finish(till: Till, clock: ManualClock, cards: list[CardRow], ver: int, incarnation: str = INCARNATION) -> None:
    changes = Changes(cards=cards)
    last = page(changes, clock, ver=ver, reset=True).model_copy(update={"incarnation": incarnation})
    with till.book.write() as connection:
        synced.finish_snapshot(connection, last)


def test_a_page_changes_adds_and_removes(till: Till) -> None:
    changes = Changes(
        cards=[card_row(1, 5, ver=2), card_row(3, 1, ver=2)],
        removed=[
            RemovedRow(kind="card", id=str(card_id(2)), ver=2),
            RemovedRow(kind="something newer", id="x", ver=2),
        ],
    )
    pull(till, changes, ver=2)
    assert [_balance(till, place) for place in (1, 2, 3)] == [5, None, 1]
    assert (_identity(till).cursor, _identity(till).synced_ver) == ("at 2", 2)


def test_new_terms_are_judged_by_from_the_next_act_on(till: Till) -> None:
    first = stamp(till, By(BEN), card_id(1))
    assert isinstance(first, Recorded)
    assert first.answer is not None
    assert first.answer.stamps_target == 10
    pull(till, Changes(terms=[terms_row(Terms(version=2, stamps_target=6), ver=2)]), ver=2)
    second = stamp(till, By(BEN), card_id(2))
    assert isinstance(second, Recorded)
    assert second.answer is not None
    assert second.answer.stamps_target == 6


def test_a_snapshot_serves_only_when_it_is_whole(till: Till, clock: ManualClock) -> None:
    _stage(till, clock, [card_row(1, 7, ver=8)], ver=8)
    assert [_balance(till, place) for place in (1, 2, 3)] == [3, 0, None]
    assert _identity(till).cursor == "at 8"
    _finish(till, clock, [card_row(3, 2, ver=9)], ver=9)
    assert [_balance(till, place) for place in (1, 2, 3)] == [7, None, 2]
    assert _identity(till).synced_ver == 9


def test_a_row_that_comes_twice_in_a_snapshot_is_the_later_one(till: Till, clock: ManualClock) -> None:
    _stage(till, clock, [card_row(1, 7, ver=8), card_row(2, 1, ver=8)], ver=8)
    _finish(till, clock, [card_row(1, 8, ver=9)], ver=9)
    assert [_balance(till, place) for place in (1, 2)] == [8, 1]


def test_the_indexes_survive_a_snapshot(till: Till, clock: ManualClock) -> None:
    def indexes() -> list[tuple[str, str]]:
        with till.book.read() as connection:
            query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' ORDER BY name"
            return connection.execute(query).fetchall()

    before = indexes()
    _stage(till, clock, [card_row(1)], ver=8)
    _finish(till, clock, [card_row(2)], ver=9)
    assert indexes() == before
    # The next page finds them too: a row of a known id replaces it.
    pull(till, Changes(cards=[card_row(1, 4, ver=10)]), ver=10)
    assert _balance(till, 1) == 4


def test_a_snapshot_given_up_leaves_the_old_rows_and_the_old_cursor(till: Till, clock: ManualClock) -> None:
    _stage(till, clock, [card_row(1, 7, ver=8)], ver=8)
    with till.book.write() as connection:
        synced.forget_snapshot(connection)
    assert (_balance(till, 1), _identity(till).cursor) == (3, "at 1")


def test_a_snapshot_from_another_incarnation_begins_anew(till: Till, clock: ManualClock) -> None:
    _stage(till, clock, [card_row(1, 7, ver=8)], ver=8)
    _stage(till, clock, [card_row(2, 2, ver=3)], ver=3, incarnation="second")
    _finish(till, clock, [], ver=3, incarnation="second")
    assert [_balance(till, place) for place in (1, 2)] == [None, 2]


def test_after_a_restored_server_nothing_counts_twice(till: Till, clock: ManualClock) -> None:
    """Versions begin again: an accepted operation of version 50 must close with the new server's version 3."""
    done = stamp(till, By(BEN), card_id(1))
    assert isinstance(done, Recorded)
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=50))
    assert _balance(till, 1) == 4
    with till.book.write() as connection:
        synced.meet_incarnation(connection, "second")
    # The server does not honour it; it sees by it that there are rows to work with.
    assert (_identity(till).cursor, _identity(till).synced_ver) == ("at 1", 0)
    assert _balance(till, 1) == 4
    _stage(till, clock, [card_row(1, 4, ver=2)], ver=2, incarnation="second")
    _finish(till, clock, [], ver=3, incarnation="second")
    assert _balance(till, 1) == 4


def test_enrolled_again_the_old_rows_serve_but_no_pin_does(till: Till, clock: ManualClock) -> None:
    enrol_till(till.book, clock, epoch=2)
    who = _identity(till)
    assert (who.epoch, who.cursor, who.verifiers_void) == (2, None, True)
    assert _balance(till, 1) == 3
    _stage(till, clock, [], ver=8)
    _finish(till, clock, [card_row(1, 3)], ver=9)
    assert not _identity(till).verifiers_void


def test_nothing_can_be_done_before_the_first_snapshot(book_path: Path, clock: ManualClock) -> None:
    with Book.open(book_path) as book:
        till = Till(book, clock)
        with pytest.raises(NotEnrolled):
            look_up(till, number(1))
        enrol_till(book, clock)
        with pytest.raises(NotSyncedYet):
            look_up(till, number(1))


def test_a_merged_card_leads_to_the_one_that_stays(till: Till) -> None:
    gone = CardId(card_id(9))
    pull(till, Changes(aliases=[AliasRow(card_id=gone, merged_into=card_id(1), ver=2)]), ver=2)
    card = card_again(till, gone)
    assert isinstance(card, CardView)
    assert card.card_id == card_id(1)
    done = stamp(till, By(BEN), gone)
    assert isinstance(done, Recorded)
    assert (done.card.card_id, _balance(till, 1)) == (card_id(1), 4)


def test_a_replaced_cards_old_codes_find_nothing(till: Till) -> None:
    pull(till, Changes(cards=[card_row(1, 3, ver=2, number=number(8), token=token(8))]), ver=2)
    assert isinstance(look_up(till, number(1)), UnknownCard)
    assert isinstance(look_up(till, token(1)), UnknownCard)
    card = look_up(till, token(8))
    assert isinstance(card, CardView)
    assert card.card_id == card_id(1)


def test_staff_that_left_may_not_work(till: Till, clock: ManualClock) -> None:
    pull(till, Changes(removed=[RemovedRow(kind="staff", id=str(BEN), ver=2)]), ver=2)
    assert not isinstance(stamp(till, By(BEN), card_id(1)), Recorded)
    assert isinstance(stamp(till, By(ANA), card_id(1)), Recorded)
