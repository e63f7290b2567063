"""What the server forgot is offered with its receipt, and counts once in the view, whatever comes in which order."""

from collections.abc import Callable

import pytest

from common.terms import Terms
from common.wire.pull import Changes
from common.wire.push import Outcome, Verdict
from desktop.cashier.engine import By, Till
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.store import identity, operations, synced
from desktop.store.operations import QueueCounts, Queued, State
from desktop.store.recovery import numbering, offering
from tests.desktop.shop import (
    BEN,
    INCARNATION,
    card_id,
    card_row,
    judged,
    page,
    pull,
    shop_changes,
    transaction_row,
    verdict,
)
from tests.helpers.clock import ManualClock


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(cards=[card_row(1, 3), card_row(2)])


def balance(till: Till, place: int = 1) -> int:
    card = card_again(till, card_id(place))
    assert card is not None
    return card.balance


def settled(till: Till, clock: ManualClock, receipt: str | None = "seal") -> Recorded:
    """A stamp that the server judged, and whose effect has arrived: 4 of 3."""
    done = stamp(till, By(BEN), card_id(1))
    assert isinstance(done, Recorded)
    judged(till, told(done, receipt=receipt))
    pull(
        till,
        Changes(cards=[card_row(1, 4, ver=5)], transactions=[transaction_row(1, done.key, clock.now(), ver=5)]),
        ver=5,
    )
    assert (balance(till), opened(till)) == (4, 0)
    return done


def told(done: Recorded, outcome: Outcome = Outcome.ACCEPTED, ver: int = 5, **said: object) -> Verdict:
    return verdict(done.key, outcome, ver=ver).model_copy(update={"receipt": "seal", **said})


def opened(till: Till) -> int:
    with till.book.read() as connection:
        count: int = connection.execute("SELECT count(*) FROM operations WHERE open = 1").fetchone()[0]
    return count


def to_send(till: Till) -> list[Queued]:
    with till.book.read() as connection:
        return operations.waiting(connection, 100, 1_000_000)


def rewind(till: Till, have_seq: int = 0) -> int:
    with till.book.write() as connection:
        return numbering.rewind(connection, have_seq, 1)


def snapshot(till: Till, changes: Changes, ver: int = 1_000_009, incarnation: str = "second") -> None:
    """Everything anew, from another life of the server, or from one that fell behind and does not know it."""
    assert isinstance(till.clock, ManualClock)
    whole = shop_changes(Terms(), changes.cards, changes.transactions)
    arrived = page(whole, till.clock, ver=ver, reset=True)
    with till.book.write() as connection:
        synced.finish_snapshot(connection, arrived.model_copy(update={"incarnation": incarnation}))


def test_it_is_sent_with_receipt_verdict_and_card_and_stays_as_it_was(till: Till, clock: ManualClock) -> None:
    done = settled(till, clock)
    assert rewind(till) == 1
    assert rewind(till) == 0, "said once"
    [offer] = [queued.wire() for queued in to_send(till)]
    assert (offer["key"], offer["seq"], offer["receipt"]) == (str(done.key), 1, "seal")
    assert (offer["verdict"]["outcome"], offer["verdict"]["ver"]) == ("accepted", 5)
    assert not {"receipt", "replayed"} & offer["verdict"].keys()
    assert (offer["card"]["id"], offer["card"]["number"]) == (str(card_id(1)), card_row(1, 4).number)
    with till.book.read() as connection:
        assert operations.counts(connection) == QueueCounts(0, None, 0, 0)
        found = operations.find(connection, done.key)
    assert found is not None
    assert (found.state, balance(till), opened(till)) == (State.ACCEPTED, 4, 0)


def test_the_server_takes_it_and_brings_it_back(till: Till, clock: ManualClock) -> None:
    done = settled(till, clock)
    rewind(till)
    judged(till, told(done, Outcome.PARKED, 1_000_001, code="awaiting_recovery", receipt=None))
    assert (to_send(till), balance(till)) == ([], 4)
    judged(till, told(done, ver=1_000_005, receipt="new seal"))
    assert (balance(till), opened(till)) == (4, 0)
    changes = Changes(
        cards=[card_row(1, 4, ver=1_000_005)], transactions=[transaction_row(1, done.key, clock.now(), ver=1_000_005)]
    )
    snapshot(till, changes)
    assert (balance(till), opened(till)) == (4, 0)
    assert rewind(till) == 1
    assert to_send(till)[0].wire()["receipt"] == "new seal"


def test_rows_of_a_server_that_lacks_it_leave_it_in_the_view(till: Till, clock: ManualClock) -> None:
    """Enrolled anew in the middle of a recovery: the rows go back in time, the view does not."""
    done = settled(till, clock)
    rewind(till)
    snapshot(till, Changes(cards=[card_row(1, 3, ver=2)]))
    assert (balance(till), opened(till)) == (4, 1)
    judged(till, told(done, Outcome.PARKED, 1_000_011, code="awaiting_recovery", receipt=None))
    assert balance(till) == 4
    judged(till, told(done, ver=1_000_012))
    assert balance(till) == 4
    arrived = page(Changes(cards=[card_row(1, 4, ver=1_000_012)]), clock, ver=1_000_012)
    with till.book.write() as connection:
        synced.apply_page(connection, arrived.model_copy(update={"incarnation": "second"}))
    assert (balance(till), opened(till)) == (4, 0)


def test_news_of_its_card_do_not_settle_what_the_server_still_lacks(till: Till, clock: ManualClock) -> None:
    """Somebody else's stamp came first: the card's row is newer than the old verdict, and does not hold its effect."""
    done = settled(till, clock)
    snapshot(till, Changes(cards=[card_row(1, 3, ver=2)]))
    arrived = page(Changes(cards=[card_row(1, 4, ver=1_000_010)]), clock, ver=1_000_010)
    with till.book.write() as connection:
        synced.apply_page(connection, arrived.model_copy(update={"incarnation": "second"}))
    assert (balance(till), opened(till)) == (5, 1)
    assert [queued.key for queued in to_send(till)] == [done.key]


def test_what_a_snapshot_lacks_is_offered_even_where_no_number_tells(till: Till, clock: ManualClock) -> None:
    settled(till, clock)
    snapshot(till, Changes(cards=[card_row(1, 3, ver=2)]))
    assert (len(to_send(till)), balance(till), opened(till)) == (1, 4, 1)


def test_a_server_that_fell_behind_without_a_word_is_offered_it_too(till: Till, clock: ManualClock) -> None:
    """A standby that lagged: the same incarnation, and a version below that of the verdict."""
    settled(till, clock)
    snapshot(till, Changes(cards=[card_row(1, 3, ver=2)]), ver=3, incarnation=INCARNATION)
    assert (len(to_send(till)), balance(till), opened(till)) == (1, 4, 1)


def test_what_the_book_did_as_another_till_is_offered_once_in_each_life_of_the_server(
    till: Till, clock: ManualClock
) -> None:
    """A cloned book under a name of its own: the other machine may have handed in the same, and got another verdict."""
    done = settled(till, clock, receipt=f"{INCARNATION}.seal")
    with till.book.write() as connection:
        numbering.begin_as_another_till(connection)
    shown = Changes(cards=[card_row(1, 4, ver=5)], transactions=[transaction_row(1, done.key, clock.now(), ver=5)])
    snapshot(till, shown, ver=9, incarnation=INCARNATION)
    assert to_send(till) == [], "it is the life in which it was judged"
    snapshot(till, shown)
    assert [queued.key for queued in to_send(till)] == [done.key]
    judged(till, told(done, ver=1_000_002, receipt="second.seal"))
    snapshot(till, shown)
    assert to_send(till) == []


def test_a_rejection_that_is_newer_than_the_whole_snapshot_is_offered(till: Till) -> None:
    done = stamp(till, By(BEN), card_id(1))
    assert isinstance(done, Recorded)
    judged(till, told(done, Outcome.REJECTED, code="cooldown"))
    snapshot(till, Changes(cards=[card_row(1, 3, ver=2)]), ver=5, incarnation=INCARNATION)
    assert to_send(till) == [], "the snapshot is as new as the verdict"
    snapshot(till, Changes(cards=[card_row(1, 3, ver=2)]), ver=3, incarnation=INCARNATION)
    assert (len(to_send(till)), balance(till)) == (1, 3)


def test_without_a_receipt_it_is_offered_as_it_is(till: Till, clock: ManualClock) -> None:
    settled(till, clock, receipt=None)
    rewind(till)
    [offer] = [queued.wire() for queued in to_send(till)]
    assert not {"receipt", "verdict", "card"} & offer.keys()


def test_a_rejected_one_stays_out_of_the_view_and_what_was_seen_stays_seen(till: Till, clock: ManualClock) -> None:
    done = stamp(till, By(BEN), card_id(1))
    assert isinstance(done, Recorded)
    judged(till, told(done, Outcome.REJECTED, code="cooldown"))
    with till.book.write() as connection:
        operations.acknowledge(connection, done.key, clock.now())
    rewind(till)
    assert balance(till) == 3
    judged(till, told(done, Outcome.REJECTED, 1_000_001, code="cooldown"))
    with till.book.read() as connection:
        assert operations.counts(connection) == QueueCounts(0, None, 0, 0)
    assert (to_send(till), balance(till)) == ([], 3)


def test_a_new_one_that_waits_for_the_end_alarms_nobody_until_it_is_decided(till: Till) -> None:
    done = stamp(till, By(BEN), card_id(1))
    assert isinstance(done, Recorded)
    judged(till, told(done, Outcome.PARKED, code="awaiting_recovery", receipt=None))
    with till.book.read() as connection:
        assert operations.counts(connection) == QueueCounts(0, None, 0, 0)
        assert operations.needing_attention(connection, 10) == []
    assert balance(till) == 4
    judged(till, told(done, Outcome.PARKED, 9, code="unknown_terms", receipt=None))
    with till.book.read() as connection:
        assert operations.counts(connection).parked == 1


def test_in_a_new_epoch_what_is_offered_comes_first(till: Till, clock: ManualClock) -> None:
    done = settled(till, clock)
    waits = stamp(till, By(BEN), card_id(2))
    assert isinstance(waits, Recorded)
    rewind(till)
    with till.book.write() as connection:
        numbering.renumber(connection, 2, have_seq=6)
        assert offering.anything(connection)
    assert [(queued.seq, queued.key) for queued in to_send(till)] == [(7, done.key), (8, waits.key)]
    with till.book.read() as connection:
        assert identity.load(connection).next_seq == 9


def test_a_receipt_that_the_book_lacks_comes_with_the_verdict_once_more(till: Till, clock: ManualClock) -> None:
    done = settled(till, clock, receipt=None)
    judged(till, told(done, receipt="late seal"))
    rewind(till)
    assert to_send(till)[0].wire()["receipt"] == "late seal"
