"""Row locks are real: two tills act on one card, the second in the gap between the first one's reading and writing.

Each race runs twice. With the lock the second waits, and is judged by what the first left. Without it, by the same
statement less FOR NO KEY UPDATE, it does not wait, and the breach happens every time: so it is the lock that guards.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from common.wire.push import Outcome, Verdict
from server.store import cards
from tests.helpers.clock import ManualClock
from tests.helpers.interleaving import in_the_gap
from tests.helpers.shop import OpenShop, Operation, Shop, WireTill, said

LOCK = "FOR NO KEY UPDATE"
LAST_READ = "AND t.live"
"""Of the statements that read history, the last: behind it a push only judges and writes."""

Race = Callable[[], list[Verdict]]


@pytest.fixture(params=["locked", "unlocked"])
def locked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether reconcile locks the cards that it reads."""
    if request.param == "locked":
        return True
    statement = cards._LOCK.text
    assert LOCK in statement
    monkeypatch.setattr(cards, "_LOCK", text(statement.replace(LOCK, "")))
    return False


@pytest.fixture
def race(engine: Engine, locked: bool) -> Callable[[Race, Race], list[Verdict]]:
    """`race(first, second)` runs the second in the gap of the first, and gives the verdicts of both."""

    def race(first: Race, second: Race) -> list[Verdict]:
        outcome = in_the_gap(engine, after=LAST_READ, first=first, second=second)
        assert outcome.second_waited is locked
        return outcome.first + outcome.second

    return race


RunRace = Callable[[Race, Race], list[Verdict]]


def pushing(till: WireTill, *operations: Operation) -> Race:
    return lambda: till.push(*operations)


def ledger_sum(shop: Shop, card_id: uuid.UUID) -> int:
    return sum(row.delta for row in shop.ledger(card_id))


@pytest.mark.guards(name="fresh read after the lock")
@pytest.mark.guards(name="row lock")
def test_two_stamps_of_one_card(shop: Shop, race: RunRace, locked: bool) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card()
    verdicts = race(pushing(front, front.stamp(card_id)), pushing(bar, bar.stamp(card_id)))
    if locked:
        assert sorted(said(verdicts)) == ["accepted", "cooldown"]
        assert shop.balance(card_id) == ledger_sum(shop, card_id) == 1
    else:
        assert sorted(said(verdicts)) == ["accepted", "accepted"]
        assert shop.balance(card_id) == 1, "one of two booked stamps is lost"
        assert ledger_sum(shop, card_id) == 2


def test_two_redemptions_of_a_card_with_ten_of_ten(shop: Shop, race: RunRace, locked: bool) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card(stamps=10)
    verdicts = race(pushing(front, front.redeem(card_id)), pushing(bar, bar.redeem(card_id)))
    if locked:
        assert sorted(said(verdicts)) == ["accepted", "insufficient_stamps"]
        assert shop.balance(card_id) == ledger_sum(shop, card_id) == 0
    else:
        assert sorted(said(verdicts)) == ["accepted", "accepted"]
        assert ledger_sum(shop, card_id) == -10


@pytest.mark.guards(name="row lock")
def test_two_voids_of_one_stamp(shop: Shop, clock: ManualClock, race: RunRace, locked: bool) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card(stamps=2)
    stamp = front.stamp(card_id)
    front.push(stamp)
    clock.advance(timedelta(minutes=5))
    verdicts = race(
        pushing(front, front.void(card_id, original=stamp["key"])),
        pushing(bar, bar.void(card_id, original=stamp["key"])),
    )
    if locked:
        assert sorted(said(verdicts)) == ["accepted", "already_voided"]
        assert shop.balance(card_id) == ledger_sum(shop, card_id) == 2
    else:
        assert sorted(said(verdicts)) == ["accepted", "accepted"]
        assert ledger_sum(shop, card_id) == 1


@pytest.mark.parametrize("merging_first", [True, False])
def test_an_enrol_that_merges_with_a_card_being_stamped(
    shop: Shop, race: RunRace, locked: bool, merging_first: bool
) -> None:
    """The merge's card is known to the first till by its token only, and yet both stamps count on one card."""
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    enrol = front.enrol_card()
    front.push(enrol)
    card_id = uuid.UUID(enrol["card_id"])
    again = bar.enrol_card(token=enrol["token"])
    merge = pushing(bar, again, bar.stamp(again["card_id"]))
    stamp = pushing(front, front.stamp(card_id))
    verdicts = race(merge, stamp) if merging_first else race(stamp, merge)
    merged = next(verdict for verdict in verdicts if verdict.merged_into is not None)
    assert (merged.outcome, merged.merged_into) == (Outcome.ACCEPTED, card_id)
    if locked:
        assert sorted(said(verdicts)) == ["accepted", "accepted", "cooldown"]
        assert shop.balance(card_id) == ledger_sum(shop, card_id) == 1
    else:
        assert sorted(said(verdicts)) == ["accepted", "accepted", "accepted"]
        assert ledger_sum(shop, card_id) == 2


def test_two_enrols_of_one_token(open_shop: OpenShop, engine: Engine) -> None:
    """No card exists to be locked yet: the token itself is the gate, and the loser tries again and merges."""
    shop = open_shop()
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    enrol = front.enrol_card()
    again = bar.enrol_card(token=enrol["token"])
    outcome = in_the_gap(
        engine,
        after=LAST_READ,
        first=pushing(front, enrol, front.stamp(enrol["card_id"])),
        second=pushing(bar, again, bar.stamp(again["card_id"])),
    )
    kept = uuid.UUID(again["card_id"])
    assert [verdict.merged_into for verdict in outcome.first] == [kept, None]
    assert said(outcome.first) == ["accepted", "cooldown"]
    assert said(outcome.second) == ["accepted", "accepted"]
    assert [row.card_id for row in shop.rows("cards")] == [kept]
    assert shop.balance(kept) == ledger_sum(shop, kept) == 1


@pytest.mark.guards(name="counter last")
def test_a_batch_that_still_writes_what_may_collide_holds_no_other_up(open_shop: OpenShop, engine: Engine) -> None:
    """The version is raised last: before that, another till's batch on other cards comes and goes."""
    shop = open_shop()
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    outcome = in_the_gap(
        engine,
        after="INSERT INTO card_codes",
        first=pushing(front, front.enrol_card()),
        second=pushing(bar, bar.enrol_card()),
    )
    assert not outcome.second_waited
    assert said(outcome.first) == said(outcome.second) == ["accepted"]
    (earlier, *_), (later, *_) = outcome.second, outcome.first
    assert earlier.ver < later.ver
