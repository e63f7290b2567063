"""Operations and their verdicts: the idempotency record. What is here is kept for ever.

Two branches of one till may have used the same seq of an epoch, so a seq has one key almost always, and not quite.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text

from common.ids import CardId, OperationKey
from common.wire.push import MissingPlace, Outcome
from server.store.many import as_uuids, write_rows
from server.store.tills import Till

_VERDICT_COLUMNS = """v.outcome, v.code, v.detail, v.event_time, v.business_date, v.terms_version, v.balance_after,
       v.card_id, v.merged_into, v.number, v.ver"""

# Of what could not be read when it came, the bytes: by now it may be readable, and be repeated as what it says.
_KNOWN = text(f"""
SELECT o.key, o.seq, o.digest, {_VERDICT_COLUMNS}, v.receipted,
       CASE WHEN v.outcome = 'parked' AND v.code IN ('unreadable', 'unknown_kind', 'server_error')
            THEN coalesce(o.raw, convert_to(CAST(o.content AS text), 'UTF8')) END AS unread
  FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
 WHERE o.merchant_id = :merchant_id AND o.key = ANY(CAST(:keys AS uuid[]))
""")

_KNOWN_UNKEYED = text("""
SELECT seq, digest, key, outcome, code, ver
  FROM unkeyed_operations
 WHERE merchant_id = :merchant_id AND till_id = :till_id AND epoch = :epoch AND seq = ANY(:seqs)
""")

_INSERT_OPERATIONS = text("""
INSERT INTO operations (merchant_id, till_id, store_id, epoch, received_at,
                        key, seq, kind, card_id, staff_id, digest, content, raw)
SELECT :merchant_id, :till_id, :store_id, :epoch, :received_at,
       o.key, o.seq, o.kind, o.card_id, o.staff_id, decode(o.digest, 'hex'), CAST(o.content AS json),
       decode(o.raw, 'hex')
  FROM json_to_recordset(CAST(:rows AS json))
       AS o(key uuid, seq bigint, kind text, card_id uuid, staff_id uuid, digest text, content text, raw text)
""")

_INSERT_UNKEYED = text("""
INSERT INTO unkeyed_operations (merchant_id, till_id, epoch, received_at, ver,
                                seq, digest, key, card_id, outcome, code, content, raw)
SELECT :merchant_id, :till_id, :epoch, :received_at, :ver,
       u.seq, decode(u.digest, 'hex'), u.key, u.card_id, u.outcome, u.code, CAST(u.content AS json),
       decode(u.raw, 'hex')
  FROM json_to_recordset(CAST(:rows AS json))
       AS u(seq bigint, digest text, key uuid, card_id uuid, outcome text, code text, content text, raw text)
""")

_INSERT_VERDICTS = text("""
INSERT INTO verdicts (merchant_id, till_id, ver,
                      key, seq, outcome, code, detail, event_time, business_date, terms_version, balance_after,
                      card_id, merged_into, number, receipted)
SELECT :merchant_id, :till_id, :ver, v.*
  FROM json_to_recordset(CAST(:rows AS json))
       AS v(key uuid, seq bigint, outcome text, code text, detail jsonb, event_time timestamptz, business_date date,
            terms_version int, balance_after int, card_id uuid, merged_into uuid, number text, receipted json)
""")


# The key may stand elsewhere: a till that numbers its queue anew repeats it under another seq, which leaves no row.
_USES = text("""
SELECT key, epoch, seq FROM operations WHERE merchant_id = :merchant_id AND key = :key
 UNION
SELECT key, epoch, seq FROM operations
 WHERE merchant_id = :merchant_id AND till_id = :till_id AND epoch = :epoch AND seq = :seq
 UNION
SELECT key, epoch, seq FROM unkeyed_operations
 WHERE merchant_id = :merchant_id AND till_id = :till_id AND epoch = :epoch AND seq = :seq
""")

_OTHER_BRANCH = text("""
SELECT (SELECT array_agg(o.attention_id) FROM attention o
         WHERE o.merchant_id = :merchant_id AND o.till_id = :till_id AND o.kind = 'till_diverged'
           AND o.resolved_at IS NULL) IS NOT NULL AS told,
       b.key, b.at
  FROM (SELECT 1) AS one
  LEFT JOIN (SELECT o.key, coalesce(v.event_time, o.received_at) AS at
               FROM operations o
               JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
              WHERE o.merchant_id = :merchant_id AND o.till_id = :till_id AND o.epoch = :epoch AND o.seq = :seq
                AND o.key <> :key
              ORDER BY o.received_at LIMIT 1) b ON true
""")

# Operations that this server could not read were never a book's own, and their content is anything, or only bytes.
_MISSING = text(f"""
SELECT o.key, o.epoch, o.seq, o.digest, o.content, octet_length(o.content::text) AS size, {_VERDICT_COLUMNS},
       v.seq AS verdict_seq, abs(t.delta) + t.shortfall AS stamps
  FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
  LEFT JOIN transactions t ON t.merchant_id = o.merchant_id AND t.key = o.key
 WHERE o.merchant_id = :merchant_id AND o.till_id = :till_id AND o.kind <> 'unreadable'
   AND o.content::text <> 'null'
   AND (o.epoch, o.seq, o.key) > (:epoch, :seq, CAST(:key AS uuid))
 ORDER BY o.epoch, o.seq, o.key LIMIT :limit
""")

_LAST_KEY: Final = UUID(int=2**128 - 1)
"""Behind every key of a seq: what the till has there is whole."""


class OperationRow(NamedTuple):
    key: OperationKey
    seq: int
    kind: str
    card_id: Any
    staff_id: Any
    digest: bytes
    content: str
    raw: bytes | None = None


class UnkeyedRow(NamedTuple):
    seq: int
    digest: bytes
    key: OperationKey | None
    card_id: Any
    outcome: str
    code: str
    content: str
    raw: bytes | None = None


class VerdictRow(NamedTuple):
    """What was said of an operation, under the names that it has on the wire.

    `receipted` is the verdict that it came with, in the wire's JSON, and its card; None for what came without.
    """

    key: OperationKey | None
    seq: int | None
    outcome: Outcome
    code: str | None
    detail: dict[str, Any]
    event_time: datetime | None = None
    business_date: date | None = None
    terms_version: int | None = None
    balance_after: int | None = None
    card_id: CardId | None = None
    merged_into: CardId | None = None
    number: str | None = None
    receipted: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class OtherBranch:
    """The operation that another branch had at a seq. `told`: an open item says already that the till diverged."""

    told: bool
    key: OperationKey | None
    at: datetime | None


def read_known(connection: Connection, till: Till, keys: Iterable[OperationKey]) -> dict[OperationKey, Row[Any]]:
    """The stored digest and verdict of each key that this merchant has seen before, from whichever till."""
    asked = {"merchant_id": till.merchant_id, "keys": as_uuids(keys)}
    return {row.key: row for row in connection.execute(_KNOWN, asked)}


def read_known_unkeyed(connection: Connection, till: Till, epoch: int, seqs: Sequence[int]) -> Sequence[Row[Any]]:
    """The operations without a key of their own that this till sent under these seqs before."""
    asked = {"merchant_id": till.merchant_id, "till_id": till.till_id, "epoch": epoch, "seqs": seqs}
    return connection.execute(_KNOWN_UNKEYED, asked).all()


def acked_fits(connection: Connection, till: Till, *, epoch: int, seq: int, key: OperationKey, have_seq: int) -> bool:
    """Whether the server knows `key` where the till says that it has a verdict (see `server.sync.step.Claim`)."""
    asked = _of(till) | {"epoch": epoch, "seq": seq, "key": key}
    uses = connection.execute(_USES, asked).all()
    known = [use for use in uses if use.key == key]
    here = [use for use in uses if (use.epoch, use.seq) == (epoch, seq)]
    if any(use.key == key for use in here):
        return True
    if seq > have_seq or not here:
        return bool(known)
    return any(use.epoch < epoch for use in known)


def other_branch(connection: Connection, till: Till, *, epoch: int, seq: int, key: OperationKey | None) -> OtherBranch:
    """Who else was at this seq, and whether somebody was told already."""
    asked = _of(till) | {"epoch": epoch, "seq": seq, "key": key or UUID(int=0)}
    row = connection.execute(_OTHER_BRANCH, asked).one()
    return OtherBranch(row.told, row.key, row.at)


def operations_after(connection: Connection, till: Till, place: MissingPlace, limit: int) -> list[Row[Any]]:
    """A till's operations that arrived behind a place, in their order, at most `limit`."""
    asked = {"epoch": place.epoch, "seq": place.seq, "key": str(place.key or _LAST_KEY), "limit": limit}
    return list(connection.execute(_MISSING, _of(till) | asked))


def insert_operations(
    connection: Connection, till: Till, *, epoch: int, received_at: Any, rows: Sequence[OperationRow]
) -> None:
    """Keep operations under their keys. A key that appeared meanwhile is a unique violation: try again."""
    shared = {
        "merchant_id": till.merchant_id,
        "till_id": till.till_id,
        "store_id": till.store_id,
        "epoch": epoch,
        "received_at": received_at,
    }
    write_rows(connection, _INSERT_OPERATIONS, shared, rows)


def insert_unkeyed(
    connection: Connection, till: Till, *, epoch: int, received_at: Any, ver: int, rows: Sequence[UnkeyedRow]
) -> None:
    """Keep operations that have no key of their own, under their seq and what they say."""
    shared = {
        "merchant_id": till.merchant_id,
        "till_id": till.till_id,
        "epoch": epoch,
        "received_at": received_at,
        "ver": ver,
    }
    write_rows(connection, _INSERT_UNKEYED, shared, rows)


def insert_verdicts(connection: Connection, till: Till, *, ver: int, rows: Sequence[VerdictRow]) -> None:
    """Record what was said of each operation."""
    shared = {"merchant_id": till.merchant_id, "till_id": till.till_id, "ver": ver}
    write_rows(connection, _INSERT_VERDICTS, shared, rows)


def _of(till: Till) -> dict[str, Any]:
    return {"merchant_id": till.merchant_id, "till_id": till.till_id}
