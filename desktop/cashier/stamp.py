"""Give stamps."""

from common.ids import CardId
from common.rules import asks
from common.rules.refusals import Refused
from common.wire.operations import StampOperation
from desktop.cashier.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.store.operations import Trace


def stamp(till: Till, by: By, card_id: CardId, count: int = 1) -> Recorded | Refused | Unusable:
    """Give `count` stamps; `Recorded.answer` says what to tell the customer."""
    with writing(till) as desk:
        card = desk.card(card_id)
        done = desk.carry_out(by, asks.Stamp(count), card, StampOperation, Trace(stamps=count), count=count)
    return told(till, done)
