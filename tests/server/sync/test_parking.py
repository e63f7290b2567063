"""Parked: what a person must look at, and what comes behind it. One bad operation never holds up another."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from common.wire.push import Outcome
from tests.helpers.clock import ManualClock
from tests.helpers.shop import OpenShop, Shop, said

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def revoke(shop: Shop) -> None:
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET revoked_at = :now WHERE merchant_id = :merchant_id"),
            {"now": shop.clock.now(), "merchant_id": shop.merchant_id},
        )


def test_an_unknown_kind_is_parked_with_what_it_says(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    gift = till.operation("gift", card_id, present={"of": ["tea", 1.5, None]})
    [parked, stamped] = till.push(gift, till.stamp(card_id))
    assert (parked.outcome, parked.code, parked.card_id) == (Outcome.PARKED, "unknown_kind", card_id)
    assert stamped.outcome is Outcome.ACCEPTED
    row = next(row for row in shop.rows("operations") if str(row.key) == gift["key"])
    assert row.content == {name: value for name, value in gift.items() if name != "seq"}
    [item] = shop.rows("attention")
    assert (item.kind, str(item.key), item.card_id) == ("parked", gift["key"], card_id)


@pytest.mark.parametrize("key", [None, "", "no uuid", 7, {}, [], "\ud800", "0192aaaa-0000-7000-8000-00000000000"])
def test_an_unusable_key_is_parked_under_its_seq(shop: Shop, key: Any) -> None:
    till = shop.till()
    operation = till.enrol_card(key=key)
    [parked, good] = till.push(operation, till.enrol_card())
    assert (parked.outcome, parked.code, parked.key, parked.seq) == (Outcome.PARKED, "unreadable", None, 1)
    assert good.outcome is Outcome.ACCEPTED
    [kept] = shop.rows("unkeyed_operations")
    assert kept.content["token"] == operation["token"]
    [again] = till.push(operation)
    assert (again.outcome, again.replayed, again.ver) == (Outcome.PARKED, True, parked.ver)
    assert shop.attention() == ["parked"]


def test_what_is_no_object_stops_the_batch_because_it_has_no_seq(shop: Shop) -> None:
    till = shop.till()
    request = till.request([till.enrol_card(), *["stamp", 7, None, []]])  # type: ignore[list-item]  # what is sent
    answer = till.exchange(request["operations"])
    assert len(answer.verdicts) == 1  # type: ignore[union-attr]  # a taken push


def test_unknown_terms_are_parked(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    [parked] = till.push(till.stamp(card_id, terms_version=2))
    assert (parked.outcome, parked.code, parked.terms_version) == (Outcome.PARKED, "unknown_terms", None)
    assert shop.balance(card_id) == 0


@pytest.mark.parametrize(("age", "outcome"), [(14 * DAY, "accepted"), (14 * DAY + MINUTE, "too_old")])
def test_too_old_is_parked(shop: Shop, clock: ManualClock, age: timedelta, outcome: str) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    clock.advance(age)
    assert said(till.push(stamp)) == [outcome]


def test_an_enrol_is_never_too_old(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    enrol = till.enrol_card()
    clock.advance(100 * DAY)
    assert said(till.push(enrol, till.stamp(enrol["card_id"]))) == ["accepted", "accepted"]


@pytest.mark.guards(name="dependency parking")
def test_what_needs_a_parked_one_waits_behind_it_and_nothing_else(shop: Shop, clock: ManualClock) -> None:
    """An enrol is parked: its card is not there yet, and neither rejected nor lost is what was done with it."""
    till = shop.till()
    other = till.card()
    enrol = till.enrol_card(terms_version=9)
    card_id = enrol["card_id"]
    stamp = till.stamp(card_id)
    verdicts = till.push(enrol, stamp, till.void(card_id, original=stamp["key"]), till.stamp(other))
    assert said(verdicts) == ["unknown_terms", "behind_parked", "behind_parked", "accepted"]
    clock.advance(20 * MINUTE)
    assert said(till.push(till.redeem(card_id))) == ["behind_parked"], "in a later batch too"
    assert shop.attention() == ["parked"] * 4


@pytest.mark.guards(name="dependency parking")
def test_a_redemption_waits_behind_a_parked_stamp(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card(stamps=9)
    stamp = till.stamp(card_id, terms_version=9)
    verdicts = till.push(stamp, till.redeem(card_id), till.void(card_id, original=stamp["key"]))
    assert said(verdicts) == ["unknown_terms", "behind_parked", "behind_parked"]
    assert shop.balance(card_id) == 9


def test_what_is_refused_for_another_reason_does_not_wait(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    parked, too_many = till.stamp(card_id, terms_version=9), till.stamp(card_id, count=2)
    assert said(till.push(parked, too_many)) == ["unknown_terms", "visit_limit"]


@pytest.mark.guards(name="dependency parking")
@pytest.mark.parametrize("broken", [{"kind": "gift"}, {"key": "lost"}])
@pytest.mark.parametrize("together", [True, False])
def test_what_cannot_be_read_parks_its_card_too(shop: Shop, broken: dict[str, str], together: bool) -> None:
    till = shop.till()
    card_id, other = till.card(stamps=9), till.card()
    first = till.stamp(card_id) | broken
    later = [till.redeem(card_id), till.redeem(other)]
    verdicts = till.push(first, *later) if together else till.push(first) + till.push(*later)
    assert said(verdicts)[1:] == ["behind_parked", "insufficient_stamps"]


def test_a_parked_one_of_a_merged_card_parks_the_card_that_stays(shop: Shop) -> None:
    till = shop.till()
    enrol = till.enrol_card()
    again = till.enrol_card(token=enrol["token"])
    till.push(enrol, again)
    gift = till.operation("gift", again["card_id"])
    [parked, waiting] = till.push(gift, till.redeem(enrol["card_id"]))
    assert str(parked.card_id) == enrol["card_id"]
    assert waiting.code == "behind_parked"
    assert said(till.push(till.redeem(enrol["card_id"]))) == ["behind_parked"]


def test_a_revoked_till_gets_everything_parked(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    known = till.stamp(card_id)
    [before] = till.push(known)
    revoke(shop)
    answer = till.answer(known, till.stamp(card_id), till.enrol_card())
    assert said(answer.verdicts) == ["accepted", "till_revoked", "till_revoked"]
    assert (answer.verdicts[0].replayed, answer.verdicts[0].ver) == (True, before.ver)
    assert answer.have_seq == till.seq
    assert shop.balance(card_id) == 1


def test_every_parked_operation_is_kept_whole(shop: Shop) -> None:
    till = shop.till()
    card_id = uuid.UUID(int=5)
    operations = [till.stamp(card_id, terms_version=9, notes=f"note {n}") for n in range(3)]
    till.push(*operations)
    kept = {str(row.key): row.content["notes"] for row in shop.rows("operations")}
    assert kept == {operation["key"]: operation["notes"] for operation in operations}


def test_days_offline_are_the_merchants_to_choose(open_shop: OpenShop, clock: ManualClock) -> None:
    shop = open_shop()
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE merchants SET offline_days_max = 30 WHERE merchant_id = :merchant_id"),
            {"merchant_id": shop.merchant_id},
        )
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    clock.advance(29 * DAY)
    assert said(till.push(stamp)) == ["accepted"]
