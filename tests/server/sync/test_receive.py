"""A push is judged, recorded, and answered; again, it is only answered."""

from datetime import timedelta

from common.wire.push import Outcome
from tests.helpers.shop import Shop


def test_a_stamp_is_accepted_and_booked(shop: Shop) -> None:
    till = shop.till()
    enrol = till.enrol_card()
    enrolled, stamped = till.push(enrol, till.stamp(enrol["card_id"]))
    assert [enrolled.outcome, stamped.outcome] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert stamped.balance_after == 1
    assert stamped.detail["stamps_until_reward"] == 9
    assert stamped.detail["card_number"] == enrol["number"]
    assert shop.balance(stamped.card_id) == 1  # type: ignore[arg-type]


def test_a_second_stamp_within_the_cooldown_is_rejected(shop: Shop, clock) -> None:
    till, other = shop.till(), shop.till("kirchberg", "bar")
    card_id = till.card()
    till.push(till.stamp(card_id))
    clock.advance(timedelta(minutes=5))
    [verdict] = other.push(other.stamp(card_id))
    assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "cooldown")
    assert verdict.detail["other_store_id"] == str(shop.stores["gare"])


def test_redeem_void_merge_replace_block(shop: Shop, clock) -> None:
    till = shop.till()
    card_id = till.card(stamps=10)
    redeem = till.redeem(card_id)
    [v] = till.push(redeem)
    assert v.balance_after == 0
    [v] = till.push(till.redeem(card_id))
    assert v.code == "insufficient_stamps"
    clock.advance(timedelta(minutes=5))
    ana = shop.staff["Ana"]
    [v, w] = till.push(
        till.void(card_id, original=redeem["key"], approved_by=ana),
        till.void(card_id, original=redeem["key"], approved_by=ana),
    )
    assert v.balance_after == 10
    assert w.code == "already_voided"
    e = till.enrol_card(token=shop.rows("cards")[0].token)
    [m, s] = till.push(e, till.stamp(e["card_id"]))
    assert m.merged_into == card_id
    assert s.card_id == card_id
    pages = till.pull_all()
