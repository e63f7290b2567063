"""Bring the stamps of a paper card over, once."""

from common.ids import CardId
from common.rules import asks
from common.rules.refusals import Refused
from common.wire.operations import CarryOverOperation
from desktop.cashier.counter.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.store.operations import Trace


def carry_over(till: Till, by: By, card_id: CardId, count: int) -> Recorded | Refused | Unusable:
    """Give the `count` stamps that a paper card has; needs a manager."""
    with writing(till) as desk:
        card = desk.card(card_id)
        done = desk.carry_out(by, asks.CarryOver(count), card, CarryOverOperation, Trace(stamps=count), count=count)
    return told(till, done)
