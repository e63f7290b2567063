"""A stamp: card, program, limits, and the answer for the customer."""

from datetime import UTC, datetime, time, timedelta

import pytest

from common.ledger import Effect, TransactionKind
from common.rules.asks import Stamp
from common.rules.judge import StampAnswer
from common.rules.standing import LiveStamp
from tests.common.builders import CENTRE, DAY, GARE, MINUTE, MOMENT, NOON, NUMBER, Scene

STAMP = Scene(act=Stamp())


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (STAMP.where(card=None), "card_not_found"),
        (STAMP.on_card(inactive_since=NOON), "card_inactive"),
        (STAMP.on_card(inactive_since=NOON - DAY), "card_inactive"),
        (STAMP.on_card(inactive_since=NOON + MOMENT), None),
        (STAMP.where(program_inactive_since=NOON), "program_inactive"),
        (STAMP.where(program_inactive_since=NOON + MOMENT), None),
        (STAMP.under(stamps_enabled=False), "stamps_disabled"),
        (STAMP.under(stamps_enabled=True), None),
        (STAMP.doing(Stamp(-1)), "invalid_operation"),
        (STAMP.doing(Stamp(0)), "invalid_operation"),
        (STAMP.doing(Stamp(1)), None),
        (STAMP.doing(Stamp(3)).under(visit_limit=3), None),
        (STAMP.doing(Stamp(4)).under(visit_limit=3), "visit_limit"),
        # A stamp beyond the target is a stamp.
        (STAMP.on_card(balance=10), None),
        # A till that is not the card's own store may stamp it, whatever it may redeem.
        (STAMP.where(store_id=CENTRE).under(cross_store_redemption=False), None),
    ],
)
def test_whether_a_stamp_may_be_given(scene: Scene, code: str | None) -> None:
    assert scene.code() == code


def test_the_visit_limit_is_told() -> None:
    assert STAMP.doing(Stamp(4)).under(visit_limit=3).refused().detail == {"limit": 3}


def test_a_stamp_adds_to_the_balance_and_to_the_lifetime() -> None:
    approved = STAMP.doing(Stamp(2)).under(visit_limit=2).on_card(balance=3).approved()
    assert approved.effect == Effect(TransactionKind.STAMP, delta=2, lifetime_delta=2)
    assert approved.balance_after == 5
    assert approved.merged_into is None
    assert approved.number_taken is False


def test_the_answer_carries_all_that_the_customer_is_told() -> None:
    scene = STAMP.doing(Stamp(2)).under(visit_limit=2, reward="Croissant").on_card(balance=3)
    live = (LiveStamp(NOON - timedelta(hours=2), CENTRE), LiveStamp(NOON - DAY, GARE, count=2))
    assert scene.after(*live).approved().answer == StampAnswer(
        stamp_count=5,
        stamps_target=10,
        stamps_until_reward=5,
        reward_earned=False,
        reward="Croissant",
        next_stamp_at=NOON + 15 * MINUTE,
        stamps_today=3,
        stamps_left_today=2,
        card_number=NUMBER,
    )


@pytest.mark.parametrize(
    ("balance", "count", "until", "earned"),
    [
        (0, 1, 9, False),
        (8, 1, 1, False),
        (9, 1, 0, True),
        (9, 2, 0, True),
        # 11 of 10: the reward was earned a stamp ago.
        (10, 1, 0, False),
        (18, 1, 0, False),
        (19, 1, 0, True),
        (0, 20, 0, True),
        (5, 20, 0, True),
    ],
)
def test_a_reward_is_newly_earned_only_when_one_more_is_available(
    balance: int, count: int, until: int, earned: bool
) -> None:
    scene = STAMP.doing(Stamp(count)).under(visit_limit=20, daily_limit=20).on_card(balance=balance)
    answer = scene.approved().answer
    assert answer is not None
    assert (answer.stamp_count, answer.stamps_until_reward, answer.reward_earned) == (balance + count, until, earned)


def _next_stamp_at(scene: Scene) -> datetime:
    answer = scene.approved().answer
    assert answer is not None
    return answer.next_stamp_at


class TestNextStamp:
    def test_after_the_cooldown(self) -> None:
        assert _next_stamp_at(STAMP) == NOON + 15 * MINUTE

    def test_at_once_without_a_cooldown(self) -> None:
        assert _next_stamp_at(STAMP.under(cooldown_minutes=0)) == NOON

    def test_after_the_cooldown_of_a_later_stamp_that_had_arrived_before(self) -> None:
        later = NOON + 20 * MINUTE
        assert _next_stamp_at(STAMP.after(later)) == later + 15 * MINUTE

    def test_an_earlier_stamp_does_not_matter(self) -> None:
        assert _next_stamp_at(STAMP.after(NOON - 20 * MINUTE)) == NOON + 15 * MINUTE

    def test_not_before_the_next_business_day_once_this_one_is_full(self) -> None:
        full = STAMP.under(daily_limit=1)
        assert _next_stamp_at(full) == datetime(2026, 11, 23, tzinfo=UTC)
        assert _next_stamp_at(full.under(day_starts_at=time(4, 30))) == datetime(2026, 11, 23, 4, 30, tzinfo=UTC)

    def test_one_stamp_below_the_daily_limit_only_the_cooldown_counts(self) -> None:
        assert _next_stamp_at(STAMP.under(daily_limit=2)) == NOON + 15 * MINUTE

    def test_a_cooldown_longer_than_the_day_counts_over_the_day(self) -> None:
        scene = STAMP.under(daily_limit=1, cooldown_minutes=2 * 24 * 60)
        assert _next_stamp_at(scene) == NOON + 2 * DAY

    def test_the_day_counts_over_a_cooldown_that_ends_within_it(self) -> None:
        late = datetime(2026, 11, 22, 23, 50, tzinfo=UTC)
        assert _next_stamp_at(STAMP.under(daily_limit=1).moved(late)) == late + 15 * MINUTE

    def test_stamps_out_of_reach_do_not_matter(self) -> None:
        assert _next_stamp_at(STAMP.after(NOON + 3 * DAY, NOON - 3 * DAY)) == NOON + 15 * MINUTE
