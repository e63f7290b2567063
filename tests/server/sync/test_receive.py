"""A push is judged, recorded and answered: what each kind of operation does."""

import uuid
from datetime import timedelta

import pytest

from common.card_code import make_number
from common.times import to_wire
from common.wire.push import Outcome
from tests.helpers.clock import ManualClock
from tests.helpers.shop import OpenShop, Shop, fresh_token, said

MINUTE = timedelta(minutes=1)


def test_an_accepted_stamp_carries_the_answer_for_the_customer(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    enrol = till.enrol_card()
    stamp = till.stamp(enrol["card_id"])
    [enrolled, stamped] = till.push(enrol, stamp)
    assert (enrolled.outcome, enrolled.balance_after, enrolled.number) == (Outcome.ACCEPTED, 0, None)
    assert (stamped.outcome, stamped.balance_after, stamped.terms_version) == (Outcome.ACCEPTED, 1, 1)
    assert stamped.event_time == clock.now()
    assert str(stamped.business_date) == "2026-11-22"
    assert stamped.detail == {
        "stamp_count": 1,
        "stamps_target": 10,
        "stamps_until_reward": 9,
        "reward_earned": False,
        "reward": "Free coffee",
        "next_stamp_at": to_wire(clock.now() + 15 * MINUTE),
        "stamps_today": 1,
        "stamps_left_today": 4,
        "card_number": enrol["number"],
        "key": stamp["key"],
    }
    [row] = shop.rows("transactions")
    assert (str(row.key), row.kind, row.delta, row.balance_after, row.live) == (stamp["key"], "stamp", 1, 1, True)
    assert (row.till_id, row.store_id, row.staff_id) == (till.till_id, shop.stores["gare"], shop.staff["Ben"])
    [card] = shop.rows("cards")
    assert (card.stamp_count, card.lifetime_stamps, card.last_stamp_at) == (1, 1, clock.now())
    assert card.ver == row.ver == stamped.ver


def test_two_stamps_twenty_minutes_apart_sent_together_two_days_later(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    first = till.stamp(card_id)
    clock.advance(20 * MINUTE)
    second = till.stamp(card_id)
    clock.advance(timedelta(days=2))
    verdicts = till.push(first, second)
    assert said(verdicts) == ["accepted", "accepted"]
    assert verdicts[1].event_time == clock.now() - timedelta(days=2)


def test_two_tills_offline_and_one_card_five_minutes_apart(shop: Shop, clock: ManualClock) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card()
    began = clock.now()
    at_front = front.stamp(card_id)
    clock.advance(5 * MINUTE)
    at_bar = bar.stamp(card_id)
    clock.advance(timedelta(hours=3))
    [verdict] = bar.push(at_bar)
    assert verdict.outcome is Outcome.ACCEPTED
    [verdict] = front.push(at_front)
    assert (verdict.outcome, verdict.code, verdict.balance_after) == (Outcome.REJECTED, "cooldown", 1)
    assert verdict.detail == {
        "until": to_wire(began + 20 * MINUTE),
        "other_at": to_wire(began + 5 * MINUTE),
        "other_store_id": str(shop.stores["kirchberg"]),
    }


@pytest.mark.guards(name="second neighbour")
@pytest.mark.parametrize(
    ("after_first", "expected"), [(14, "cooldown"), (15, "accepted"), (20, "accepted"), (26, "cooldown")]
)
def test_a_late_earlier_stamp_is_judged_by_its_neighbours_on_both_sides(
    shop: Shop, clock: ManualClock, after_first: int, expected: str
) -> None:
    """Stamps stand at 0 and at 40 minutes, and the late one comes between them."""
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card()
    early = front.stamp(card_id)
    clock.advance(after_first * MINUTE)
    late = bar.stamp(card_id)
    clock.advance((40 - after_first) * MINUTE)
    front.push(early, front.stamp(card_id))
    assert said(bar.push(late)) == [expected]


@pytest.mark.parametrize(("seconds", "expected"), [(897, "cooldown"), (898, "accepted")])
def test_the_server_allows_two_seconds_less_than_the_cooldown(
    shop: Shop, clock: ManualClock, seconds: int, expected: str
) -> None:
    till = shop.till()
    card_id = till.card(stamps=0)
    till.push(till.stamp(card_id))
    clock.advance(timedelta(seconds=seconds))
    assert said(till.push(till.stamp(card_id))) == [expected]


def test_the_daily_limit_counts_the_batch_itself(open_shop: OpenShop, clock: ManualClock) -> None:
    shop = open_shop("cooldown_minutes = 0\ndaily_limit = 3")
    till = shop.till()
    card_id = till.card()
    verdicts = till.push(*(till.stamp(card_id) for _ in range(4)))
    assert said(verdicts) == ["accepted", "accepted", "accepted", "daily_limit"]
    assert verdicts[3].detail == {"limit": 3, "today": 3}


def test_a_redemption_takes_the_target_and_names_the_reward(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card(stamps=11)
    [redeemed, again] = till.push(till.redeem(card_id), till.redeem(card_id))
    assert (redeemed.balance_after, redeemed.detail) == (1, {"reward": "Free coffee", "spent": 10})
    assert (again.code, again.detail) == ("insufficient_stamps", {"balance": 1, "target": 10})
    [card] = shop.rows("cards")
    assert (card.stamp_count, card.lifetime_stamps, card.redemptions) == (1, 11, 1)
    assert shop.ledger(card_id)[-1].reward == "Free coffee"


def test_a_void_takes_its_original_back_once_and_frees_the_customer(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    till.push(stamp)
    clock.advance(5 * MINUTE)
    void = till.void(card_id, original=stamp["key"], reason="Return")
    [voided, again, stamped] = till.push(void, till.void(card_id, original=stamp["key"]), till.stamp(card_id))
    assert (voided.outcome, voided.balance_after) == (Outcome.ACCEPTED, 0)
    assert voided.detail == {"taken": 1, "returned": 0, "shortfall": 0}
    assert again.code == "already_voided"
    assert stamped.outcome is Outcome.ACCEPTED, "a voided stamp no longer cools down"
    first, *_ = shop.ledger(card_id)
    assert (str(first.voided_by), first.live) == (void["key"], False)


def test_a_void_of_a_stamp_that_the_same_batch_brings(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    assert said(till.push(stamp, till.void(card_id, original=stamp["key"]))) == ["accepted", "accepted"]
    assert shop.balance(card_id) == 0


def test_a_void_of_a_redemption_gives_the_stamps_back(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card(stamps=10)
    redeem = till.redeem(card_id)
    till.push(redeem)
    shop.clock.advance(5 * MINUTE)
    refused = till.push(till.void(card_id, original=redeem["key"]))
    assert said(refused) == ["manager_required"]
    [voided] = till.push(till.void(card_id, original=redeem["key"], approved_by=shop.staff["Ana"]))
    assert (voided.balance_after, voided.detail) == (10, {"taken": 0, "returned": 10, "shortfall": 0})
    assert shop.rows("cards")[0].redemptions == 0


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"original": str(uuid.UUID(int=7))}, "original_not_found"),
        ({"count": 1}, "manager_required"),
        ({}, "invalid_operation"),
        ({"original": str(uuid.UUID(int=7)), "count": 1}, "invalid_operation"),
    ],
)
def test_a_void_never_falls_back_from_what_it_names(shop: Shop, named: dict[str, object], code: str) -> None:
    till = shop.till()
    card_id = till.card(stamps=1)
    assert said(till.push(till.void(card_id, **named))) == [code]
    assert shop.balance(card_id) == 1


def test_the_stamp_of_another_card_and_a_rejected_one_cannot_be_voided(shop: Shop) -> None:
    till = shop.till()
    one, other = till.card(), till.card()
    stamp, too_soon = till.stamp(one), till.stamp(one)
    verdicts = till.push(
        stamp, too_soon, till.void(other, original=stamp["key"]), till.void(one, original=too_soon["key"])
    )
    assert said(verdicts) == ["accepted", "cooldown", "original_not_found", "original_rejected"]
    later = till.push(till.void(other, original=stamp["key"]), till.void(one, original=too_soon["key"]))
    assert said(later) == ["original_not_found", "original_rejected"]


def test_an_enrol_with_a_token_in_use_merges_and_is_resolved_ever_after(shop: Shop, clock: ManualClock) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    enrol = front.enrol_card()
    front.push(enrol)
    card_id = uuid.UUID(enrol["card_id"])
    again = bar.enrol_card(token=enrol["token"])
    [merged, stamped] = bar.push(again, bar.stamp(again["card_id"]))
    assert (merged.outcome, merged.merged_into, merged.card_id) == (Outcome.ACCEPTED, card_id, card_id)
    assert (stamped.card_id, stamped.balance_after) == (card_id, 1)
    clock.advance(20 * MINUTE)
    [later] = bar.push(bar.stamp(again["card_id"]))
    assert (later.card_id, later.balance_after) == (card_id, 2)
    assert len(shop.rows("cards")) == 1


def test_an_enrol_with_a_number_in_use_gets_another(shop: Shop) -> None:
    till = shop.till()
    first = till.enrol_card()
    second = till.enrol_card(number=first["number"])
    [_, renumbered] = till.push(first, second)
    assert renumbered.outcome is Outcome.ACCEPTED
    assert renumbered.number not in (None, first["number"])
    assert {row.number for row in shop.rows("cards")} == {first["number"], renumbered.number}


def test_a_replaced_card_keeps_its_stamps_and_its_old_codes_stay_taken(shop: Shop) -> None:
    till, ana = shop.till(), shop.staff["Ana"]
    enrol = till.enrol_card()
    till.push(enrol, till.stamp(enrol["card_id"]))
    number, token = make_number(till.number, 42), fresh_token()
    replace = till.operation("replace", enrol["card_id"], number=number, token=token)
    assert said(till.push(replace)) == ["manager_required"]
    replace = till.operation("replace", enrol["card_id"], number=number, token=token, approved_by=ana)
    old_token, old_number = till.enrol_card(token=enrol["token"]), till.enrol_card(number=enrol["number"])
    [replaced, refused, renumbered] = till.push(replace, old_token, old_number)
    assert (replaced.outcome, replaced.balance_after) == (Outcome.ACCEPTED, 1)
    assert refused.code == "card_code_taken"
    assert renumbered.number not in (None, enrol["number"])
    card = next(row for row in shop.rows("cards") if str(row.card_id) == enrol["card_id"])
    assert (card.number, card.token) == (number, token)
    taken = till.operation("replace", enrol["card_id"], number=number, token=fresh_token(), approved_by=ana)
    assert said(till.push(taken)) == ["card_code_taken"]


def test_block_and_unblock_act_in_event_time_order(shop: Shop, clock: ManualClock) -> None:
    front, bar, ana = shop.till(), shop.till("kirchberg", "bar"), shop.staff["Ana"]
    card_id = front.card()
    before, older_block = bar.stamp(card_id), bar.operation("block", card_id, reason="Lost")
    clock.advance(MINUTE)
    block = front.operation("block", card_id, reason="Stolen")
    clock.advance(MINUTE)
    stamp, unblock = front.stamp(card_id), front.operation("unblock", card_id, approved_by=ana)
    assert said(front.push(block, stamp, unblock)) == ["accepted", "card_inactive", "accepted"]
    assert said(bar.push(before, older_block)) == ["accepted", "accepted"]
    [card] = shop.rows("cards")
    assert (card.inactive_since, card.inactive_reason) == (None, None), "an older block changes nothing"


def test_a_block_and_an_unblock_of_one_moment_act_in_the_order_sent(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    block = till.operation("block", card_id, reason="Lost")
    till.push(block, till.operation("unblock", card_id, approved_by=shop.staff["Ana"]))
    assert shop.rows("cards")[0].inactive_since is None


def test_what_happened_before_a_block_is_judged_as_active(shop: Shop, clock: ManualClock) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card()
    before = bar.stamp(card_id)
    clock.advance(MINUTE)
    front.push(front.operation("block", card_id, reason="Lost"))
    after = bar.stamp(card_id)
    assert said(bar.push(before, after)) == ["accepted", "card_inactive"]


def test_stamps_are_carried_over_once(shop: Shop) -> None:
    till, ana = shop.till(), shop.staff["Ana"]
    card_id = till.card()
    carry = [till.operation("carry_over", card_id, count=count, approved_by=ana) for count in (11, 4, 4)]
    assert said(till.push(*carry)) == ["invalid_operation", "accepted", "already_carried_over"]
    assert said(till.push(till.operation("carry_over", card_id, count=1, approved_by=ana))) == ["already_carried_over"]
    assert shop.balance(card_id) == 4


def test_a_lockout_touches_no_card(shop: Shop) -> None:
    """Not even one that it names: a blocked card stays blocked."""
    till = shop.till()
    card_id = till.card()
    till.push(till.operation("block", card_id, reason="Lost"))
    [verdict] = till.push(till.operation("lockout", card_id, failures=5))
    assert (verdict.outcome, verdict.card_id, verdict.balance_after) == (Outcome.ACCEPTED, None, None)
    assert shop.rows("cards")[0].inactive_since is not None


def test_a_push_without_operations_keeps_contact(shop: Shop) -> None:
    till = shop.till()
    answer = till.answer()
    assert (answer.have_seq, answer.epoch, answer.verdicts) == (0, 1, [])
    [row] = shop.rows("tills")
    assert row.last_contact_at == row.empty_queue_at == shop.clock.now()


def test_claimed_and_derived_time_are_both_kept(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    enrol = till.enrol_card(occurred_at="2020-01-01T00:00:00.000000Z")
    till.push(enrol)
    [operation], [verdict] = shop.rows("operations"), shop.rows("verdicts")
    assert operation.content["occurred_at"] == "2020-01-01T00:00:00.000000Z"
    assert verdict.event_time == clock.now()
