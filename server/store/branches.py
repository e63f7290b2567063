"""A till's operations by epoch and seq: what it had sent under a number, and what came after it.

Two branches of one till may have used the same seq of an epoch, so a seq has one key almost always, and not quite.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, text

from common.ids import OperationKey
from common.wire.push import MissingPlace
from server.store.operations import VERDICT_COLUMNS
from server.store.tills import Till

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

# Operations that this server could not read were never a book's own, and their content is anything.
_MISSING = text(f"""
SELECT o.key, o.epoch, o.seq, o.content, octet_length(o.content::text) AS size, {VERDICT_COLUMNS}, v.seq AS verdict_seq,
       abs(t.delta) + t.shortfall AS stamps
  FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
  LEFT JOIN transactions t ON t.merchant_id = o.merchant_id AND t.key = o.key
 WHERE o.merchant_id = :merchant_id AND o.till_id = :till_id AND o.kind <> 'unreadable'
   AND (o.epoch, o.seq, o.key) > (:epoch, :seq, CAST(:key AS uuid))
 ORDER BY o.epoch, o.seq, o.key LIMIT :limit
""")

_LAST_KEY: Final = UUID(int=2**128 - 1)
"""Behind every key of a seq: what the till has there is whole."""


@dataclass(frozen=True, slots=True)
class OtherBranch:
    """The operation that another branch had at a seq. `told`: an open item says already that the till diverged."""

    told: bool
    key: OperationKey | None
    at: datetime | None


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


def _of(till: Till) -> dict[str, Any]:
    return {"merchant_id": till.merchant_id, "till_id": till.till_id}
