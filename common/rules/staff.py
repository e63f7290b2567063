"""Rule 5 and the manager's: who may ask for this?"""

from common.ledger import TransactionKind
from common.rules.asks import Void
from common.rules.case import Case
from common.rules.refusals import RefusalCode, Refused
from common.terms import PinPolicy


def staff_allowed(case: Case) -> Refused | None:
    policy, staff = case.terms.pin_policy, case.standing.staff
    if policy is PinPolicy.OFF:
        return None
    if case.ask.staff_id is None:
        return Refused(RefusalCode.STAFF_REQUIRED) if policy is PinPolicy.REQUIRED else None
    if staff is None or not staff.may_work(case.standing.store_id, case.at):
        return Refused(RefusalCode.STAFF_NOT_ALLOWED)
    return None


def manager_present(case: Case) -> Refused | None:
    if not _needs_manager(case) or case.is_undo() or case.has_manager():
        return None
    return Refused(RefusalCode.MANAGER_REQUIRED)


def _needs_manager(case: Case) -> bool:
    """Of the voids, those that give a reward's stamps back, and those that name no original."""
    if not isinstance(case.ask.act, Void):
        return True
    original = case.original_of_card()
    return original is None or original.kind is TransactionKind.REDEEM
