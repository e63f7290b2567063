"""The rules of a void: what may be taken back, and until when?"""

from common.ledger import TransactionKind
from common.rules.asks import Void
from common.rules.case import Case
from common.rules.refusals import RefusalCode, Refused

_VOIDABLE = (TransactionKind.STAMP, TransactionKind.REDEEM)


def voids_allowed(case: Case) -> Refused | None:
    if case.terms.allow_voids or case.is_undo():
        return None
    return Refused(RefusalCode.VOIDS_NOT_ALLOWED)


def original_voidable(case: Case) -> Refused | None:
    """An original that this card does not have is never replaced by a free count."""
    if not isinstance(case.ask.act, Void) or case.ask.act.original is None:
        return None
    original = case.original_of_card()
    if original is None or original.kind not in _VOIDABLE:
        return Refused(RefusalCode.ORIGINAL_NOT_FOUND)
    if original.rejected:
        return Refused(RefusalCode.ORIGINAL_REJECTED)
    if original.voided:
        return Refused(RefusalCode.ALREADY_VOIDED)
    # A minute's undo is never too old, not even where the merchant allows voids for 0 days.
    if case.at - original.at > case.terms.void_window and not case.is_undo():
        return Refused(RefusalCode.VOID_TOO_OLD, {"days_max": case.terms.void_days_max})
    return None


def something_to_void(case: Case) -> Refused | None:
    if isinstance(case.ask.act, Void) and case.ask.act.count is not None and case.card.balance <= 0:
        return Refused(RefusalCode.NOTHING_TO_VOID)
    return None
