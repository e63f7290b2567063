"""The ledger: the history that a judgement reads, and the transactions that it adds."""

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from common.ids import CardId, MerchantId, OperationKey
from server.store.many import as_records, as_uuids, write_rows
from server.store.tills import Till

# LATERAL with OFFSET 0, so that each span is looked up in the index by card and time. As a plain join a planner without
# statistics (a young shop's) reads every transaction of the merchant instead, once for each batch.
_LIVE_STAMPS = text("""
SELECT stamp.*
  FROM json_to_recordset(CAST(:spans AS json)) AS span(card_id uuid, since timestamptz, until timestamptz)
 CROSS JOIN LATERAL (
       SELECT t.key, t.card_id, t.event_time, t.store_id, t.delta
         FROM transactions t
        WHERE t.merchant_id = :merchant_id AND t.card_id = span.card_id
          AND t.event_time BETWEEN span.since AND span.until AND t.kind = 'stamp' AND t.live
       OFFSET 0) stamp
""")

_ORIGINALS = text("""
SELECT o.key, o.kind, o.till_id, o.staff_id, v.outcome, v.card_id, v.event_time, t.delta, t.voided_by
  FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
  LEFT JOIN transactions t ON t.merchant_id = o.merchant_id AND t.key = o.key
 WHERE o.merchant_id = :merchant_id AND o.key = ANY(CAST(:keys AS uuid[])) AND o.kind IN ('stamp', 'redeem')
   AND v.outcome <> 'parked' AND v.event_time IS NOT NULL
""")

_PARKED_CARDS = text("""
SELECT card_id FROM verdicts
 WHERE merchant_id = :merchant_id AND outcome = 'parked' AND card_id = ANY(CAST(:card_ids AS uuid[]))
   AND code <> 'awaiting_recovery'
 UNION
SELECT card_id FROM unkeyed_operations
 WHERE merchant_id = :merchant_id AND outcome = 'parked' AND card_id = ANY(CAST(:card_ids AS uuid[]))
""")

_INSERT = text("""
INSERT INTO transactions (merchant_id, store_id, till_id, ver,
                          key, card_id, staff_id, kind, delta, lifetime_delta, redemptions_delta, balance_after,
                          original, shortfall, reward, event_time, business_date, voided_by, live, line)
SELECT :merchant_id, :store_id, :till_id, :ver, t.*
  FROM json_to_recordset(CAST(:rows AS json))
       AS t(key uuid, card_id uuid, staff_id uuid, kind text, delta int, lifetime_delta int, redemptions_delta int,
            balance_after int, original uuid, shortfall int, reward text, event_time timestamptz, business_date date,
            voided_by uuid, live boolean, line int)
""")

# The keys are named twice, so that whatever the planner thinks of the join, the transactions come by their index.
_MARK_VOIDED = text("""
UPDATE transactions t
   SET voided_by = m.voided_by, live = m.live
  FROM json_to_recordset(CAST(:rows AS json)) AS m(key uuid, voided_by uuid, live boolean)
 WHERE t.merchant_id = :merchant_id AND t.key = ANY(CAST(:keys AS uuid[])) AND m.key = t.key
""")


class Span(NamedTuple):
    """How much of a card's history is needed."""

    card_id: CardId
    since: datetime
    until: datetime


class TransactionRow(NamedTuple):
    key: OperationKey
    card_id: CardId
    staff_id: Any
    kind: str
    delta: int
    lifetime_delta: int
    redemptions_delta: int
    balance_after: int
    original: OperationKey | None
    shortfall: int
    reward: str | None
    event_time: datetime
    business_date: date
    voided_by: OperationKey | None
    live: bool
    line: int


class VoidedRow(NamedTuple):
    """An older transaction that a void of this batch took back."""

    key: OperationKey
    voided_by: OperationKey
    live: bool


def read_live_stamps(connection: Connection, merchant_id: MerchantId, spans: Sequence[Span]) -> Sequence[Row[Any]]:
    """The live stamps of each card within its span. One span for each card at most, or a stamp counts twice."""
    return connection.execute(_LIVE_STAMPS, {"merchant_id": merchant_id, "spans": as_records(spans)}).all()


def read_originals(connection: Connection, merchant_id: MerchantId, keys: Set[OperationKey]) -> Sequence[Row[Any]]:
    """The stamps and redemptions that voids name, once judged: a parked one is nobody's original yet."""
    return connection.execute(_ORIGINALS, {"merchant_id": merchant_id, "keys": as_uuids(keys)}).all()


def read_parked_cards(connection: Connection, merchant_id: MerchantId, card_ids: Iterable[CardId]) -> set[CardId]:
    """Those of these cards that have an operation waiting for a person's decision."""
    asked = {"merchant_id": merchant_id, "card_ids": as_uuids(card_ids)}
    return set(connection.execute(_PARKED_CARDS, asked).scalars())


def insert_transactions(connection: Connection, till: Till, *, ver: int, rows: Sequence[TransactionRow]) -> None:
    shared = {"merchant_id": till.merchant_id, "store_id": till.store_id, "till_id": till.till_id, "ver": ver}
    write_rows(connection, _INSERT, shared, rows)


def mark_voided(connection: Connection, merchant_id: MerchantId, rows: Sequence[VoidedRow]) -> None:
    shared = {"merchant_id": merchant_id, "keys": as_uuids(row.key for row in rows)}
    write_rows(connection, _MARK_VOIDED, shared, rows)
