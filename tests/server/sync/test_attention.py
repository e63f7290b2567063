"""The attention list: what the server puts before a person, and what it does not."""

from datetime import timedelta

from common.card_code import make_number
from common.times import to_wire
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop, fresh_token, said

MINUTE = timedelta(minutes=1)


def test_a_rejected_redemption_is_a_loss(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card(stamps=3)
    redeem = till.redeem(card_id)
    till.push(redeem)
    [item] = shop.rows("attention")
    assert (item.kind, str(item.key), item.card_id) == ("loss", redeem["key"], card_id)
    assert (item.till_id, item.staff_id) == (till.till_id, shop.staff["Ben"])
    assert item.detail == {"code": "insufficient_stamps", "reward": "Free coffee"}


def test_a_redemption_that_makes_no_sense_is_a_loss_too(shop: Shop) -> None:
    """The goods were handed out, whatever the operation looks like."""
    till = shop.till()
    assert said(till.push(till.redeem(till.card(), uptime_ms=-1))) == ["invalid_operation"]
    assert shop.attention() == ["loss"]


def test_other_rejections_are_nobodys_loss(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    assert said(till.push(till.stamp(card_id), till.stamp(card_id))) == ["accepted", "cooldown"]
    assert shop.attention() == []


def test_a_stamp_that_was_spent_before_its_void_is_a_shortfall_and_still_lives(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card(stamps=9)
    stamp = till.stamp(card_id)
    till.push(stamp, till.redeem(card_id))
    clock.advance(2 * MINUTE)
    void = till.void(card_id, original=stamp["key"])
    [voided, again] = till.push(void, till.stamp(card_id))
    assert voided.detail == {"taken": 0, "returned": 0, "shortfall": 1}
    assert voided.balance_after == 0
    assert again.code == "cooldown"
    [item] = shop.rows("attention")
    assert (item.kind, str(item.key), item.detail["shortfall"]) == ("shortfall", void["key"], 1)


def test_replaced_unblocked_and_locked_out_are_listed(shop: Shop) -> None:
    till, ana = shop.till(), shop.staff["Ana"]
    enrol = till.enrol_card()
    card_id = enrol["card_id"]
    number = make_number(till.number, 7)
    till.push(
        enrol,
        till.operation("replace", card_id, number=number, token=fresh_token(), approved_by=ana),
        till.operation("block", card_id, reason="Lost"),
        till.operation("unblock", card_id, approved_by=ana),
        till.operation("lockout", failures=5),
    )
    items = {row.kind: row.detail for row in shop.rows("attention")}
    assert items == {
        "replaced": {"old_number": enrol["number"], "number": number},
        "unblocked": {},
        "lockout": {"failures": 5},
    }


def test_carried_over_is_listed_only_over_half_the_target(shop: Shop) -> None:
    till, ana = shop.till(), shop.staff["Ana"]
    half, more = till.card(), till.card()
    till.push(till.operation("carry_over", half, count=5, approved_by=ana))
    assert shop.attention() == []
    till.push(till.operation("carry_over", more, count=6, approved_by=ana))
    assert shop.attention() == ["carried_over"]


def test_what_lies_before_the_last_empty_queue_is_judged_and_listed(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    hidden = till.stamp(card_id)
    clock.advance(5 * MINUTE)
    till.push()
    assert said(till.push(hidden)) == ["accepted"]
    assert shop.attention() == ["backdated"]


def test_a_contact_with_a_queue_is_not_an_empty_one(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    waiting = till.stamp(card_id)
    clock.advance(5 * MINUTE)
    till.push(pending=1)
    assert said(till.push(waiting)) == ["accepted"]
    assert shop.attention() == []


def test_network_jitter_is_not_backdating(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    clock.advance(timedelta(seconds=2))
    till.push()
    till.push(stamp)
    assert shop.attention() == []


def test_what_a_push_brought_waits_on_its_till_no_longer(shop: Shop) -> None:
    till = shop.till()
    oldest = to_wire(shop.clock.now())
    till.push(till.enrol_card(), pending=3, oldest_pending_at=oldest)
    [row] = shop.rows("tills")
    assert (row.pending, row.oldest_pending_at) == (2, shop.clock.now())
    till.push(till.enrol_card(), till.enrol_card(), pending=2, oldest_pending_at=oldest)
    [row] = shop.rows("tills")
    assert (row.pending, row.oldest_pending_at) == (0, None)
