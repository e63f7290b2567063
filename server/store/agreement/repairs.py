"""What tills report of their cards that were not the server's: one item on the attention list, however often."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import pydantic_core
from sqlalchemy import Connection, text

from common.entropy import new_uuid
from common.wire.push import RepairedBucket
from server.store.attention import AttentionKind
from server.store.tills import Till

# While nobody has resolved a till's item, it is that one which grows, by bucket: a report that comes twice, because its
# answer was lost, says the same again. The till's row is locked, so there is never a second one.
_REPORT: Final = text(f"""
WITH grown AS (
    UPDATE attention
       SET detail = jsonb_build_object(
               'rows', (SELECT sum(CAST(b.value ->> 'rows' AS numeric))
                          FROM jsonb_each(detail -> 'buckets' || CAST(:buckets AS jsonb)) b),
               'buckets', detail -> 'buckets' || CAST(:buckets AS jsonb))
     WHERE merchant_id = :merchant_id AND kind = '{AttentionKind.DIVERGED_CARDS}' AND till_id = :till_id
       AND resolved_at IS NULL
    RETURNING attention_id
)
INSERT INTO attention (merchant_id, raised_at, attention_id, kind, till_id, detail)
SELECT :merchant_id, :raised_at, :attention_id, '{AttentionKind.DIVERGED_CARDS}', :till_id,
       jsonb_build_object('rows', CAST(:rows AS numeric), 'buckets', CAST(:buckets AS jsonb))
 WHERE NOT EXISTS (SELECT FROM grown)
""")


def report_repairs(connection: Connection, till: Till, repaired: Sequence[RepairedBucket], *, at: datetime) -> None:
    """Put what a till has mended on the attention list. The caller has locked the till's row."""
    buckets: dict[str, dict[str, Any]] = {
        str(one.bucket): {
            "ver": one.ver,
            "rows": one.missing + one.unknown + one.different,
            "missing": one.missing,
            "unknown": one.unknown,
            "different": one.different,
            "card_ids": one.card_ids,
        }
        for one in repaired
    }
    connection.execute(
        _REPORT,
        {
            "merchant_id": till.merchant_id,
            "till_id": till.till_id,
            "raised_at": at,
            "attention_id": new_uuid(at),
            "rows": sum(bucket["rows"] for bucket in buckets.values()),
            "buckets": pydantic_core.to_json(buckets).decode(),
        },
    )
