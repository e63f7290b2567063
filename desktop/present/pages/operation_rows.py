"""Operations and ledger rows as lines of a list."""

from collections.abc import Iterable
from typing import Final

from common.card_code import format_number
from common.ledger import TransactionKind
from common.rules.asks import Kind
from desktop.cashier.activity import Activity
from desktop.present.pages.here import Here
from desktop.present.sentences import rejection
from desktop.present.views import OperationRow, OperationState
from desktop.store.history import PastTransaction
from desktop.store.operations import RecordedOperation, State

_STATES: Final = {
    State.WAITING: OperationState.WAITING,
    State.ACCEPTED: OperationState.CONFIRMED,
    State.REJECTED: OperationState.REJECTED,
    State.PARKED: OperationState.PARKED,
}

_PLAIN: Final = {
    Kind.VOID: "Taken back",
    Kind.ENROL: "New card",
    Kind.REPLACE: "Lost card replaced",
    Kind.BLOCK: "Card blocked",
    Kind.UNBLOCK: "Card unblocked",
}

_PAST: Final = {
    TransactionKind.VOID: "Taken back",
    TransactionKind.CARRY_OVER: "From a paper card",
    TransactionKind.ADJUST: "Corrected by the office",
}


def own_row(one: Activity, here: Here, *, subject: str, voidable: bool = False) -> OperationRow:
    """An operation of this till; a rejected or parked one says why. `subject` is the line under what happened."""
    operation = one.operation
    return OperationRow(
        key=str(operation.key),
        at_text=here.moment(operation.at),
        what=_what(operation, one.staff_name, here),
        card_number=subject,
        state=_STATES[operation.state],
        sentence=_sentence(operation, here),
        voidable=voidable,
    )


def past_row(past: PastTransaction, here: Here, *, voidable: bool) -> OperationRow:
    """A row of the synced ledger, of whichever till; another store is named."""
    store = "" if past.store_id == here.who.store_id else here.shop.stores.get(past.store_id, "")
    return OperationRow(
        key=str(past.key),
        at_text=here.moment(past.at),
        what=_past_what(past, here),
        card_number=store,
        state=OperationState.CONFIRMED,
        voidable=voidable,
    )


def recent_rows(activities: Iterable[Activity], here: Here) -> tuple[OperationRow, ...]:
    """As the idle page shows them: which card."""
    return tuple(own_row(one, here, subject=_card(one)) for one in activities)


def attention_row(one: Activity, here: Here) -> OperationRow:
    """As the list of what needs a look shows it: which card, and who did it."""
    return own_row(one, here, subject=" · ".join(part for part in (_card(one), one.staff_name) if part))


def stamps_text(count: int) -> str:
    return "1 stamp" if count == 1 else f"{count} stamps"


def _card(one: Activity) -> str:
    return format_number(one.card_number) if one.card_number else ""


def _what(operation: RecordedOperation, staff_name: str | None, here: Here) -> str:
    match operation.kind:
        case Kind.STAMP:
            return stamps_text(operation.stamps or 0)
        case Kind.REDEEM:
            return here.shop.terms.reward
        case Kind.CARRY_OVER:
            return f"{stamps_text(operation.stamps or 0)} from a paper card"
        case Kind.LOCKOUT:
            return f"PIN locked: {staff_name or 'somebody'}"
        case kind:
            return _PLAIN[kind]


def _past_what(past: PastTransaction, here: Here) -> str:
    match past.kind:
        case TransactionKind.STAMP:
            return stamps_text(past.delta)
        case TransactionKind.REDEEM:
            return here.shop.terms.reward
        case kind:
            return _PAST[kind]


def _sentence(operation: RecordedOperation, here: Here) -> str:
    if operation.state in {State.REJECTED, State.PARKED} and operation.verdict is not None:
        return rejection(operation.verdict, here.place).text
    return ""
