"""Rules 1 to 4, and those about a card's codes: is there a card, a program, and are they open?"""

from common.rules.asks import CarryOver, Enrol, Lockout, Stamp, Void
from common.rules.case import Case
from common.rules.refusals import RefusalCode, Refused
from common.rules.standing import is_active


def well_formed(case: Case) -> Refused | None:
    """An ask that contradicts itself is nobody's history's fault, so it is told before anything is looked up."""
    match case.ask.act:
        case Stamp(count) | Lockout(count):
            good = count >= 1
        case Void(original, count):
            good = (original is None) != (count is None) and (count is None or count >= 1)
        case CarryOver(count):
            good = 1 <= count <= case.terms.stamps_target
        case _:
            good = True
    return None if good else Refused(RefusalCode.INVALID_OPERATION)


def card_exists(case: Case) -> Refused | None:
    return None if case.standing.card is not None else Refused(RefusalCode.CARD_NOT_FOUND)


def card_active(case: Case) -> Refused | None:
    return None if is_active(case.card.inactive_since, case.at) else Refused(RefusalCode.CARD_INACTIVE)


def program_active(case: Case) -> Refused | None:
    if is_active(case.standing.program_inactive_since, case.at):
        return None
    return Refused(RefusalCode.PROGRAM_INACTIVE)


def stamps_enabled(case: Case) -> Refused | None:
    return None if case.terms.stamps_enabled else Refused(RefusalCode.STAMPS_DISABLED)


def codes_free(case: Case) -> Refused | None:
    """A replacement needs codes that no card ever had.

    An enrol may bring codes that are in use: it then merges, or is renumbered. Two things it may not: begin a card
    twice, or bring back a token that was replaced, for whoever found the lost card would own it again.
    """
    number_holder, token_holder = case.standing.number_holder, case.standing.token_holder
    if isinstance(case.ask.act, Enrol):
        taken = case.standing.card is not None or (token_holder is not None and token_holder.retired)
    else:
        taken = number_holder is not None or token_holder is not None
    return Refused(RefusalCode.CARD_CODE_TAKEN) if taken else None


def carried_over_once(case: Case) -> Refused | None:
    return Refused(RefusalCode.ALREADY_CARRIED_OVER) if case.card.carried_over else None
