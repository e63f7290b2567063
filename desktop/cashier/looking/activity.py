"""What happened on this till lately, and what somebody should look at."""

from dataclasses import dataclass

from common.ids import CardId, OperationKey
from desktop.cashier.counter.desk import Desk, reading
from desktop.cashier.engine import Till
from desktop.store import history, operations
from desktop.store.history import PastTransaction
from desktop.store.operations import QueueCounts, RecordedOperation
from desktop.store.setback import news
from desktop.store.setback.news import SetbackNews


@dataclass(frozen=True, slots=True)
class Activity:
    """One own operation, and the number of its card (None where this till no longer knows it, or there is none)."""

    operation: RecordedOperation
    card_number: str | None
    staff_name: str | None


def recent(till: Till, limit: int) -> tuple[Activity, ...]:
    """The last operations of this till, the newest first, whatever became of them."""
    with reading(till) as desk:
        return tuple(_activity(desk, one) for one in operations.recent(desk.connection, limit))


def needing_attention(till: Till, limit: int) -> tuple[Activity, ...]:
    """Rejected and parked operations that nobody has acknowledged, the oldest first."""
    with reading(till) as desk:
        return tuple(_activity(desk, one) for one in operations.needing_attention(desk.connection, limit))


def of_card(till: Till, card_id: CardId, limit: int) -> tuple[tuple[Activity, ...], tuple[PastTransaction, ...]]:
    """A card's history: own operations that are still open, then the synced ledger's; each the newest first."""
    with reading(till) as desk:
        card = desk.card(card_id)
        if card is None:
            return (), ()
        newest = card.operations[: -limit - 1 : -1]
        own = (operations.find(desk.connection, one.key) for one in newest)
        past = tuple(history.transactions(desk.connection, card.card_id, limit))
        return tuple(Activity(one, card.number, _name(desk, one)) for one in own if one is not None), past


def card_of(till: Till, key: OperationKey) -> CardId | None:
    """The card of one of this till's operations; None where it has none, or this till does not know it."""
    with reading(till) as desk:
        operation = operations.find(desk.connection, key)
        card = None if operation is None or operation.card_id is None else desk.card(operation.card_id)
        return None if card is None else card.card_id


def acknowledge(till: Till, key: OperationKey) -> bool:
    """Somebody has seen why this operation was rejected or parked. False when there was nothing to see."""
    with till.book.write() as connection:
        return operations.acknowledge(connection, key, till.clock.now())


def setback(till: Till) -> SetbackNews | None:
    """That this till's book was set back, until somebody has seen it; works before the first sync too."""
    with till.book.read() as connection:
        return news.unseen(connection)


def acknowledge_setback(till: Till) -> None:
    """Somebody has seen it."""
    with till.book.write() as connection:
        news.acknowledge(connection)


def counts(till: Till) -> QueueCounts:
    """How much waits and needs a look; works before the first sync too."""
    with till.book.read() as connection:
        return operations.counts(connection)


def _activity(desk: Desk, operation: RecordedOperation) -> Activity:
    card = None if operation.card_id is None else desk.card(operation.card_id)
    return Activity(operation, None if card is None else card.number, _name(desk, operation))


def _name(desk: Desk, operation: RecordedOperation) -> str | None:
    """Who did it, where that is known here."""
    member = None if operation.staff_id is None else desk.shop.staff.get(operation.staff_id)
    return None if member is None else member.name
