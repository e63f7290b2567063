"""Operations that await the end of a recovery: kept as parked, and decided in one order over all tills."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from common.ids import MerchantId, OperationKey

# First what comes with a receipt, by the version that its verdict had: the order of the lost ledger, over all tills.
# Of one version, which is one batch of one till, the order of its seqs. Then the rest, as it arrived.
_AWAITING = text("""
SELECT o.key, o.till_id, o.epoch, o.seq, o.content, o.received_at, v.event_time, v.receipted
  FROM verdicts v
  JOIN operations o ON o.merchant_id = v.merchant_id AND o.key = v.key
 WHERE v.merchant_id = :merchant_id AND v.outcome = 'parked' AND v.code = 'awaiting_recovery'
 ORDER BY v.receipted IS NULL, CAST(v.receipted -> 'verdict' ->> 'ver' AS bigint),
          CASE WHEN v.receipted IS NULL THEN o.received_at END, o.till_id, o.epoch, o.seq
 LIMIT :limit
""")


class AwaitingRow(NamedTuple):
    """An operation with what it came with. `receipted`: the verdict that it had, and its card; None without receipt."""

    key: OperationKey
    till_id: UUID
    epoch: int
    seq: int
    content: dict[str, Any]
    received_at: datetime
    event_time: datetime
    receipted: dict[str, Any] | None


def read_awaiting(connection: Connection, merchant_id: MerchantId, limit: int) -> Sequence[AwaitingRow]:
    """The next that are to be decided."""
    asked = {"merchant_id": merchant_id, "limit": limit}
    return [AwaitingRow(*row) for row in connection.execute(_AWAITING, asked)]
