"""What already happened to a card: the synced ledger of the last weeks, and the originals that voids name."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common.ids import CardId, OperationKey, StaffId, StoreId, TillId
from common.ledger import TransactionKind
from common.rules.standing import LiveStamp, OriginalStanding
from common.times import from_micros, to_micros
from desktop.store.cards import CardView


@dataclass(frozen=True, slots=True)
class PastTransaction:
    """One row of a card's synced ledger; `original` is what a void took back."""

    key: OperationKey
    kind: TransactionKind
    at: datetime
    store_id: StoreId
    delta: int
    balance_after: int
    original: OperationKey | None


def live_stamps(
    connection: sqlite3.Connection, card: CardView, window: tuple[datetime, datetime]
) -> tuple[LiveStamp, ...]:
    """The card's live stamps within `window`, both ends included: of the synced ledger, and the till's own open ones.

    A stamp that was voided in full without shortfall no longer lives, whoever voided it.
    """
    begins, ends = window
    rows = connection.execute(
        """
        SELECT given.key, given.event_time, given.store_id, given.delta FROM synced_transactions AS given
        WHERE given.card_id = ? AND given.event_time BETWEEN ? AND ? AND given.kind = 'stamp'
            AND NOT EXISTS (SELECT 1 FROM synced_transactions AS taken
                            WHERE taken.original = given.key AND taken.kind = 'void' AND taken.shortfall = 0)
        """,
        (str(card.card_id), to_micros(begins), to_micros(ends)),
    )
    # The ledger row of an own stamp may come a page before the card's: until then it counts as the open one it is.
    elsewhere = {str(key) for key in card.dead} | {str(operation.key) for operation in card.operations}
    synced = tuple(
        LiveStamp(from_micros(at), StoreId(UUID(store_id)), count)
        for key, at, store_id, count in rows
        if key not in elsewhere
    )
    return synced + card.live_open


def original(
    connection: sqlite3.Connection, key: OperationKey, card: CardView, till_id: TillId
) -> OriginalStanding | None:
    """The operation that a void of `card` names, from the synced ledger or this till's own queue."""
    text = str(key)
    voided = key in card.voided or _voided(connection, text)
    found = connection.execute(
        """
        SELECT kind, card_id, till_id, staff_id, event_time, abs(delta) FROM synced_transactions WHERE key = ?
        """,
        (text,),
    ).fetchone()
    if found is not None:
        return _standing(key, found, voided=voided, rejected=False)
    own = connection.execute(
        """
        SELECT kind, coalesce(merged_into, card_id), staff_id, at, coalesce(stamps, 0), state FROM operations
        WHERE key = ? AND kind IN ('stamp', 'redeem', 'carry_over', 'void')
        """,
        (text,),
    ).fetchone()
    if own is None:
        return None
    kind, card_id, staff_id, at, stamps, state = own
    # The card of the view may be the one that this operation's card was merged into.
    of_card = str(card.card_id) if _is_alias(connection, card_id, str(card.card_id)) else card_id
    row = (kind, of_card, str(till_id), staff_id, at, stamps)
    return _standing(key, row, voided=voided, rejected=state == "rejected")


def card_of(connection: sqlite3.Connection, key: OperationKey) -> CardId | None:
    """The card that an operation was about, as its own words or the synced ledger name it."""
    row = connection.execute(
        """
        SELECT card_id FROM synced_transactions WHERE key = ?1
        UNION ALL SELECT card_id FROM operations WHERE key = ?1 AND card_id IS NOT NULL
        """,
        (str(key),),
    ).fetchone()
    return None if row is None else CardId(UUID(row[0]))


def _standing(key: OperationKey, row: tuple[Any, ...], *, voided: bool, rejected: bool) -> OriginalStanding:
    kind, card_id, till_id, staff_id, at, stamps = row
    return OriginalStanding(
        key=key,
        kind=TransactionKind(kind),
        card_id=CardId(UUID(card_id)),
        # A server that does not name the till says it was another: nobody undoes what is not surely their own.
        till_id=TillId(UUID(till_id)) if till_id is not None else TillId(UUID(int=0)),
        staff_id=None if staff_id is None else StaffId(UUID(staff_id)),
        at=from_micros(at),
        stamps=stamps,
        rejected=rejected,
        voided=voided,
    )


def _voided(connection: sqlite3.Connection, key: str) -> bool:
    return (
        connection.execute(
            """
            SELECT 1 FROM synced_transactions WHERE original = ?1 AND kind = 'void'
            UNION ALL SELECT 1 FROM operations WHERE original = ?1 AND kind = 'void' AND state <> 'rejected'
            """,
            (key,),
        ).fetchone()
        is not None
    )


def _is_alias(connection: sqlite3.Connection, card_id: str, of: str) -> bool:
    return (
        connection.execute(
            """
            SELECT 1 FROM synced_aliases WHERE card_id = ?1 AND merged_into = ?2
            UNION ALL SELECT 1 FROM operations WHERE card_id = ?1 AND merged_into = ?2 AND open = 1
            """,
            (card_id, of),
        ).fetchone()
        is not None
    )


def transactions(connection: sqlite3.Connection, card_id: CardId, limit: int) -> list[PastTransaction]:
    """The last rows of a card's synced ledger, the newest first."""
    rows = connection.execute(
        """
        SELECT key, kind, event_time, store_id, delta, balance_after, original FROM synced_transactions
        WHERE card_id = ? ORDER BY event_time DESC LIMIT ?
        """,
        (str(card_id), limit),
    )
    return [
        PastTransaction(
            OperationKey(UUID(key)),
            TransactionKind(kind),
            from_micros(at),
            StoreId(UUID(store_id)),
            delta,
            balance,
            None if original is None else OperationKey(UUID(original)),
        )
        for key, kind, at, store_id, delta, balance, original in rows
    ]
