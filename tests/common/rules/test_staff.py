"""Rule 5: who may ask; and the manager's leave, where one is needed."""

from dataclasses import replace
from typing import Final

import pytest

from common.ledger import TransactionKind
from common.rules.asks import Act, Block, CarryOver, Enrol, Lockout, Redeem, Replace, Stamp, Unblock, Void
from common.rules.standing import StaffStanding
from common.terms import PinPolicy
from tests.common.builders import ANA, BEN, CARD, CENTRE, GARE, MOMENT, NOON, NUMBER, STAMP_KEY, TOKEN, Scene, original

HERE: Final = replace(BEN, store_ids=frozenset({GARE, CENTRE}))
ELSEWHERE: Final = replace(BEN, store_ids=frozenset({CENTRE}))
NOWHERE: Final = replace(BEN, store_ids=frozenset())
LEAVING: Final = replace(BEN, inactive_since=NOON + MOMENT)
GONE: Final = replace(BEN, inactive_since=NOON)

ACTS_WITH_STAFF: Final[list[Act]] = [
    Stamp(),
    Redeem(),
    Void(original=STAMP_KEY),
    Enrol(CARD, NUMBER, TOKEN),
    Replace(NUMBER, TOKEN),
    Block(),
    Unblock(),
    CarryOver(1),
]
ACTS_BY_A_MANAGER: Final[list[Act]] = [Void(count=1), Replace(NUMBER, TOKEN), Unblock(), CarryOver(1)]


def _scene(act: Act) -> Scene:
    scene = Scene(act=act).on_card(balance=10).where(original=original())
    return scene.where(card=None) if isinstance(act, Enrol) else scene


@pytest.mark.parametrize(
    ("policy", "signed_in", "code"),
    [
        (PinPolicy.REQUIRED, None, "staff_required"),
        (PinPolicy.OPTIONAL, None, None),
        (PinPolicy.OFF, None, None),
        *((policy, staff, None) for policy in PinPolicy for staff in (BEN, HERE, LEAVING)),
        *(
            (policy, staff, "staff_not_allowed")
            for policy in (PinPolicy.REQUIRED, PinPolicy.OPTIONAL)
            for staff in (ELSEWHERE, NOWHERE, GONE)
        ),
        # Nobody is asked, so nobody is refused either.
        *((PinPolicy.OFF, staff, None) for staff in (ELSEWHERE, NOWHERE, GONE)),
    ],
)
def test_who_may_ask(policy: PinPolicy, signed_in: StaffStanding | None, code: str | None) -> None:
    assert Scene(act=Stamp()).under(pin_policy=policy).by(signed_in).code() == code


@pytest.mark.parametrize("act", ACTS_WITH_STAFF, ids=lambda act: type(act).__name__)
def test_every_act_asks_for_somebody(act: Act) -> None:
    assert _scene(act).by(None).code() == "staff_required"


@pytest.mark.parametrize("act", ACTS_WITH_STAFF, ids=lambda act: type(act).__name__)
@pytest.mark.parametrize("policy", [PinPolicy.REQUIRED, PinPolicy.OPTIONAL])
def test_an_unknown_person_is_not_allowed(act: Act, policy: PinPolicy) -> None:
    assert _scene(act).under(pin_policy=policy).where(staff=None).code() == "staff_not_allowed"


def test_a_lockout_is_reported_of_anybody() -> None:
    Scene(act=Lockout(5)).where(staff=None).approved()
    Scene(act=Lockout(5)).by(GONE).approved()


@pytest.mark.parametrize("act", ACTS_BY_A_MANAGER, ids=lambda act: type(act).__name__)
class TestManager:
    def test_a_cashier_alone_is_not_enough(self, act: Act) -> None:
        assert _scene(act).code() == "manager_required"

    def test_a_manager_may_ask(self, act: Act) -> None:
        _scene(act).by(ANA).approved()

    def test_a_manager_may_approve(self, act: Act) -> None:
        _scene(act).approved_by_staff(ANA).approved()

    def test_another_cashier_may_not_approve(self, act: Act) -> None:
        assert _scene(act).approved_by_staff(BEN).code() == "manager_required"

    def test_an_unknown_approver_is_none(self, act: Act) -> None:
        scene = replace(_scene(act), approved_by=ANA.id)
        assert scene.code() == "manager_required"

    def test_a_manager_approves_until_the_moment_of_leaving(self, act: Act) -> None:
        _scene(act).approved_by_staff(replace(ANA, inactive_since=NOON + MOMENT)).approved()
        gone = replace(ANA, inactive_since=NOON)
        assert _scene(act).approved_by_staff(gone).code() == "manager_required"

    def test_a_manager_of_another_store_is_none_here(self, act: Act) -> None:
        elsewhere = replace(ANA, store_ids=frozenset({CENTRE}))
        assert _scene(act).approved_by_staff(elsewhere).code() == "manager_required"
        _scene(act).approved_by_staff(elsewhere).where(store_id=CENTRE).approved()

    def test_without_pins_nobody_is_asked(self, act: Act) -> None:
        _scene(act).under(pin_policy=PinPolicy.OFF).by(None).approved()

    def test_where_pins_are_optional_a_manager_is_asked_all_the_same(self, act: Act) -> None:
        scene = _scene(act).under(pin_policy=PinPolicy.OPTIONAL).by(None)
        assert scene.code() == "manager_required"
        scene.approved_by_staff(ANA).approved()


@pytest.mark.parametrize("act", [Stamp(), Redeem(), Void(original=STAMP_KEY), Block()], ids=str)
def test_a_cashier_is_enough(act: Act) -> None:
    _scene(act).approved()


def test_a_redemption_is_taken_back_by_a_manager_only() -> None:
    scene = _scene(Void(original=STAMP_KEY)).where(original=original(kind=TransactionKind.REDEEM, stamps=10))
    assert scene.code() == "manager_required"
    scene.by(ANA).approved()
    scene.approved_by_staff(ANA).approved()
    scene.under(pin_policy=PinPolicy.OFF).by(None).approved()
