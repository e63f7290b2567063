"""A redemption: a full card, in a store that may, and on a till that may do so alone."""

from datetime import timedelta

import pytest

from common.ledger import Effect, TransactionKind
from common.rules.asks import Redeem
from common.terms import OfflineRedemption
from tests.common.builders import CENTRE, GARE, MINUTE, MOMENT, NOON, Scene

REDEEM = Scene(act=Redeem()).on_card(balance=10)


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (REDEEM.where(card=None), "card_not_found"),
        (REDEEM.on_card(inactive_since=NOON), "card_inactive"),
        (REDEEM.on_card(inactive_since=NOON + MOMENT), None),
        (REDEEM.where(program_inactive_since=NOON), "program_inactive"),
        (REDEEM.where(program_inactive_since=NOON + MOMENT), None),
        (REDEEM.under(stamps_enabled=False), "stamps_disabled"),
        (REDEEM.on_card(balance=9), "insufficient_stamps"),
        (REDEEM.on_card(balance=0), "insufficient_stamps"),
        (REDEEM.on_card(balance=10), None),
        (REDEEM.on_card(balance=11), None),
        (REDEEM.under(stamps_target=11), "insufficient_stamps"),
        (REDEEM.on_card(store_id=CENTRE), None),
        (REDEEM.under(cross_store_redemption=False), None),
        (REDEEM.under(cross_store_redemption=False).on_card(store_id=CENTRE), "other_store"),
        (REDEEM.under(cross_store_redemption=False).on_card(store_id=CENTRE).where(store_id=CENTRE), None),
        # No cooldown: a stamp of this very moment does not keep the reward back, nor does a full day.
        (REDEEM.after(NOON, NOON - MINUTE).under(daily_limit=1), None),
    ],
)
def test_whether_a_reward_may_be_handed_out(scene: Scene, code: str | None) -> None:
    assert scene.code() == code


def test_what_is_missing_is_told() -> None:
    assert REDEEM.on_card(balance=7).refused().detail == {"balance": 7, "target": 10}


def test_the_cards_own_store_is_told() -> None:
    scene = REDEEM.under(cross_store_redemption=False).where(store_id=CENTRE)
    assert scene.refused().detail == {"store_id": GARE}


def test_a_redemption_takes_the_target_and_counts_itself() -> None:
    approved = REDEEM.on_card(balance=23).approved()
    assert approved.effect == Effect(TransactionKind.REDEEM, delta=-10, lifetime_delta=0, redemptions_delta=1)
    assert approved.balance_after == 13
    assert approved.answer is None


@pytest.mark.parametrize(
    ("policy", "confirmed", "answered", "code"),
    [
        (OfflineRedemption.NEVER, 10, False, "redeem_needs_connection"),
        (OfflineRedemption.NEVER, 10, True, None),
        (OfflineRedemption.CONFIRMED, 9, False, "redeem_needs_connection"),
        (OfflineRedemption.CONFIRMED, 10, False, None),
        (OfflineRedemption.CONFIRMED, 9, True, None),
        (OfflineRedemption.PROVISIONAL, 0, False, None),
        (OfflineRedemption.PROVISIONAL, 0, True, None),
    ],
)
def test_what_a_till_may_hand_out_alone(
    policy: OfflineRedemption, confirmed: int, answered: bool, code: str | None
) -> None:
    scene = REDEEM.under(offline_redemption=policy)
    assert scene.on_a_till(confirmed_balance=confirmed, server_will_answer=answered).code() == code


@pytest.mark.parametrize("policy", OfflineRedemption)
def test_the_server_never_needs_a_connection(policy: OfflineRedemption) -> None:
    REDEEM.under(offline_redemption=policy).approved()


@pytest.mark.parametrize("policy", OfflineRedemption)
def test_no_policy_hands_out_on_a_card_that_is_not_full(policy: OfflineRedemption) -> None:
    scene = REDEEM.under(offline_redemption=policy).on_card(balance=9)
    assert scene.on_a_till(confirmed_balance=10, server_will_answer=True).code() == "insufficient_stamps"


def test_a_redemption_right_after_the_stamp_that_filled_the_card_is_good() -> None:
    REDEEM.after(NOON - timedelta(seconds=1)).approved()
