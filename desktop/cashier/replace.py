"""Give a lost card a new number and token; the old ones find nothing from now on."""

from common.ids import CardId
from common.rules import asks
from common.rules.refusals import Refused
from common.wire.operations import ReplaceOperation
from desktop.cashier.counter.codes import fresh_codes
from desktop.cashier.counter.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Mistyped, Recorded, Unreadable, Unusable
from desktop.store.operations import Trace


def replace(
    till: Till, by: By, card_id: CardId, code: str | None = None
) -> Recorded | Refused | Unusable | Mistyped | Unreadable:
    """Put the card on new codes; needs a manager.

    `code` is the scan of a blank card, its token or its number; None: a card is still to be printed.
    """
    with writing(till) as desk:
        codes = fresh_codes(desk, code)
        if isinstance(codes, Mistyped | Unreadable):
            return codes
        number, token = codes
        done = desk.carry_out(
            by,
            asks.Replace(number, token),
            desk.card(card_id),
            ReplaceOperation,
            Trace(number=number, token=token),
            number_holder=desk.holder(number),
            token_holder=desk.holder(token),
            number=number,
            token=token,
        )
    return told(till, done)
