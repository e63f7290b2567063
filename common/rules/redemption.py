"""The rules of a redemption: is the card full, and may the reward be handed out here and now?"""

from common.rules.case import Case
from common.rules.refusals import RefusalCode, Refused
from common.terms import OfflineRedemption


def redeemable_here(case: Case) -> Refused | None:
    if case.terms.cross_store_redemption or case.card.store_id == case.standing.store_id:
        return None
    return Refused(RefusalCode.OTHER_STORE, {"store_id": case.card.store_id})


def enough_stamps(case: Case) -> Refused | None:
    balance, target = case.card.balance, case.terms.stamps_target
    if balance >= target:
        return None
    return Refused(RefusalCode.INSUFFICIENT_STAMPS, {"balance": balance, "target": target})


def redeemable_alone(case: Case) -> Refused | None:
    """Till only: what may be handed out on, when the server is not going to be asked first."""
    till = case.standing.till
    if till is None or till.server_will_answer:
        return None
    match case.terms.offline_redemption:
        case OfflineRedemption.NEVER:
            enough = False
        case OfflineRedemption.CONFIRMED:
            enough = till.confirmed_balance >= case.terms.stamps_target
        case _:
            # Provisional: the till's own open stamps count too, and `enough_stamps` has counted them.
            enough = True
    return None if enough else Refused(RefusalCode.REDEEM_NEEDS_CONNECTION)
