"""Record: what a judged batch leaves behind, written in a fixed handful of statements whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from common.entropy import new_uuid
from common.ids import CardId, OperationKey, StaffId
from common.wire.operations import OperationBase
from common.wire.push import Outcome
from server.store.attention import AttentionKind, AttentionRow, insert_attention
from server.store.cards import AliasRow, CodeRow, insert_aliases, insert_codes, write_cards
from server.store.engine import in_one_flight
from server.store.ledger import TransactionRow, VoidedRow, insert_transactions, mark_voided
from server.store.operations import (
    OperationRow,
    UnkeyedRow,
    VerdictRow,
    insert_operations,
    insert_unkeyed,
    insert_verdicts,
)
from server.store.parking.decided import (
    Resolution,
    UnkeyedDecision,
    change_unkeyed,
    change_verdicts,
    keep_as_read,
    resolve_parked,
)
from server.store.parking.parked import ParkedRow
from server.store.tills import Till
from server.store.versions import next_version
from server.sync.history import Card
from server.sync.intake import Readable


@dataclass(slots=True)
class Record:
    """The rows of one batch of one till, gathered while it is judged.

    Attributes:
        brought: operations that are here already, parked, and came with the verdict that they had in a lost time.
    """

    till: Till
    epoch: int
    received_at: datetime
    operations: list[OperationRow] = field(default_factory=list)
    verdicts: list[VerdictRow] = field(default_factory=list)
    unkeyed: list[UnkeyedRow] = field(default_factory=list)
    brought: list[tuple[OperationRow, VerdictRow]] = field(default_factory=list)
    transactions: dict[OperationKey, TransactionRow] = field(default_factory=dict)
    voided: list[VoidedRow] = field(default_factory=list)
    codes: list[CodeRow] = field(default_factory=list)
    aliases: list[AliasRow] = field(default_factory=list)
    attention: list[AttentionRow] = field(default_factory=list)

    def attend(
        self,
        kind: AttentionKind,
        *,
        detail: dict[str, Any],
        key: OperationKey | None = None,
        card_id: CardId | None = None,
        staff_id: StaffId | None = None,
    ) -> None:
        """Put an item on the attention list: what it is about, and what else a person must know."""
        self.attention.append(
            AttentionRow(
                attention_id=new_uuid(self.received_at),
                kind=kind,
                till_id=self.till.till_id,
                card_id=card_id,
                staff_id=staff_id,
                key=key,
                detail=detail,
            )
        )

    def attend_operation(
        self, kind: AttentionKind, operation: OperationBase, card_id: CardId | None, detail: dict[str, Any]
    ) -> None:
        """Put an operation on the attention list. `card_id` is the card that it counts on."""
        self.attend(kind, detail=detail, key=operation.key, card_id=card_id, staff_id=operation.staff_id)

    def mark_voided(self, original: OperationKey, *, voided_by: OperationKey, live: bool) -> None:
        """The voided transaction may be an older one, or one of this very batch."""
        row = self.transactions.get(original)
        if row is None:
            self.voided.append(VoidedRow(original, voided_by, live))
        else:
            self.transactions[original] = row._replace(voided_by=voided_by, live=live)

    def take_code(self, code: str, card_id: CardId) -> None:
        self.codes.append(CodeRow(code, card_id))


def row_of(item: Readable) -> OperationRow:
    """An operation as it is kept."""
    said = item.operation
    return OperationRow(item.key, item.seq, said.kind, said.card_id, said.staff_id, item.digest, item.content.decode())


def write_record(connection: Connection, record: Record, cards: Sequence[Card]) -> int | None:
    """Write it all; returns the version in which it becomes visible, None when there is nothing to be seen.

    First everything that may collide with a competing batch: keys, codes. Then the version, last of what can wait.
    Behind it only rows that nobody else can be writing, because the till and the cards are locked. Both go in one
    flight each: until the commit every other till of the merchant waits for the version. Every statement runs even
    when it has no rows, so that a batch costs the same handful whatever is in it.
    """
    till, epoch, received_at = record.till, record.epoch, record.received_at
    judged = bool(record.verdicts or record.unkeyed or record.brought)
    if not judged:
        if record.attention:
            insert_attention(connection, till.merchant_id, raised_at=received_at, rows=record.attention)
        return None
    with in_one_flight(connection):
        insert_attention(connection, till.merchant_id, raised_at=received_at, rows=record.attention)
        insert_operations(connection, till, epoch=epoch, received_at=received_at, rows=record.operations)
        insert_codes(connection, till.merchant_id, record.codes)
        mark_voided(connection, till.merchant_id, record.voided)

    ver = next_version(connection, till.merchant_id)
    with in_one_flight(connection):
        write_cards(connection, till.merchant_id, ver=ver, rows=[card.to_row() for card in cards])
        insert_aliases(connection, till.merchant_id, ver=ver, rows=record.aliases)
        insert_verdicts(connection, till, ver=ver, rows=record.verdicts)
        insert_unkeyed(connection, till, epoch=epoch, received_at=received_at, ver=ver, rows=record.unkeyed)
        insert_transactions(connection, till, ver=ver, rows=list(record.transactions.values()))
    if record.brought:
        keep_as_read(connection, till, [operation for operation, _ in record.brought])
        change_verdicts(connection, till, ver=ver, decided_at=received_at, rows=[row for _, row in record.brought])
    return ver


@dataclass(slots=True)
class Decisions:
    """What was decided of parked operations of one till; `record` has what that changes."""

    record: Record
    verdicts: list[VerdictRow] = field(default_factory=list)
    read: list[OperationRow] = field(default_factory=list)
    unkeyed: list[UnkeyedDecision] = field(default_factory=list)
    resolved: list[Resolution] = field(default_factory=list)

    def keep_as_read(self, row: ParkedRow, item: Readable) -> None:
        """What only bytes told of is kept as what it says, once it is judged by that."""
        if item.digest != row.digest or row.said != item.content:
            self.read.append(row_of(item))

    def change(self, row: ParkedRow, verdict: VerdictRow, how: str) -> None:
        self.verdicts.append(verdict)
        if verdict.outcome is not Outcome.PARKED:
            self.resolved.append(Resolution(row.key, row.till_id, row.seq, f"{how}: {verdict.outcome}"))


def write_decisions(connection: Connection, decisions: Decisions, cards: Sequence[Card]) -> None:
    """Write what was decided, in the order of `write_record`: first what may collide, the version, and the rest."""
    record = decisions.record
    if not decisions.verdicts and not decisions.unkeyed:
        return
    till, now = record.till, record.received_at
    # What stays parked is on the list already.
    news = [row for row in record.attention if row.kind is not AttentionKind.PARKED]
    insert_attention(connection, till.merchant_id, raised_at=now, rows=news)
    resolve_parked(connection, till, at=now, rows=decisions.resolved)
    keep_as_read(connection, till, decisions.read)
    insert_codes(connection, till.merchant_id, record.codes)
    mark_voided(connection, till.merchant_id, record.voided)

    ver = next_version(connection, till.merchant_id)
    write_cards(connection, till.merchant_id, ver=ver, rows=[card.to_row() for card in cards])
    insert_aliases(connection, till.merchant_id, ver=ver, rows=record.aliases)
    change_verdicts(connection, till, ver=ver, decided_at=now, rows=decisions.verdicts)
    change_unkeyed(connection, till, ver=ver, rows=decisions.unkeyed)
    insert_transactions(connection, till, ver=ver, rows=list(record.transactions.values()))
