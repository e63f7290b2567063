"""A card as this till shows it: its synced row, and the till's own open operations folded over it.

Nothing here is stored. An effect is folded anew at each reading, so that whatever a later page or verdict brings, the
figures follow from what is known then.
"""

import json
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from common import ledger
from common.card_code import TOKEN_PREFIX
from common.ids import CardId, OperationKey, StoreId
from common.ledger import Effect, Entry, Totals, TransactionKind
from common.rules.asks import Kind
from common.rules.standing import LiveStamp
from common.times import from_micros


@dataclass(frozen=True, slots=True)
class OpenOperation:
    """An own operation that the synced rows do not show yet.

    `stamps` is what its effect is about; `of_rejected` marks the void of an operation that the server refused: there
    is nothing left for it to take back.
    """

    key: OperationKey
    kind: Kind
    at: datetime
    stamps: int = 0
    original: OperationKey | None = None
    original_kind: TransactionKind | None = None
    of_rejected: bool = False
    number: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCard:
    """A card before this till's own open operations: its synced row, or the own enrol that began it.

    `synced` is false for a card that only this till knows.
    """

    card_id: CardId
    number: str
    token: str
    store_id: StoreId
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    totals: Totals = field(default_factory=Totals)
    inactive_since: datetime | None = None
    carried_over: bool = False
    synced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card as of now.

    Attributes:
        known: what the server's last page says of it, and everything that no operation changes.
        operations: own operations that page does not show yet, in the order they were recorded.
        totals: the fold of both. The balance is never shown below 0, even while an own redemption is open that another
            till's has already made impossible.
        confirmed_balance: what surely stays when every open operation is judged: the synced balance less what own open
            redemptions and voids take from it.
        live_open: own open stamps that count for cooldown and daily limit.
        voided: keys that own open voids take back; `dead` are those of them taken back in full.
    """

    known: KnownCard
    operations: tuple[OpenOperation, ...]
    number: str
    token: str
    totals: Totals
    confirmed_balance: int
    inactive_since: datetime | None
    carried_over: bool
    live_open: tuple[LiveStamp, ...]
    voided: frozenset[OperationKey]
    dead: frozenset[OperationKey]

    @property
    def card_id(self) -> CardId:
        return self.known.card_id

    @property
    def store_id(self) -> StoreId:
        """Where it was enrolled."""
        return self.known.store_id

    @property
    def balance(self) -> int:
        return self.totals.stamp_count


def find_by_code(connection: sqlite3.Connection, code: str, store_id: StoreId) -> CardView | None:
    """The card that a number or token belongs to now. The codes of a replaced card find nothing."""
    column = _column(code)
    row = connection.execute(_SYNCED[column], (code,)).fetchone()
    if row is not None:
        card = _view_of_synced(connection, row, store_id)
        if getattr(card, column) == code:
            return card
    for holder in _own_holders(connection, column, code):
        card_or_none = read(connection, holder, store_id)
        # What was merged into another card leads there by its own codes too.
        if card_or_none is not None and (getattr(card_or_none, column) == code or card_or_none.card_id != holder):
            return card_or_none
    return None


def was_ever(connection: sqlite3.Connection, code: str) -> CardId | None:
    """The card that has this code, or had it before one of this till's own open replacements."""
    column = _column(code)
    row = connection.execute(_SYNCED[column], (code,)).fetchone()
    if row is not None:
        return CardId(UUID(row[0]))
    return next(iter(_own_holders(connection, column, code)), None)


def read(connection: sqlite3.Connection, card_id: CardId, store_id: StoreId) -> CardView | None:
    """The card with this id, or the one it was merged into; None when this till knows no such card.

    `store_id` is this till's own store, where its open operations happened.
    """
    row = connection.execute(_SYNCED["card_id"], (str(card_id),)).fetchone()
    if row is None:
        merged_into = _merged_into(connection, card_id)
        row = merged_into and connection.execute(_SYNCED["card_id"], (merged_into,)).fetchone()
    if row:
        return _view_of_synced(connection, row, store_id)
    enrolled = connection.execute(
        "SELECT content FROM operations WHERE card_id = ? AND kind = 'enrol' AND open = 1", (str(card_id),)
    ).fetchone()
    if enrolled is None:
        return None
    operations = _open_operations(connection, _OPEN, str(card_id))
    begun = next(operation for operation in operations if operation.kind is Kind.ENROL)
    return view(_from_enrol(card_id, begun, json.loads(enrolled[0]), store_id), operations, store_id)


def _view_of_synced(connection: sqlite3.Connection, row: tuple[Any, ...], store_id: StoreId) -> CardView:
    *_, has_merged = row
    operations = _open_operations(connection, _OPEN_AND_MERGED if has_merged else _OPEN, row[0])
    return view(_from_synced(row), operations, store_id)


def view(known: KnownCard, operations: tuple[OpenOperation, ...], store_id: StoreId) -> CardView:
    """Fold this till's own open operations, in the order they were recorded, over what the server last said."""
    if not operations:
        return _untouched(known)
    totals, confirmed = known.totals, known.totals.stamp_count
    voided: set[OperationKey] = set()
    dead: set[OperationKey] = set()
    own_stamps = {operation.key for operation in operations if operation.kind is Kind.STAMP}
    for operation in operations:
        effect = _effect(operation, totals.stamp_count)
        if effect is None:
            continue
        totals = ledger.apply(totals, Entry(effect, operation.at))
        if operation.original is not None:
            voided.add(operation.original)
            if not effect.shortfall:
                dead.add(operation.original)
        # Taking back an own open stamp costs no confirmed one: that stamp was never counted among them.
        if effect.delta < 0 and operation.original not in own_stamps:
            confirmed += effect.delta
    codes = next((one for one in reversed(operations) if one.kind is Kind.REPLACE), known)
    return CardView(
        known=known,
        operations=operations,
        number=codes.number or known.number,
        token=codes.token or known.token,
        totals=totals if totals.stamp_count >= 0 else replace(totals, stamp_count=0),
        confirmed_balance=confirmed,
        inactive_since=_inactive_since(known, operations),
        carried_over=known.carried_over or any(one.kind is Kind.CARRY_OVER for one in operations),
        live_open=tuple(
            LiveStamp(operation.at, store_id, operation.stamps)
            for operation in operations
            if operation.kind is Kind.STAMP and operation.key not in dead
        ),
        voided=frozenset(voided),
        dead=frozenset(dead),
    )


def _untouched(known: KnownCard) -> CardView:
    return CardView(
        known=known,
        operations=(),
        number=known.number,
        token=known.token,
        totals=known.totals,
        confirmed_balance=known.totals.stamp_count,
        inactive_since=known.inactive_since,
        carried_over=known.carried_over,
        live_open=(),
        voided=_NONE,
        dead=_NONE,
    )


def _effect(operation: OpenOperation, balance: int) -> Effect | None:
    if operation.of_rejected:
        return None
    match operation.kind:
        case Kind.STAMP:
            return ledger.stamp(operation.stamps)
        case Kind.REDEEM:
            return ledger.redeem(operation.stamps)
        case Kind.CARRY_OVER:
            return ledger.carry_over(operation.stamps)
        case Kind.VOID if operation.original_kind is TransactionKind.REDEEM:
            return ledger.void_redemption(operation.stamps)
        case Kind.VOID:
            return ledger.void_stamps(operation.stamps, balance)
        case _:
            return None


def _inactive_since(known: KnownCard, operations: tuple[OpenOperation, ...]) -> datetime | None:
    """Blocks and unblocks act in the order of their event times, not of their recording."""
    since = known.inactive_since
    blocks = [operation for operation in operations if operation.kind in {Kind.BLOCK, Kind.UNBLOCK}]
    for operation in sorted(blocks, key=lambda one: one.at):
        if operation.kind is Kind.UNBLOCK:
            since = None
        elif since is None:
            since = operation.at
    return since


_NONE: Final[frozenset[OperationKey]] = frozenset()

_SYNCED: Final = {
    column: f"""
    SELECT card_id, number, token, store_id, name, phone, email, stamp_count, lifetime_stamps, redemptions,
           last_stamp_at, last_redemption_at, inactive_since, carried_over,
           EXISTS (SELECT 1 FROM synced_aliases WHERE merged_into = card.card_id)
               OR EXISTS (SELECT 1 FROM operations WHERE merged_into = card.card_id AND open = 1)
    FROM synced_cards AS card WHERE {column} = ?
    """  # noqa: S608 - one of three column names of ours
    for column in ("card_id", "number", "token")
}
"""A synced card by what is known of it, and whether another was merged into it."""

_OPEN_COLUMNS: Final = """
    SELECT o.key, o.kind, o.at, coalesce(o.stamps, 0), o.original, o.original_kind, original.state = 'rejected',
           o.number, o.token
    FROM operations AS o LEFT JOIN operations AS original ON original.key = o.original
"""
_OPEN: Final = f"{_OPEN_COLUMNS} WHERE o.open = 1 AND o.card_id = ? ORDER BY o.position"
_OPEN_AND_MERGED: Final = f"""
    {_OPEN_COLUMNS}
    WHERE o.open = 1 AND o.card_id IN (
        SELECT ?1
        UNION ALL SELECT card_id FROM synced_aliases WHERE merged_into = ?1
        UNION ALL SELECT card_id FROM operations WHERE merged_into = ?1 AND open = 1)
    ORDER BY o.position
"""  # noqa: S608 - constants


def _column(code: str) -> str:
    return "token" if code.startswith(TOKEN_PREFIX) else "number"


def _own_holders(connection: sqlite3.Connection, column: str, code: str) -> list[CardId]:
    """Cards that this till's own open enrols and replacements give this code to."""
    rows = connection.execute(f"SELECT card_id FROM operations WHERE {column} = ? AND open = 1", (code,))  # noqa: S608 - one of two column names of ours
    return [CardId(UUID(card_id)) for (card_id,) in rows]


def _merged_into(connection: sqlite3.Connection, card_id: CardId) -> str | None:
    row = connection.execute(
        """
        SELECT merged_into FROM synced_aliases WHERE card_id = ?1
        UNION ALL
        SELECT merged_into FROM operations WHERE card_id = ?1 AND open = 1 AND merged_into IS NOT NULL
        """,
        (str(card_id),),
    ).fetchone()
    return None if row is None else str(row[0])


def _open_operations(connection: sqlite3.Connection, query: str, card_id: str) -> tuple[OpenOperation, ...]:
    return tuple(
        OpenOperation(
            key=OperationKey(UUID(key)),
            kind=Kind(kind),
            at=from_micros(at),
            stamps=stamps,
            original=None if original is None else OperationKey(UUID(original)),
            original_kind=None if original_kind is None else TransactionKind(original_kind),
            of_rejected=bool(of_rejected),
            number=number,
            token=token,
        )
        for key, kind, at, stamps, original, original_kind, of_rejected, number, token in connection.execute(
            query, (card_id,)
        )
    )


def _from_synced(row: tuple[Any, ...]) -> KnownCard:
    return KnownCard(
        card_id=CardId(UUID(row[0])),
        number=row[1],
        token=row[2],
        store_id=StoreId(UUID(row[3])),
        name=row[4],
        phone=row[5],
        email=row[6],
        totals=Totals(row[7], row[8], row[9], _moment(row[10]), _moment(row[11])),
        inactive_since=_moment(row[12]),
        carried_over=bool(row[13]),
    )


def _from_enrol(card_id: CardId, enrol: OpenOperation, content: dict[str, Any], store_id: StoreId) -> KnownCard:
    return KnownCard(
        card_id=card_id,
        # The server may have found the number taken and named another in its verdict.
        number=enrol.number or content["number"],
        token=content["token"],
        store_id=store_id,
        name=content.get("name"),
        phone=content.get("phone"),
        email=content.get("email"),
        synced=False,
    )


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
