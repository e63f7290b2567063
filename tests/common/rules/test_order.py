"""Of two rules that both say no, the first wins; and no kind is held to a rule that is not its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any, Final

import pytest

from common.ledger import TransactionKind
from common.rules.asks import (
    Act,
    Block,
    CarryOver,
    Enrol,
    Kind,
    Lockout,
    Redeem,
    Replace,
    Stamp,
    Unblock,
    Void,
)
from common.rules.judge import RULES_OF
from common.rules.refusals import RefusalCode
from common.rules.standing import CodeHolder
from common.terms import OfflineRedemption
from tests.common.builders import (
    ANA,
    BEN,
    CARD,
    CENTRE,
    DAY,
    MINUTE,
    MOMENT,
    NOON,
    NUMBER,
    OTHER_CARD,
    STAMP_KEY,
    TOKEN,
    Scene,
    original,
)

Break = Callable[[Scene], Scene]


def _original(scene: Scene, **changes: Any) -> Scene:
    return scene.where(original=replace(scene.standing.original or original(), **changes))


def _offline(scene: Scene) -> Scene:
    return scene.on_a_till(oldest_waiting_at=NOON - 13 * DAY - MOMENT)


def _saying(act: Act) -> Break:
    return lambda scene: scene.doing(act)


def _no_card(scene: Scene) -> Scene:
    return scene.where(card=None)


def _unknown_staff(scene: Scene) -> Scene:
    return scene.where(staff=None, approver=None)


OFFLINE: Final = ("offline_too_long", _offline)
NO_CARD: Final = ("card_not_found", _no_card)
STAFF: Final = ("staff_not_allowed", _unknown_staff)
NO_MANAGER: Final = ("manager_required", lambda scene: scene.by(BEN))
CODE_TAKEN: Final = ("card_code_taken", lambda scene: scene.where(token_holder=CodeHolder(OTHER_CARD, retired=True)))

OPEN_CARD: Final[list[tuple[str, Break]]] = [
    NO_CARD,
    ("card_inactive", lambda scene: scene.on_card(inactive_since=NOON)),
    ("program_inactive", lambda scene: scene.where(program_inactive_since=NOON)),
    ("stamps_disabled", lambda scene: scene.under(stamps_enabled=False)),
    STAFF,
]

SCENES: Final[dict[str, tuple[Scene, list[tuple[str, Break]]]]] = {
    "stamp": (
        Scene(act=Stamp(2)).under(visit_limit=2),
        [
            OFFLINE,
            ("invalid_operation", _saying(Stamp(0))),
            *OPEN_CARD,
            ("visit_limit", lambda scene: scene.under(visit_limit=1)),
            ("cooldown", lambda scene: scene.after(NOON - MINUTE)),
            ("daily_limit", lambda scene: scene.under(daily_limit=1)),
        ],
    ),
    "redeem": (
        Scene(act=Redeem()).on_card(balance=10).on_a_till(confirmed_balance=10),
        [
            OFFLINE,
            *OPEN_CARD,
            ("other_store", lambda scene: scene.under(cross_store_redemption=False).where(store_id=CENTRE)),
            ("insufficient_stamps", lambda scene: scene.on_card(balance=9)),
            ("redeem_needs_connection", lambda scene: scene.under(offline_redemption=OfflineRedemption.NEVER)),
        ],
    ),
    "void of an original": (
        Scene(act=Void(original=STAMP_KEY)).on_card(balance=10).where(original=original()),
        [
            OFFLINE,
            ("invalid_operation", _saying(Void(original=STAMP_KEY, count=1))),
            NO_CARD,
            ("voids_not_allowed", lambda scene: scene.under(allow_voids=False)),
            STAFF,
            ("original_not_found", lambda scene: _original(scene, card_id=OTHER_CARD)),
            ("original_rejected", lambda scene: _original(scene, rejected=True)),
            ("already_voided", lambda scene: _original(scene, voided=True)),
            ("void_too_old", lambda scene: _original(scene, at=NOON - 31 * DAY)),
            ("manager_required", lambda scene: _original(scene, kind=TransactionKind.REDEEM)),
        ],
    ),
    "void of a count": (
        Scene(act=Void(count=1)).by(ANA).on_card(balance=10),
        [
            OFFLINE,
            ("invalid_operation", _saying(Void(count=0))),
            NO_CARD,
            ("voids_not_allowed", lambda scene: scene.under(allow_voids=False)),
            STAFF,
            NO_MANAGER,
            ("nothing_to_void", lambda scene: scene.on_card(balance=0)),
        ],
    ),
    "enrol": (Scene(act=Enrol(CARD, NUMBER, TOKEN)).where(card=None), [OFFLINE, STAFF, CODE_TAKEN]),
    "replace": (Scene(act=Replace(NUMBER, TOKEN)).by(ANA), [OFFLINE, NO_CARD, STAFF, NO_MANAGER, CODE_TAKEN]),
    "block": (Scene(act=Block()), [OFFLINE, NO_CARD, STAFF]),
    "unblock": (Scene(act=Unblock()).by(ANA), [OFFLINE, NO_CARD, STAFF, NO_MANAGER]),
    "carry_over": (
        Scene(act=CarryOver(3)).by(ANA),
        [
            OFFLINE,
            ("invalid_operation", _saying(CarryOver(0))),
            *OPEN_CARD,
            NO_MANAGER,
            ("already_carried_over", lambda scene: scene.on_card(carried_over=True)),
        ],
    ),
    "lockout": (Scene(act=Lockout(5)), [("invalid_operation", _saying(Lockout(0)))]),
}

PAIRS: Final = [
    pytest.param(scene, first, second, id=f"{name}: {first[0]} before {second[0]}")
    for name, (scene, breaks) in SCENES.items()
    for first, second in combinations(breaks, 2)
]
SINGLES: Final = [
    pytest.param(scene, one, id=f"{name}: {one[0]}") for name, (scene, breaks) in SCENES.items() for one in breaks
]

GENERAL: Final[list[tuple[str, Break]]] = [
    OFFLINE,
    *OPEN_CARD,
    ("cooldown", lambda scene: scene.after(NOON)),
    ("visit_limit", lambda scene: scene.under(visit_limit=1)),
    ("daily_limit", lambda scene: scene.under(daily_limit=1).after(NOON - timedelta(hours=1))),
    ("voids_not_allowed", lambda scene: scene.under(allow_voids=False)),
    ("void_too_old", lambda scene: _original(scene, at=NOON - 31 * DAY)),
    ("other_store", lambda scene: scene.under(cross_store_redemption=False).where(store_id=CENTRE)),
    ("already_carried_over", lambda scene: scene.on_card(carried_over=True) if scene.standing.card else scene),
    ("manager_required", lambda scene: scene.by(BEN)),
]
FOREIGN: Final = [
    pytest.param(scene, breaking, id=f"{name} minds no {code}")
    for name, (scene, breaks) in SCENES.items()
    for code, breaking in GENERAL
    if code not in {own for own, _ in breaks} and not (code == "card_inactive" and scene.standing.card is None)
]


@pytest.mark.parametrize("name", SCENES)
def test_the_scene_itself_is_approved(name: str) -> None:
    scene, _ = SCENES[name]
    scene.approved()


@pytest.mark.parametrize(("scene", "one"), SINGLES)
def test_each_rule_says_no_alone(scene: Scene, one: tuple[str, Break]) -> None:
    code, breaking = one
    assert breaking(scene).code() == code


@pytest.mark.parametrize(("scene", "first", "second"), PAIRS)
def test_the_first_rule_that_says_no_wins(scene: Scene, first: tuple[str, Break], second: tuple[str, Break]) -> None:
    (code, break_first), (_, break_second) = first, second
    assert break_first(break_second(scene)).code() == code


@pytest.mark.parametrize(("scene", "breaking"), FOREIGN)
def test_no_kind_is_held_to_the_rules_of_another(scene: Scene, breaking: Break) -> None:
    breaking(scene).approved()


def test_every_code_is_some_rules() -> None:
    seen = {code for _, breaks in SCENES.values() for code, _ in breaks} | {"staff_required"}
    assert seen == {code.value for code in RefusalCode}


def test_every_kind_has_a_scene() -> None:
    assert {scene.act.__class__ for scene, _ in SCENES.values()} == {
        Stamp,
        Redeem,
        Void,
        Enrol,
        Replace,
        Block,
        Unblock,
        CarryOver,
        Lockout,
    }
    assert set(RULES_OF) == set(Kind)
