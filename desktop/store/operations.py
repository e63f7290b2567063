"""The queue: what happened here, in the order it was recorded, until the server has said something about all of it.

What an operation says never changes. Its `seq` does: a new epoch numbers what waits anew.
Rows leave by `file/pruning` alone.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from common.ids import CardId, OperationKey, StaffId
from common.ledger import TransactionKind
from common.rules.asks import Kind
from common.times import from_micros, to_micros
from common.wire.operations import OperationBase, canonical_content
from common.wire.push import Acked, Outcome, Verdict, WireCode


class State(StrEnum):
    """Where an operation stands. `waiting` has no verdict yet."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Trace:
    """What the view needs of an operation, beside what it says.

    Attributes:
        stamps: how many its effect is about: given by a stamp, spent by a redemption, asked back by a void.
        original_kind: of a void that names an original, what that was.
        found_by: of an enrol, what its card is searched by beside the number (`search.keys.own_key`).
    """

    stamps: int | None = None
    original: OperationKey | None = None
    original_kind: TransactionKind | None = None
    number: str | None = None
    token: str | None = None
    found_by: str | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """An operation to send. `content` is its JSON without `seq`.

    Attributes:
        receipt, verdict, card: of one that had its verdict, which the server has forgotten: what it is offered with.
    """

    seq: int
    key: OperationKey
    content: str
    receipt: str | None = None
    verdict: str | None = None
    card: str | None = None

    def wire(self) -> dict[str, Any]:
        """The operation as it is sent."""
        operation: dict[str, Any] = json.loads(self.content)
        operation["seq"] = self.seq
        if self.receipt is not None and self.verdict is not None:
            operation["receipt"], operation["verdict"] = self.receipt, json.loads(self.verdict)
            operation["card"] = None if self.card is None else json.loads(self.card)
        return operation

    @property
    def size(self) -> int:
        """Its bytes in a request, at most."""
        return _OVERHEAD_BYTES + sum(len(part.encode()) for part in (self.content, *self._beside) if part is not None)

    @property
    def _beside(self) -> tuple[str | None, ...]:
        return self.receipt, self.verdict, self.card


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """`rejected` and `parked` are those that nobody has acknowledged yet."""

    waiting: int
    oldest_waiting_at: datetime | None
    rejected: int
    parked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedOperation:
    """An operation and what became of it, for lists. `at` is the till's event time."""

    key: OperationKey
    seq: int
    kind: Kind
    card_id: CardId | None
    staff_id: StaffId | None
    at: datetime
    stamps: int | None
    original: OperationKey | None
    state: State
    verdict: Verdict | None
    acknowledged: bool


_OVERHEAD_BYTES: Final = len(',"seq":9007199254740991,"receipt":"","verdict":,"card":null,')
"""What names, `seq` and the comma behind an operation add to its parts on the wire, at most."""


def append(connection: sqlite3.Connection, operation: OperationBase, kind: Kind, at: datetime, trace: Trace) -> None:
    """Put an operation at the end of the queue. Its seq must be the book's `next_seq`; the numbering stays gapless."""
    connection.execute(
        """
        INSERT INTO operations (key, epoch, seq, kind, card_id, staff_id, approved_by, at, content,
                                stamps, original, original_kind, number, token, found_by)
        VALUES (?, (SELECT epoch FROM book), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (
            str(operation.key),
            operation.seq,
            kind.value,
            _text(operation.card_id),
            _text(operation.staff_id),
            _text(operation.approved_by),
            to_micros(at),
            canonical_content(operation).decode(),
            trace.stamps,
            _text(trace.original),
            trace.original_kind and trace.original_kind.value,
            trace.number,
            trace.token,
            trace.found_by,
        ),
    )
    moved = connection.execute(
        "UPDATE book SET next_seq = next_seq + 1, waiting = waiting + 1 WHERE next_seq = ?", (operation.seq,)
    )
    if moved.rowcount != 1:
        raise ValueError(f"an operation with seq {operation.seq} would tear a hole in the queue")


def waiting(connection: sqlite3.Connection, limit: int, max_bytes: int) -> list[Queued]:
    """The oldest operations to be sent, in seq order: at most `limit`, and `max_bytes` of JSON.

    Those without a verdict, and those that are offered again with theirs. Never empty while there is one: one operation
    alone is sent whatever its size.
    """
    batch: list[Queued] = []
    size = 0
    rows = connection.execute(_TO_SEND, {"limit": limit})
    for seq, key, *said in rows:
        queued = Queued(seq, OperationKey(UUID(key)), *said)
        size += queued.size
        if batch and size > max_bytes:
            break
        batch.append(queued)
    rows.close()
    return batch


# Two looks at two indexes: with an OR the whole table would be read.
_TO_SEND: Final = """
    SELECT seq, key, content, receipt, verdict, card FROM (
        SELECT * FROM (
            SELECT position, seq, key, content, NULL AS receipt, NULL AS verdict, NULL AS card
            FROM operations WHERE state = 'waiting' ORDER BY position LIMIT :limit)
        UNION ALL
        SELECT * FROM (
            SELECT position, seq, key, content, receipt, verdict,
                   (SELECT json_object('id', card.card_id, 'number', card.number, 'token', card.token,
                                       'store_id', card.store_id, 'name', card.name, 'phone', card.phone,
                                       'email', card.email)
                    FROM synced_cards AS card WHERE card.card_id = coalesce(o.merged_into, o.card_id))
            FROM operations AS o WHERE offered = 1 ORDER BY position LIMIT :limit)
    ) ORDER BY position LIMIT :limit
"""


def parked(connection: sqlite3.Connection, limit: int) -> list[OperationKey]:
    """The oldest operations that wait for a person's decision, at most `limit`."""
    rows = connection.execute(
        "SELECT key FROM operations WHERE open = 1 AND state = 'parked' ORDER BY position LIMIT ?", (limit,)
    )
    return [OperationKey(UUID(key)) for (key,) in rows]


def oldest_waiting_at(connection: sqlite3.Connection) -> datetime | None:
    """When the first operation that waits to be sent was recorded. One look at an index, however many wait."""
    row = connection.execute("SELECT at FROM operations WHERE state = 'waiting' ORDER BY position LIMIT 1").fetchone()
    return None if row is None else from_micros(row[0])


def counts(connection: sqlite3.Connection) -> QueueCounts:
    """How many wait and how many need a look; kept with every change, never counted here."""
    row = connection.execute("SELECT waiting, rejected, parked FROM book").fetchone()
    if row is None:
        return QueueCounts(0, None, 0, 0)
    return QueueCounts(row[0], oldest_waiting_at(connection), row[1], row[2])


def acked(connection: sqlite3.Connection) -> Acked | None:
    """The last operation of this epoch before the first that waits: what the till knows the server has judged."""
    row = connection.execute(
        """
        SELECT epoch = (SELECT epoch FROM book), seq, key FROM operations
        WHERE position < coalesce(
            (SELECT position FROM operations WHERE state = 'waiting' ORDER BY position LIMIT 1), 9223372036854775807)
        ORDER BY position DESC LIMIT 1
        """
    ).fetchone()
    return Acked(seq=row[1], key=OperationKey(UUID(row[2]))) if row is not None and row[0] else None


def apply_verdicts(connection: sqlite3.Connection, verdicts: Iterable[Verdict]) -> int:
    """Keep what the server said; returns how many operations changed. Saying it again changes nothing.

    A final verdict stays for ever, whatever comes after it, unless the server forgot it and says it anew: then the
    operation stays as it was in the view, because the old synced rows still show it. Verdicts on operations that this
    book does not have are passed over: they are an older book's, and the synced rows hold their effect.
    """
    said = [_verdict_values(verdict) for verdict in verdicts if verdict.key is not None]
    changed = connection.executemany(
        """
        UPDATE operations SET
            state = :outcome, verdict = :verdict, verdict_ver = :ver, receipt = :receipt, offered = 0,
            open = CASE WHEN offered > 0 AND state = 'accepted' AND :outcome <> 'rejected' THEN open ELSE :open END,
            number = CASE WHEN number IS NULL THEN NULL ELSE coalesce(:number, number) END,
            merged_into = coalesce(:merged_into, merged_into),
            acknowledged_at = CASE WHEN :awaits THEN 0 WHEN state = :outcome AND acknowledged_at > 0
                                   THEN acknowledged_at END
        WHERE key = :key AND (offered > 0 AND NOT :awaits
                OR state = 'waiting' OR state = 'parked' AND verdict_ver < :ver)
            AND (:code IS NOT :key_reused OR seq = :seq)
        """,
        said,
    ).rowcount
    handed_in = [values for values in said if values["awaits"]]
    changed = max(changed, 0) + _hand_in(connection, handed_in)
    _keep_receipts(connection, [values for values in said if values["receipt"] is not None])
    if changed > 0:
        settle(connection)
        recount(connection)
    return max(changed, 0)


def settle(connection: sqlite3.Connection) -> None:
    """Close the accepted operations that the synced rows have reached: from now on those rows show their effect.

    The version alone does not say so. Rows are overwritten in place, so a page that ends before a card's newest version
    does not bring that card, although it brings the version of an operation on it: that operation stays open until its
    card's row arrives.
    """
    connection.execute(
        """
        UPDATE operations SET open = 0
        WHERE open = 1 AND state = 'accepted' AND offered = 0 AND verdict_ver <= (SELECT synced_ver FROM book)
            AND NOT EXISTS (SELECT 1 FROM synced_cards AS card
                            WHERE card.card_id = coalesce(operations.merged_into, operations.card_id)
                                AND card.ver < operations.verdict_ver)
            AND NOT EXISTS (SELECT 1 FROM synced_aliases AS alias JOIN synced_cards AS card
                                ON card.card_id = alias.merged_into
                            WHERE alias.card_id = operations.card_id AND card.ver < operations.verdict_ver)
        """
    )


def _hand_in(connection: sqlite3.Connection, said: list[dict[str, Any]]) -> int:
    """The server has these, receipts and all, and brings them back together with what other tills hand in."""
    if not said:
        return 0
    return max(
        0, connection.executemany("UPDATE operations SET offered = 2 WHERE key = :key AND offered = 1", said).rowcount
    )


def _keep_receipts(connection: sqlite3.Connection, said: list[dict[str, Any]]) -> None:
    """A verdict that is only repeated may bring what the book lacks of it: it is from before there were receipts."""
    connection.executemany(
        """
        UPDATE operations SET receipt = :receipt, verdict = :verdict
        WHERE key = :key AND receipt IS NULL AND state = :outcome AND offered = 0
        """,
        said,
    )


def acknowledge(connection: sqlite3.Connection, key: OperationKey, at: datetime) -> bool:
    """Somebody has seen that this operation was rejected or parked. False when there was nothing to see."""
    seen = connection.execute(
        """
        UPDATE operations SET acknowledged_at = ?
        WHERE key = ? AND state IN ('rejected', 'parked') AND acknowledged_at IS NULL
        """,
        (to_micros(at), str(key)),
    ).rowcount
    if seen:
        recount(connection)
    return bool(seen)


_RECORDED: Final = """
    SELECT key, seq, kind, coalesce(merged_into, card_id), staff_id, at, stamps, original, state, verdict,
           acknowledged_at IS NOT NULL
    FROM operations
"""


def recent(connection: sqlite3.Connection, limit: int) -> list[RecordedOperation]:
    """The last operations recorded here, the newest first."""
    return [_recorded(row) for row in connection.execute(f"{_RECORDED} ORDER BY position DESC LIMIT ?", (limit,))]


def needing_attention(connection: sqlite3.Connection, limit: int) -> list[RecordedOperation]:
    """Rejected and parked operations that nobody has acknowledged, the oldest first."""
    rows = connection.execute(
        f"""{_RECORDED} WHERE acknowledged_at IS NULL AND state IN ('rejected', 'parked') ORDER BY position LIMIT ?""",
        (limit,),
    )
    return [_recorded(row) for row in rows]


def find(connection: sqlite3.Connection, key: OperationKey) -> RecordedOperation | None:
    """One operation of this book by its key."""
    row = connection.execute(f"{_RECORDED} WHERE key = ?", (str(key),)).fetchone()
    return None if row is None else _recorded(row)


def _recorded(row: tuple[Any, ...]) -> RecordedOperation:
    return RecordedOperation(
        key=OperationKey(UUID(row[0])),
        seq=row[1],
        kind=Kind(row[2]),
        card_id=None if row[3] is None else CardId(UUID(row[3])),
        staff_id=None if row[4] is None else StaffId(UUID(row[4])),
        at=from_micros(row[5]),
        stamps=row[6],
        original=None if row[7] is None else OperationKey(UUID(row[7])),
        state=State(row[8]),
        verdict=None if row[9] is None else Verdict.model_validate_json(row[9]),
        acknowledged=bool(row[10]),
    )


def _verdict_values(verdict: Verdict) -> dict[str, Any]:
    return {
        "key": str(verdict.key),
        "seq": verdict.seq,
        "outcome": verdict.outcome.value,
        "code": verdict.code,
        "key_reused": WireCode.KEY_REUSED.value,
        "verdict": verdict.model_dump_json(exclude={"replayed", "receipt"}),
        "receipt": verdict.receipt,
        "awaits": verdict.code == WireCode.AWAITING_RECOVERY,
        "ver": verdict.ver,
        "open": int(verdict.outcome is not Outcome.REJECTED),
        "number": verdict.number,
        "merged_into": _text(verdict.merged_into),
    }


def recount(connection: sqlite3.Connection) -> None:
    """Count anew after a change of many rows.

    Each count reads a partial index alone; for that SQLite wants the index's own condition, word for word.
    """
    connection.execute(
        """
        UPDATE book SET
            waiting = (SELECT count(*) FROM operations WHERE state = 'waiting'),
            rejected = (SELECT count(*) FROM operations
                WHERE acknowledged_at IS NULL AND state IN ('rejected', 'parked') AND state = 'rejected'),
            parked = (SELECT count(*) FROM operations
                WHERE acknowledged_at IS NULL AND state IN ('rejected', 'parked') AND state = 'parked')
        """
    )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
