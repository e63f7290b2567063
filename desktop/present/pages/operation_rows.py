"""Operations and ledger rows as lines of a list."""

from collections.abc import Iterable
from typing import Final

from common.card_code import format_number
from common.ledger import TransactionKind
from common.rules.asks import Kind
from common.wire.push import WireCode
from desktop.cashier.looking.activity import Activity
from desktop.present.language import N_, ntr, tr
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
    Kind.VOID: N_("Taken back"),
    Kind.ENROL: N_("New card"),
    Kind.REPLACE: N_("Lost card replaced"),
    Kind.BLOCK: N_("Card blocked"),
    Kind.UNBLOCK: N_("Card unblocked"),
}

_PIN_LOCKED: Final = N_("PIN locked")
_PIN_LOCKED_OF: Final = N_("PIN locked: {name}")

_PAST: Final = {
    TransactionKind.VOID: N_("Taken back"),
    TransactionKind.CARRY_OVER: N_("From a paper card"),
    TransactionKind.ADJUST: N_("Corrected by the office"),
}


def own_row(one: Activity, here: Here, *, subject: str, voidable: bool = False) -> OperationRow:
    """An operation of this till; a rejected or parked one says why. `subject` is the line under what happened."""
    operation = one.operation
    return OperationRow(
        key=str(operation.key),
        at_text=here.moment(operation.at),
        what=_what(operation, one.staff_name, here),
        card_number=subject,
        state=_state(operation),
        sentence=_sentence(operation, here),
        voidable=voidable,
    )


def _state(operation: RecordedOperation) -> OperationState:
    """What awaits the end of a recovery needs nobody's look: it waits."""
    verdict = operation.verdict
    if operation.state is State.PARKED and verdict is not None and verdict.code == WireCode.AWAITING_RECOVERY:
        return OperationState.WAITING
    return _STATES[operation.state]


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
    """`3 stamps`."""
    return ntr("{count} stamp", "{count} stamps", count)


def _card(one: Activity) -> str:
    return format_number(one.card_number) if one.card_number else ""


def _what(operation: RecordedOperation, staff_name: str | None, here: Here) -> str:
    match operation.kind:
        case Kind.STAMP:
            return stamps_text(operation.stamps or 0)
        case Kind.REDEEM:
            return here.shop.terms.reward
        case Kind.CARRY_OVER:
            return ntr("{count} stamp from a paper card", "{count} stamps from a paper card", operation.stamps or 0)
        case Kind.LOCKOUT:
            return tr(_PIN_LOCKED_OF).format(name=staff_name) if staff_name else tr(_PIN_LOCKED)
        case kind:
            return tr(_PLAIN[kind])


def _past_what(past: PastTransaction, here: Here) -> str:
    match past.kind:
        case TransactionKind.STAMP:
            return stamps_text(past.delta)
        case TransactionKind.REDEEM:
            return here.shop.terms.reward
        case kind:
            return tr(_PAST[kind])


def _sentence(operation: RecordedOperation, here: Here) -> str:
    if operation.state in {State.REJECTED, State.PARKED} and operation.verdict is not None:
        return rejection(operation.verdict, here.place).text
    return ""
