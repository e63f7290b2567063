"""What was decided of parked operations: their verdicts become others, once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from server.store.many import write_rows
from server.store.operations import OperationRow, VerdictRow
from server.store.tills import Till

_VERDICTS: Final = text("""
UPDATE verdicts v
   SET outcome = d.outcome, code = d.code, detail = d.detail, event_time = d.event_time,
       business_date = d.business_date, terms_version = d.terms_version, balance_after = d.balance_after,
       card_id = d.card_id, merged_into = d.merged_into, number = d.number, ver = :ver,
       receipted = coalesce(d.receipted, v.receipted),
       decided_at = CASE WHEN d.outcome <> 'parked' THEN CAST(:decided_at AS timestamptz) END
  FROM json_to_recordset(CAST(:rows AS json))
       AS d(key uuid, outcome text, code text, detail jsonb, event_time timestamptz, business_date date,
            terms_version int, balance_after int, card_id uuid, merged_into uuid, number text, receipted json)
 WHERE v.merchant_id = :merchant_id AND v.key = d.key AND v.outcome = 'parked'
""")

_UNKEYED: Final = text("""
UPDATE unkeyed_operations u
   SET outcome = d.outcome, code = d.code, ver = :ver
  FROM json_to_recordset(CAST(:rows AS json))
       AS d(till_id uuid, epoch bigint, seq bigint, digest text, outcome text, code text)
 WHERE u.merchant_id = :merchant_id AND u.till_id = d.till_id AND u.epoch = d.epoch AND u.seq = d.seq
   AND u.digest = decode(d.digest, 'hex') AND u.outcome = 'parked'
""")

# What could not be read when it came, and can be by now.
_READ: Final = text("""
UPDATE operations o
   SET kind = r.kind, card_id = r.card_id, staff_id = r.staff_id, digest = decode(r.digest, 'hex'),
       content = CAST(r.content AS json)
  FROM json_to_recordset(CAST(:rows AS json))
       AS r(key uuid, kind text, card_id uuid, staff_id uuid, digest text, content text)
 WHERE o.merchant_id = :merchant_id AND o.key = r.key
""")

_RESOLVE: Final = text("""
UPDATE attention a
   SET resolved_at = :resolved_at, resolution = d.resolution
  FROM json_to_recordset(CAST(:rows AS json)) AS d(key uuid, till_id uuid, seq bigint, resolution text)
 WHERE a.merchant_id = :merchant_id AND a.kind = 'parked' AND a.resolved_at IS NULL
   AND (a.key = d.key
        OR (d.key IS NULL AND a.key IS NULL AND a.till_id = d.till_id AND (a.detail ->> 'seq') = d.seq::text))
""")


class UnkeyedDecision(NamedTuple):
    till_id: Any
    epoch: int
    seq: int
    digest: bytes
    outcome: str
    code: str


class Resolution(NamedTuple):
    """How the attention item of a parked operation was dealt with."""

    key: Any
    till_id: Any
    seq: int
    resolution: str


def change_verdicts(
    connection: Connection, till: Till, *, ver: int, decided_at: datetime, rows: Sequence[VerdictRow]
) -> None:
    """Write other verdicts over parked ones. A final one never changes."""
    write_rows(connection, _VERDICTS, {"merchant_id": till.merchant_id, "ver": ver, "decided_at": decided_at}, rows)


def change_unkeyed(connection: Connection, till: Till, *, ver: int, rows: Sequence[UnkeyedDecision]) -> None:
    write_rows(connection, _UNKEYED, {"merchant_id": till.merchant_id, "ver": ver}, rows)


def keep_as_read(connection: Connection, till: Till, rows: Sequence[OperationRow]) -> None:
    write_rows(connection, _READ, {"merchant_id": till.merchant_id}, rows)


def resolve_parked(connection: Connection, till: Till, *, at: datetime, rows: Sequence[Resolution]) -> None:
    """Close the attention items of what is parked no longer."""
    write_rows(connection, _RESOLVE, {"merchant_id": till.merchant_id, "resolved_at": at}, rows)
