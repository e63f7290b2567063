"""Take a full card's stamps for a reward."""

from common.ids import CardId
from common.rules import asks
from common.rules.refusals import Refused
from common.wire.operations import RedeemOperation
from desktop.cashier.counter.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.store import awaited as in_question
from desktop.store.operations import Trace


def redeem(
    till: Till, by: By, card_id: CardId, *, server_will_answer: bool = False, awaited: bool = False
) -> Recorded | Refused | Unusable:
    """Record a redemption. It is not yet a reward handed out where the caller waits for the server's verdict.

    `server_will_answer`: the caller is going to wait for that verdict before anything is handed out, and voids the
    redemption with the reason `unanswered` when none comes and the policy does not let the till go on alone. Without
    it the merchant's policy for offline redemptions decides here and now.
    `awaited`: the caller tells nobody of it before it has waited; until then a till that dies takes it back when it
    starts again (`unanswered`).
    """
    with writing(till) as desk:
        done = desk.carry_out(
            by,
            asks.Redeem(),
            desk.card(card_id),
            RedeemOperation,
            Trace(stamps=desk.shop.terms.stamps_target),
            server_will_answer=server_will_answer,
        )
        if awaited and isinstance(done, Recorded):
            in_question.put(desk.connection, done.key)
    return told(till, done)
