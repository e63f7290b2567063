"""Make a card inactive, and active again."""

from common.ids import CardId
from common.rules import asks
from common.rules.refusals import Refused
from common.wire.operations import BlockOperation, UnblockOperation
from desktop.cashier.counter.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.store.operations import Trace


def block(till: Till, by: By, card_id: CardId, reason: str) -> Recorded | Refused | Unusable:
    """From now on the card gives and takes nothing; `reason` is kept. A blank one is Unusable."""
    with writing(till) as desk:
        card = desk.card(card_id)
        done = desk.carry_out(by, asks.Block(), card, BlockOperation, Trace(), reason=reason.strip())
    return told(till, done)


def unblock(till: Till, by: By, card_id: CardId) -> Recorded | Refused | Unusable:
    """The card is good again; needs a manager."""
    with writing(till) as desk:
        done = desk.carry_out(by, asks.Unblock(), desk.card(card_id), UnblockOperation, Trace())
    return told(till, done)
