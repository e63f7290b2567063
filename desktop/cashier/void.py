"""Take something back: one operation whole, or a count of stamps."""

from typing import Final

from common.ids import CardId, OperationKey
from common.rules import asks
from common.rules.refusals import RefusalCode, Refused
from common.wire.operations import VoidOperation
from desktop.cashier.counter.desk import Desk, told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.store import awaited, history
from desktop.store.operations import Trace

DEFAULT_REASON: Final = "Return"
UNANSWERED: Final = "unanswered"
"""The reason of a void of a redemption that waited for the server in vain."""


def void_operation(
    till: Till, by: By, original: OperationKey, reason: str = DEFAULT_REASON
) -> Recorded | Refused | Unusable:
    """Take back the stamp or redemption `original`, sent or unsent. Within a minute of one's own it is an undo."""
    with writing(till) as desk:
        done = take_back(desk, by, original, reason)
    return told(till, done)


def take_back(desk: Desk, by: By, original: OperationKey, reason: str) -> Recorded | Refused | Unusable:
    """`void_operation` at a desk that is already open. Nobody waits to be told of what was taken back."""
    card_id = history.card_of(desk.connection, original)
    card = None if card_id is None else desk.card(card_id)
    if card is None:
        # An operation that no card here has: its key is what is wrong, not a card that nobody named.
        return Refused(RefusalCode.ORIGINAL_NOT_FOUND)
    taken = history.original(desk.connection, original, card, desk.shop.till_id)
    done = desk.carry_out(
        by,
        asks.Void(original=original),
        card,
        VoidOperation,
        Trace(
            stamps=None if taken is None else taken.stamps,
            original=original,
            original_kind=None if taken is None else taken.kind,
        ),
        voided=taken,
        original=original,
        reason=reason.strip() or DEFAULT_REASON,
    )
    if isinstance(done, Recorded):
        awaited.settle(desk.connection, original)
    return done


def void_count(
    till: Till, by: By, card_id: CardId, count: int, reason: str = DEFAULT_REASON
) -> Recorded | Refused | Unusable:
    """Take back `count` stamps without naming what gave them; needs a manager."""
    with writing(till) as desk:
        done = desk.carry_out(
            by,
            asks.Void(count=count),
            desk.card(card_id),
            VoidOperation,
            Trace(stamps=count),
            count=count,
            reason=reason.strip() or DEFAULT_REASON,
        )
    return told(till, done)
