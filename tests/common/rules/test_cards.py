"""Enrol, replace, block, unblock, carry over and lockout: what happens to a card beside stamps and rewards."""

import pytest

from common.ledger import Effect, TransactionKind
from common.rules.asks import Act, Block, CarryOver, Enrol, Lockout, Replace, Unblock
from common.rules.judge import Approved
from common.rules.standing import CardStanding, CodeHolder
from tests.common.builders import ANA, CARD, CENTRE, DAY, GARE, MOMENT, NOON, NUMBER, OTHER_CARD, TOKEN, Scene

ENROL = Scene(act=Enrol(CARD, NUMBER, TOKEN)).where(card=None)
REPLACE = Scene(act=Replace(NUMBER, TOKEN)).by(ANA)
CARRY_OVER = Scene(act=CarryOver(3)).by(ANA)

HELD = CodeHolder(OTHER_CARD)
RETIRED = CodeHolder(OTHER_CARD, retired=True)


class TestEnrol:
    def test_a_new_card_touches_no_ledger(self) -> None:
        assert ENROL.approved() == Approved()

    def test_a_token_that_some_card_has_merges_into_it(self) -> None:
        assert ENROL.where(token_holder=HELD).approved() == Approved(merged_into=OTHER_CARD)

    def test_merging_needs_no_other_number(self) -> None:
        merged = ENROL.where(token_holder=HELD, number_holder=HELD).approved()
        assert merged == Approved(merged_into=OTHER_CARD)

    @pytest.mark.parametrize("holder", [HELD, RETIRED])
    def test_a_number_that_some_card_has_or_had_is_taken_and_another_must_be_found(self, holder: CodeHolder) -> None:
        assert ENROL.where(number_holder=holder).approved() == Approved(number_taken=True)

    def test_a_replaced_cards_token_stays_taken(self) -> None:
        # Merging would give the lost card, in whoever's hands, back its stamps.
        assert ENROL.where(token_holder=RETIRED).code() == "card_code_taken"

    def test_no_card_begins_twice(self) -> None:
        begun = CardStanding(id=CARD, number=NUMBER, store_id=GARE)
        assert ENROL.where(card=begun).code() == "card_code_taken"

    def test_a_program_that_has_ended_still_enrols(self) -> None:
        ENROL.where(program_inactive_since=NOON - DAY).under(stamps_enabled=False).approved()


class TestReplace:
    def test_new_codes_touch_no_ledger(self) -> None:
        assert REPLACE.approved() == Approved()

    @pytest.mark.parametrize("holder", [HELD, RETIRED, CodeHolder(CARD), CodeHolder(CARD, retired=True)])
    def test_codes_that_any_card_has_or_had_are_taken(self, holder: CodeHolder) -> None:
        assert REPLACE.where(number_holder=holder).code() == "card_code_taken"
        assert REPLACE.where(token_holder=holder).code() == "card_code_taken"

    def test_an_inactive_card_may_be_replaced(self) -> None:
        REPLACE.on_card(inactive_since=NOON - DAY).where(program_inactive_since=NOON - DAY).approved()


@pytest.mark.parametrize("act", [Block(), Unblock()])
@pytest.mark.parametrize("inactive_since", [None, NOON - DAY, NOON + DAY])
def test_block_and_unblock_are_good_whatever_the_card_is_now(act: Act, inactive_since: object) -> None:
    # They act in event-time order; an older one is recorded and changes nothing, which is not the rules' matter.
    scene = Scene(act=act).by(ANA).on_card(inactive_since=inactive_since)
    assert scene.approved() == Approved()


def test_a_block_needs_no_manager_and_an_unblock_does() -> None:
    Scene(act=Block()).approved()
    assert Scene(act=Unblock()).code() == "manager_required"


class TestCarryOver:
    @pytest.mark.parametrize(
        ("scene", "code"),
        [
            (CARRY_OVER.doing(CarryOver(0)), "invalid_operation"),
            (CARRY_OVER.doing(CarryOver(1)), None),
            (CARRY_OVER.doing(CarryOver(10)), None),
            (CARRY_OVER.doing(CarryOver(11)), "invalid_operation"),
            (CARRY_OVER.doing(CarryOver(11)).under(stamps_target=11), None),
            (CARRY_OVER.where(card=None), "card_not_found"),
            (CARRY_OVER.on_card(inactive_since=NOON), "card_inactive"),
            (CARRY_OVER.on_card(inactive_since=NOON + MOMENT), None),
            (CARRY_OVER.where(program_inactive_since=NOON), "program_inactive"),
            (CARRY_OVER.under(stamps_enabled=False), "stamps_disabled"),
            (CARRY_OVER.on_card(carried_over=True), "already_carried_over"),
            # Neither cooldown nor visit limit nor daily limit is a paper card's matter.
            (CARRY_OVER.doing(CarryOver(10)).after(NOON).under(daily_limit=1, visit_limit=1), None),
            (CARRY_OVER.on_card(store_id=CENTRE).under(cross_store_redemption=False), None),
        ],
    )
    def test_whether_a_paper_card_may_be_brought_over(self, scene: Scene, code: str | None) -> None:
        assert scene.code() == code

    def test_it_adds_to_the_balance_and_to_the_lifetime(self) -> None:
        approved = CARRY_OVER.on_card(balance=2).approved()
        assert approved.effect == Effect(TransactionKind.CARRY_OVER, delta=3, lifetime_delta=3)
        assert approved.balance_after == 5
        assert approved.answer is None


class TestLockout:
    @pytest.mark.parametrize(("failures", "code"), [(0, "invalid_operation"), (-1, "invalid_operation"), (1, None)])
    def test_it_reports_at_least_one_wrong_pin(self, failures: int, code: str | None) -> None:
        assert Scene(act=Lockout(failures)).code() == code

    def test_it_needs_no_card_and_touches_no_ledger(self) -> None:
        assert Scene(act=Lockout(5)).where(card=None).approved() == Approved()


class TestOfflineTooLong:
    @pytest.mark.parametrize(
        ("oldest_waiting_at", "offline_days_max", "code"),
        [
            (None, 14, None),
            (NOON, 14, None),
            (NOON - 13 * DAY, 14, None),
            (NOON - 13 * DAY - MOMENT, 14, "offline_too_long"),
            (NOON - DAY, 2, None),
            (NOON - DAY - MOMENT, 2, "offline_too_long"),
            (NOON - DAY / 2, 1, None),
            (NOON - DAY / 2 - MOMENT, 1, "offline_too_long"),
        ],
    )
    @pytest.mark.parametrize("act", [Block(), Enrol(CARD, NUMBER, TOKEN)])
    def test_a_day_before_the_server_would_park_the_oldest(
        self, act: Act, oldest_waiting_at: object, offline_days_max: int, code: str | None
    ) -> None:
        scene = Scene(act=act) if isinstance(act, Block) else ENROL
        on_till = scene.on_a_till(oldest_waiting_at=oldest_waiting_at, offline_days_max=offline_days_max)
        assert on_till.code() == code

    def test_how_long_is_told(self) -> None:
        long_ago = NOON - 20 * DAY
        refused = ENROL.on_a_till(oldest_waiting_at=long_ago).refused()
        assert refused.detail == {"oldest_waiting_at": long_ago}

    def test_a_lockout_is_recorded_all_the_same(self) -> None:
        Scene(act=Lockout(5)).on_a_till(oldest_waiting_at=NOON - 100 * DAY).approved()
