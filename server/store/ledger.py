"""The ledger: the history that a judgement reads, and the transactions that it adds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, text

from common.ids import CardId, MerchantId, OperationKey
from server.store.operations import columns
from server.store.tills import Till

_LIVE_STAMPS = text("""
SELECT t.key, t.card_id, t.event_time, t.store_id, t.delta
  FROM unnest(CAST(:card_id AS uuid[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]))
       AS span(card_id, since, until)
  JOIN transactions t
    ON t.merchant_id = :merchant_id AND t.card_id = span.card_id AND t.event_time BETWEEN span.since AND span.until
 WHERE t.kind = 'stamp' AND t.live
""")

_ORIGINALS = text("""
SELECT o.key, o.kind, o.till_id, o.staff_id, v.outcome, v.card_id, v.event_time, t.delta, t.voided_by
  FROM operations o
  JOIN verdicts v ON v.merchant_id = o.merchant_id AND v.key = o.key
  LEFT JOIN transactions t ON t.merchant_id = o.merchant_id AND t.key = o.key
 WHERE o.merchant_id = :merchant_id AND o.key = ANY(:keys) AND o.kind IN ('stamp', 'redeem')
   AND v.outcome <> 'parked' AND v.event_time IS NOT NULL
""")

_PARKED_CARDS = text("""
SELECT card_id FROM verdicts
 WHERE merchant_id = :merchant_id AND outcome = 'parked' AND card_id = ANY(:card_ids)
 UNION
SELECT card_id FROM unkeyed_operations
 WHERE merchant_id = :merchant_id AND outcome = 'parked' AND card_id = ANY(:card_ids)
""")

_INSERT = text("""
INSERT INTO transactions (merchant_id, store_id, till_id, ver,
                          key, card_id, staff_id, kind, delta, lifetime_delta, redemptions_delta, balance_after,
                          original, shortfall, reward, event_time, business_date, voided_by, live, line)
SELECT :merchant_id, :store_id, :till_id, :ver, t.*
  FROM unnest(CAST(:key AS uuid[]), CAST(:card_id AS uuid[]), CAST(:staff_id AS uuid[]), CAST(:kind AS text[]),
              CAST(:delta AS int[]), CAST(:lifetime_delta AS int[]), CAST(:redemptions_delta AS int[]),
              CAST(:balance_after AS int[]), CAST(:original AS uuid[]), CAST(:shortfall AS int[]),
              CAST(:reward AS text[]), CAST(:event_time AS timestamptz[]), CAST(:business_date AS date[]),
              CAST(:voided_by AS uuid[]), CAST(:live AS boolean[]), CAST(:line AS int[])) t
""")

_MARK_VOIDED = text("""
UPDATE transactions t
   SET voided_by = m.voided_by, live = m.live
  FROM unnest(CAST(:key AS uuid[]), CAST(:voided_by AS uuid[]), CAST(:live AS boolean[])) AS m(key, voided_by, live)
 WHERE t.merchant_id = :merchant_id AND t.key = m.key
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
    return connection.execute(_LIVE_STAMPS, {"merchant_id": merchant_id} | columns(Span, spans)).all()


def read_originals(connection: Connection, merchant_id: MerchantId, keys: Iterable[OperationKey]) -> Sequence[Row[Any]]:
    """The stamps and redemptions that voids name, once judged: a parked one is nobody's original yet."""
    return connection.execute(_ORIGINALS, {"merchant_id": merchant_id, "keys": list(keys)}).all()


def read_parked_cards(connection: Connection, merchant_id: MerchantId, card_ids: Iterable[CardId]) -> set[CardId]:
    """Those of these cards that have an operation waiting for a person's decision."""
    asked = {"merchant_id": merchant_id, "card_ids": list(card_ids)}
    return set(connection.execute(_PARKED_CARDS, asked).scalars())


def insert_transactions(connection: Connection, till: Till, *, ver: int, rows: Sequence[TransactionRow]) -> None:
    shared = {"merchant_id": till.merchant_id, "store_id": till.store_id, "till_id": till.till_id, "ver": ver}
    connection.execute(_INSERT, shared | columns(TransactionRow, rows))


def mark_voided(connection: Connection, merchant_id: MerchantId, rows: Sequence[VoidedRow]) -> None:
    connection.execute(_MARK_VOIDED, {"merchant_id": merchant_id} | columns(VoidedRow, rows))
