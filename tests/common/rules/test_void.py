"""A void: what may be taken back, until when, by whom, and what it takes."""

from dataclasses import replace
from typing import Any

import pytest

from common.ids import OperationKey
from common.ledger import Effect, TransactionKind
from common.rules.asks import Void
from common.rules.standing import StaffStanding
from common.terms import PinPolicy
from tests.common.builders import (
    ANA,
    BACK_TILL,
    BEN,
    CARD,
    CENTRE,
    CLEO,
    DAY,
    FRONT_TILL,
    MOMENT,
    NOON,
    OTHER_CARD,
    SECOND,
    STAMP_KEY,
    Scene,
    original,
)

OTHER_KEY = OperationKey(OTHER_CARD)
VOID = Scene(act=Void(original=STAMP_KEY)).on_card(balance=10).where(original=original())
FREE = Scene(act=Void(count=1)).by(ANA).on_card(balance=10)


def _void_of(**changes: Any) -> Scene:
    return VOID.where(original=original(**changes))


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (VOID, None),
        (VOID.where(card=None), "card_not_found"),
        # An inactive card, and a program that has ended, may be corrected.
        (VOID.on_card(inactive_since=NOON - DAY), None),
        (VOID.where(program_inactive_since=NOON - DAY), None),
        (VOID.under(stamps_enabled=False), None),
        (VOID.under(allow_voids=False), "voids_not_allowed"),
        (VOID.where(original=None), "original_not_found"),
        (_void_of(card_id=OTHER_CARD), "original_not_found"),
        (_void_of(key=OTHER_KEY), "original_not_found"),
        (_void_of(kind=TransactionKind.VOID), "original_not_found"),
        (_void_of(kind=TransactionKind.CARRY_OVER), "original_not_found"),
        (_void_of(kind=TransactionKind.ADJUST), "original_not_found"),
        (_void_of(rejected=True), "original_rejected"),
        (_void_of(voided=True), "already_voided"),
        (_void_of(at=NOON - 30 * DAY), None),
        (_void_of(at=NOON - 30 * DAY - MOMENT), "void_too_old"),
        (_void_of(at=NOON + DAY), None),
        (_void_of(at=NOON - MOMENT).under(void_days_max=0), "void_too_old"),
        (_void_of(at=NOON).under(void_days_max=0), None),
        (VOID.doing(Void()), "invalid_operation"),
        (VOID.doing(Void(original=STAMP_KEY, count=1)), "invalid_operation"),
    ],
)
def test_whether_an_operation_may_be_taken_back(scene: Scene, code: str | None) -> None:
    assert scene.code() == code


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (FREE, None),
        (FREE.by(BEN), "manager_required"),
        (FREE.under(allow_voids=False), "voids_not_allowed"),
        (FREE.on_card(balance=0), "nothing_to_void"),
        (FREE.on_card(balance=1), None),
        (FREE.on_card(inactive_since=NOON - DAY), None),
        (FREE.doing(Void(count=0)), "invalid_operation"),
        (FREE.doing(Void(count=-1)), "invalid_operation"),
    ],
)
def test_whether_stamps_may_be_taken_without_an_original(scene: Scene, code: str | None) -> None:
    assert scene.code() == code


def test_the_greatest_age_is_told() -> None:
    assert _void_of(at=NOON - 31 * DAY).refused().detail == {"days_max": 30}


@pytest.mark.parametrize("staff", [BEN, ANA])
def test_an_unknown_original_never_becomes_a_free_count(staff: StaffStanding) -> None:
    assert VOID.where(original=None).by(staff).code() == "original_not_found"


def test_an_operation_that_the_ask_does_not_name_lends_it_nothing() -> None:
    own = original(till_id=FRONT_TILL, staff_id=BEN.id, at=NOON)
    assert FREE.by(BEN).where(original=own).code() == "manager_required"
    assert FREE.where(original=original(stamps=4)).approved().effect == Effect(TransactionKind.VOID, -1, -1)


@pytest.mark.parametrize(
    ("stamps", "balance", "taken", "shortfall"),
    [(1, 10, 1, 0), (3, 3, 3, 0), (3, 2, 2, 1), (3, 0, 0, 3), (1, 0, 0, 1)],
)
def test_a_void_of_a_stamp_takes_it_whole_and_records_what_was_spent(
    stamps: int, balance: int, taken: int, shortfall: int
) -> None:
    approved = _void_of(stamps=stamps).on_card(balance=balance).approved()
    assert approved.effect == Effect(TransactionKind.VOID, delta=-taken, lifetime_delta=-taken, shortfall=shortfall)
    assert approved.balance_after == balance - taken


@pytest.mark.parametrize(("count", "balance", "taken", "shortfall"), [(1, 10, 1, 0), (4, 4, 4, 0), (4, 3, 3, 1)])
def test_a_void_of_a_count_takes_it_and_records_what_was_spent(
    count: int, balance: int, taken: int, shortfall: int
) -> None:
    approved = FREE.doing(Void(count=count)).on_card(balance=balance).approved()
    assert approved.effect == Effect(TransactionKind.VOID, delta=-taken, lifetime_delta=-taken, shortfall=shortfall)
    assert approved.balance_after == balance - taken


def test_a_void_of_a_redemption_gives_back_what_it_took() -> None:
    # The target has changed since: what was taken then counts.
    scene = _void_of(kind=TransactionKind.REDEEM, stamps=8).by(ANA).on_card(balance=2)
    approved = scene.approved()
    assert approved.effect == Effect(TransactionKind.VOID, delta=8, lifetime_delta=0, redemptions_delta=-1)
    assert approved.balance_after == 10


class TestUndo:
    """One's own operation, on the same till, by the same person, within a minute: it needs nobody's leave."""

    def own(self, **changes: Any) -> Scene:
        return _void_of(**{"till_id": FRONT_TILL, "staff_id": BEN.id, "at": NOON - 60 * SECOND} | changes)

    @pytest.mark.parametrize(
        ("changes", "is_undo"),
        [
            ({}, True),
            ({"at": NOON}, True),
            ({"at": NOON - 60 * SECOND - MOMENT}, False),
            # Event times carry jitter: the original may seem to be the later one.
            ({"at": NOON + 60 * SECOND}, True),
            ({"at": NOON + 60 * SECOND + MOMENT}, False),
            ({"till_id": BACK_TILL}, False),
            ({"staff_id": CLEO.id}, False),
            ({"staff_id": None}, False),
        ],
    )
    def test_what_an_undo_is(self, changes: dict[str, Any], is_undo: bool) -> None:
        without_voids = self.own(**changes).under(allow_voids=False)
        assert without_voids.code() == (None if is_undo else "voids_not_allowed")
        of_a_reward = self.own(kind=TransactionKind.REDEEM, **changes)
        assert of_a_reward.code() == (None if is_undo else "manager_required")

    def test_it_is_never_too_old(self) -> None:
        self.own().under(void_days_max=0).approved()

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"card_id": OTHER_CARD}, "original_not_found"),
            ({"rejected": True}, "original_rejected"),
            ({"voided": True}, "already_voided"),
            ({"kind": TransactionKind.VOID}, "original_not_found"),
        ],
    )
    def test_it_must_still_be_something_that_can_be_taken_back(self, changes: dict[str, Any], code: str) -> None:
        assert self.own(**changes).code() == code

    def test_another_cards_operation_is_no_undo_here(self) -> None:
        assert self.own(card_id=OTHER_CARD).under(allow_voids=False).code() == "voids_not_allowed"

    def test_a_count_is_no_undo(self) -> None:
        scene = replace(self.own(), act=Void(count=1))
        assert scene.under(allow_voids=False).code() == "voids_not_allowed"
        assert scene.code() == "manager_required"

    def test_rule_5_holds_for_it_too(self) -> None:
        gone = replace(BEN, inactive_since=NOON)
        assert self.own().where(staff=gone).code() == "staff_not_allowed"

    def test_where_nobody_signs_in_the_till_and_the_minute_decide(self) -> None:
        nobody = self.own(staff_id=None).by(None).under(pin_policy=PinPolicy.OFF, allow_voids=False)
        nobody.approved()
        assert nobody.moved(NOON + SECOND).code() == "voids_not_allowed"

    def test_the_store_need_not_be_the_cards(self) -> None:
        self.own(card_id=CARD).on_card(store_id=CENTRE).under(cross_store_redemption=False).approved()
