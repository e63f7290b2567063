"""Find a card by what a scanner or a keyboard brought."""

from dataclasses import dataclass

from common.card_code import NotACard, ScannedNumber, ScannedToken, read_scan
from common.ids import CardId
from common.rules import asks
from common.rules.judge import Approved
from common.rules.refusals import Refused
from desktop.cashier.counter.desk import Desk, reading
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Mistyped, UnknownCard, Unreadable
from desktop.store.cards import CardView


@dataclass(frozen=True, slots=True)
class Prospects:
    """What the law would say now to the two acts that a cashier is most likely to ask for."""

    stamp: Approved | Refused
    redeem: Approved | Refused


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


def prospects(till: Till, by: By, card_id: CardId, *, server_will_answer: bool = False) -> Prospects:
    """What would be said to one stamp and to a redemption, asked by `by` at this moment. Records nothing."""
    with reading(till) as desk:
        card = desk.card(card_id)
        return Prospects(
            stamp=desk.judge(by, asks.Stamp(1), card),
            redeem=desk.judge(by, asks.Redeem(), card, server_will_answer=server_will_answer),
        )
