"""Give stamps."""

from common.ids import CardId
from common.rules import asks
from common.rules.refusals import Refused
from common.wire.operations import StampOperation
from desktop.cashier.counter.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.looking.look_up import find
from desktop.cashier.outcome import Mistyped, Recorded, UnknownCard, Unreadable, Unusable
from desktop.store.cards import CardView
from desktop.store.operations import Trace


def stamp(till: Till, by: By, card_id: CardId, count: int = 1) -> Recorded | Refused | Unusable:
    """Give `count` stamps; `Recorded.answer` says what to tell the customer."""
    with writing(till) as desk:
        card = desk.card(card_id)
        done = desk.carry_out(by, asks.Stamp(count), card, StampOperation, Trace(stamps=count), count=count)
    return told(till, done)


def stamp_scanned(
    till: Till, by: By, code: str, count: int = 1
) -> Recorded | Refused | Unusable | UnknownCard | Mistyped | Unreadable:
    """Look a card up by what was scanned and give it `count` stamps, in one transaction."""
    with writing(till) as desk:
        card = find(desk, code)
        if not isinstance(card, CardView):
            return card
        done = desk.carry_out(by, asks.Stamp(count), card, StampOperation, Trace(stamps=count), count=count)
    return told(till, done)
