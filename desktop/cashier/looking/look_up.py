"""Find a card by what a scanner or a keyboard brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from common.card_code import CardNumber, CardToken, NotACard, ScannedNumber, ScannedToken, read_scan
from common.ids import CardId, OperationKey
from common.rules import asks
from common.rules.asks import Act, Kind
from common.rules.judge import Approved
from common.rules.refusals import RefusalCode, Refused
from common.rules.standing import OriginalStanding, Role
from desktop.cashier.counter.desk import Desk, reading
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Mistyped, UnknownCard, Unreadable
from desktop.store import history
from desktop.store.cards import CardView


@dataclass(frozen=True, slots=True)
class Prospects:
    """What the law would say now to the two acts that a cashier is most likely to ask for."""

    stamp: Approved | Refused
    redeem: Approved | Refused
    voids: frozenset[OperationKey] = frozenset()
    """Of the operations that were asked about, those that may be taken back, if need be on a manager's word."""


def look_up(till: Till, code: str) -> CardView | UnknownCard | Mistyped | Unreadable:
    """The card with this token or number. An old number without a right check digit counts when a card has it."""
    with reading(till) as desk:
        return find(desk, code)


def find(desk: Desk, code: str) -> CardView | UnknownCard | Mistyped | Unreadable:
    """`look_up` at a desk that is already open."""
    scan = read_scan(code)
    if isinstance(scan, NotACard):
        return Unreadable(scan.problem)
    text = scan.token if isinstance(scan, ScannedToken) else scan.number
    card = desk.card_by_code(text)
    if card is not None:
        return card
    if isinstance(scan, ScannedNumber) and not scan.check_digit_ok:
        return Mistyped(scan.number)
    return UnknownCard(text)


def card_again(till: Till, card_id: CardId) -> CardView | None:
    """The card as it is now, or the one it was merged into."""
    with reading(till) as desk:
        return desk.card(card_id)


MENDED_BY_A_PIN: Final = frozenset({RefusalCode.STAFF_REQUIRED, RefusalCode.MANAGER_REQUIRED})
"""Refusals that go away once somebody enters a PIN: the act may still be offered."""


def prospects(
    till: Till,
    by: By,
    card_id: CardId,
    *,
    server_will_answer: bool = False,
    originals: Iterable[OperationKey] = (),
) -> Prospects:
    """What would be said to one stamp, to a redemption and to voids, asked by `by` at this moment. Records nothing."""
    with reading(till) as desk:
        card = desk.card(card_id)
        return Prospects(
            stamp=desk.judge(by, asks.Stamp(1), card),
            redeem=desk.judge(by, asks.Redeem(), card, server_will_answer=server_will_answer),
            voids=frozenset(key for key in originals if card is not None and _voidable(desk, by, card, key)),
        )


def further_prospects(till: Till, by: By, card_id: CardId) -> dict[Kind, Approved | Refused]:
    """What would be said to the acts that a card sees once in its life, each at its least. Records nothing."""
    with reading(till) as desk:
        card = desk.card(card_id)
        least: dict[Kind, Act] = {
            Kind.VOID: asks.Void(count=1),
            Kind.CARRY_OVER: asks.CarryOver(1),
            Kind.BLOCK: asks.Block(),
            Kind.UNBLOCK: asks.Unblock(),
        }
        if card is not None:
            # Which codes it will be is not known yet; that they are free is said once they are.
            least[Kind.REPLACE] = asks.Replace(CardNumber(card.number), CardToken(card.token))
        return {kind: _with_a_pin(desk, by, act, card) for kind, act in least.items()}


def _voidable(desk: Desk, by: By, card: CardView, key: OperationKey) -> bool:
    original = history.original(desk.connection, key, card, desk.shop.till_id)
    said = _with_a_pin(desk, by, asks.Void(original=key), card, original)
    return not isinstance(said, Refused) or said.code in MENDED_BY_A_PIN


def _with_a_pin(
    desk: Desk, by: By, act: Act, card: CardView | None, original: OriginalStanding | None = None
) -> Approved | Refused:
    """What would be said now; that a PIN is missing only where a manager's would help: nobody fetches one for a no."""
    said = desk.judge(by, act, card, original=original)
    if not isinstance(said, Refused) or said.code not in MENDED_BY_A_PIN:
        return said
    standings = (member.standing for member in desk.shop.staff.values())
    manager = next(
        (one.id for one in standings if one.role is Role.MANAGER and one.may_work(desk.shop.store_id, desk.at)), None
    )
    if manager is None:
        return said
    then = desk.judge(By(manager, manager), act, card, original=original)
    return then if isinstance(then, Refused) else said
