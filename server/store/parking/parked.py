"""The parked operations of a merchant, with what deciding them needs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text

from common.ids import CardId, MerchantId, OperationKey, TillId
from server.store.many import as_uuids


class ParkedRow(NamedTuple):
    """A parked operation.

    Attributes:
        key: None for one without a key of its own; `reused` may name another's.
        ver, seq: the order in which parked ones came, over all tills.
        card_id: the card that it counts on, as far as was known when it came.
        said: its JSON without seq, or its bytes where those were kept.
    """

    key: OperationKey | None
    till_id: TillId
    epoch: int
    seq: int
    ver: int
    kind: str
    card_id: CardId | None
    received_at: datetime
    digest: bytes
    said: bytes
    code: str
    detail: dict[str, Any]
    event_time: datetime | None

    @property
    def place(self) -> tuple[int, int]:
        return self.ver, self.seq

    @property
    def short_id(self) -> str:
        """By which people name it."""
        return (self.digest if self.key is None else self.key.bytes).hex()[-SHORT_ID_CHARACTERS:]


SHORT_ID_CHARACTERS: Final = 8

_PARKED: Final = """
SELECT p.* FROM (
    SELECT v.key, v.till_id, o.epoch, o.seq, v.ver, o.kind, v.card_id, o.received_at, o.digest,
           coalesce(o.raw, convert_to(CAST(o.content AS text), 'UTF8')) AS said, v.code, v.detail, v.event_time
      FROM verdicts v
      JOIN operations o ON o.merchant_id = v.merchant_id AND o.key = v.key
     WHERE v.merchant_id = :merchant_id AND v.outcome = 'parked' AND v.code <> 'awaiting_recovery'
     UNION ALL
    SELECT NULL, u.till_id, u.epoch, u.seq, u.ver, 'unreadable', u.card_id, u.received_at, u.digest,
           coalesce(u.raw, convert_to(CAST(u.content AS text), 'UTF8')), u.code, '{}'::jsonb, NULL
      FROM unkeyed_operations u
     WHERE u.merchant_id = :merchant_id AND u.outcome = 'parked') p
"""
_ORDER: Final = " ORDER BY p.ver, p.seq"
_OF_TILL: Final = text(_PARKED + " WHERE CAST(:till_id AS uuid) IS NULL OR p.till_id = CAST(:till_id AS uuid)" + _ORDER)
_ON_CARDS: Final = text(_PARKED + " WHERE p.card_id = ANY(CAST(:card_ids AS uuid[]))" + _ORDER)
_THESE: Final = text(
    _PARKED + " WHERE p.key = ANY(CAST(:keys AS uuid[])) OR (p.key IS NULL AND p.digest = ANY(:digests))" + _ORDER
)

# Decisions of one merchant take turns: two that touch the same card must not judge the same operation twice.
_TAKE_TURNS: Final = text("SELECT 1 FROM merchants WHERE merchant_id = :merchant_id FOR NO KEY UPDATE")


def take_turns(connection: Connection, merchant_id: MerchantId) -> None:
    """Wait until no other decision of this merchant is under way."""
    connection.execute(_TAKE_TURNS, {"merchant_id": merchant_id})


def parked_of_till(connection: Connection, merchant_id: MerchantId, till_id: TillId | None) -> list[ParkedRow]:
    """Everything that is parked of a till, or of all."""
    return _rows(connection.execute(_OF_TILL, {"merchant_id": merchant_id, "till_id": till_id}).all())


def parked_on_cards(connection: Connection, merchant_id: MerchantId, card_ids: Iterable[UUID]) -> list[ParkedRow]:
    """Everything that is parked on these cards."""
    asked = {"merchant_id": merchant_id, "card_ids": as_uuids(card_ids)}
    return _rows(connection.execute(_ON_CARDS, asked).all())


def still_parked(connection: Connection, merchant_id: MerchantId, rows: Iterable[ParkedRow]) -> list[ParkedRow]:
    """Those of these that nobody has decided meanwhile."""
    known = list(rows)
    asked = {
        "merchant_id": merchant_id,
        "keys": as_uuids(row.key for row in known if row.key is not None),
        "digests": [row.digest for row in known if row.key is None],
    }
    return _rows(connection.execute(_THESE, asked).all())


def _rows(rows: Sequence[Row[Any]]) -> list[ParkedRow]:
    return [ParkedRow(**{**row._mapping, "digest": bytes(row.digest), "said": bytes(row.said)}) for row in rows]
