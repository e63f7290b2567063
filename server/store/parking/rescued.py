"""Where a till's rescued operations stand: in epoch 0, which no till counts in, numbered as they were brought."""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from server.store.tills import Till

RESCUED_EPOCH: Final = 0

_LAST: Final = text("""
SELECT coalesce(max(seq), 0) FROM (
    SELECT seq FROM operations WHERE merchant_id = :merchant_id AND till_id = :till_id AND epoch = :epoch
     UNION ALL
    SELECT seq FROM unkeyed_operations WHERE merchant_id = :merchant_id AND till_id = :till_id AND epoch = :epoch) r
""")
_REUSED: Final = text("""
SELECT key, digest, seq FROM unkeyed_operations
 WHERE merchant_id = :merchant_id AND till_id = :till_id AND epoch = :epoch AND key IS NOT NULL
""")


class Rescued(NamedTuple):
    """What was brought of a till before: the last number, and those whose keys other operations have."""

    last_seq: int
    reused: dict[tuple[UUID, bytes], int]


def read_rescued(connection: Connection, till: Till) -> Rescued:
    asked = {"merchant_id": till.merchant_id, "till_id": till.till_id, "epoch": RESCUED_EPOCH}
    last = int(connection.execute(_LAST, asked).scalar_one())
    return Rescued(last, {(row.key, bytes(row.digest)): row.seq for row in connection.execute(_REUSED, asked)})
