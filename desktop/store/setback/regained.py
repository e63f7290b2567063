"""Regained: operations that this till recorded, and that its book lost when an older copy took its place.

The server sends them with their verdicts. They come to the end of the book, behind what was recorded since, so that
nothing that a shift has counted already moves; from then on they are own operations like any other.
"""

import logging
import sqlite3
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from common.ids import OperationKey
from common.ledger import TransactionKind
from common.times import to_micros
from common.wire.operations import (
    OPERATION,
    CarryOverOperation,
    EnrolOperation,
    Operation,
    RedeemOperation,
    ReplaceOperation,
    StampOperation,
    VoidOperation,
    canonical_content,
)
from common.wire.push import MissingOperation, MissingPlace
from desktop.store import operations
from desktop.store.operations import Trace
from desktop.store.search.keys import own_key

_log = logging.getLogger(__name__)


def awaited(connection: sqlite3.Connection) -> MissingPlace | None:
    """Behind what the server has more of this till's own operations; None when nothing is awaited."""
    row = connection.execute("SELECT missing_after FROM book").fetchone()
    return None if row is None or row[0] is None else MissingPlace.model_validate_json(row[0])


def await_behind(connection: sqlite3.Connection, place: MissingPlace | None) -> None:
    """Ask with the next push for what lies behind this place, until all of it came."""
    connection.execute("UPDATE book SET missing_after = ?", (None if place is None else place.model_dump_json(),))


def take_in(connection: sqlite3.Connection, missing: Sequence[MissingOperation]) -> int:
    """Put what the book lacks back into it, with the verdicts; returns how many that were.

    What the book has already only gets its verdict, where it has none. In the caller's one transaction.
    """
    regained = sum(_put(connection, one) for one in missing)
    operations.apply_verdicts(connection, [one.verdict for one in missing])
    return regained


_PUT: Final = """
    INSERT INTO operations (key, epoch, seq, kind, card_id, staff_id, approved_by, at, content,
                            stamps, original, original_kind, number, token, found_by)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO NOTHING
"""


def _put(connection: sqlite3.Connection, missing: MissingOperation) -> int:
    try:
        operation = OPERATION.validate_python(missing.operation)
    except ValidationError as error:
        # Of a newer version of this program: its effect is in the synced rows, and the server keeps it.
        _log.warning("an operation of this till's cannot be read: %s", error.errors()[0]["type"])
        return 0
    trace = _trace(connection, operation, missing.stamps)
    values = (
        str(operation.key),
        missing.epoch,
        operation.seq,
        operation.kind.value,
        _text(operation.card_id),
        _text(operation.staff_id),
        _text(operation.approved_by),
        to_micros(missing.verdict.event_time or operation.occurred_at),
        canonical_content(operation).decode(),
        trace.stamps,
        _text(trace.original),
        trace.original_kind and trace.original_kind.value,
        trace.number,
        trace.token,
        trace.found_by,
    )
    return connection.execute(_PUT, values).rowcount


def _trace(connection: sqlite3.Connection, operation: Operation, stamps: int | None) -> Trace:
    """What the act had kept of it. `stamps` is what its effect was about; without one, what it would have been."""
    match operation:
        case StampOperation() | CarryOverOperation():
            return Trace(stamps=operation.count)
        case RedeemOperation():
            return Trace(stamps=_target(connection, operation.terms_version) if stamps is None else stamps)
        case VoidOperation(original=None):
            return Trace(stamps=operation.count)
        case VoidOperation(original=UUID() as original):
            kind, given = _original(connection, original)
            return Trace(
                stamps=given if stamps is None else stamps, original=OperationKey(original), original_kind=kind
            )
        case EnrolOperation():
            found_by = own_key(operation.name, operation.phone, operation.email)
            return Trace(number=operation.number, token=operation.token, found_by=found_by)
        case ReplaceOperation():
            return Trace(number=operation.number, token=operation.token)
        case _:
            return Trace()


def _target(connection: sqlite3.Connection, terms_version: int) -> int | None:
    row = connection.execute(
        "SELECT stamps_target FROM synced_terms ORDER BY version = ? DESC, version DESC LIMIT 1", (terms_version,)
    ).fetchone()
    return None if row is None else int(row[0])


def _original(connection: sqlite3.Connection, key: UUID) -> tuple[TransactionKind | None, int | None]:
    """What a void takes back: an own operation, or one that the synced ledger knows."""
    row = connection.execute(
        """
        SELECT kind, stamps FROM operations WHERE key = ?1
        UNION ALL SELECT kind, abs(delta) FROM synced_transactions WHERE key = ?1
        """,
        (str(key),),
    ).fetchone()
    if row is None or row[0] not in set(TransactionKind):
        return None, None
    return TransactionKind(row[0]), row[1]


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
