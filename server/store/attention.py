"""The attention list: what a person must look at. An item stays until somebody resolves it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from common.ids import MerchantId
from server.store.many import write_rows


class AttentionKind(StrEnum):
    """Why somebody must look."""

    LOSS = "loss"
    SHORTFALL = "shortfall"
    PARKED = "parked"
    BACKDATED = "backdated"
    TILL_DIVERGED = "till_diverged"
    CLOCK = "clock"
    REPLACED = "replaced"
    UNBLOCKED = "unblocked"
    LOCKOUT = "lockout"
    CARRIED_OVER = "carried_over"
    KEY_REUSED = "key_reused"
    DIVERGED_CARDS = "diverged_cards"
    RECOVERY = "recovery"
    RECOVERED_CARD = "recovered_card"


class AttentionRow(NamedTuple):
    attention_id: Any
    kind: AttentionKind
    till_id: Any
    card_id: Any
    staff_id: Any
    key: Any
    detail: dict[str, Any]


_INSERT = text("""
INSERT INTO attention (merchant_id, raised_at, attention_id, kind, till_id, card_id, staff_id, key, detail)
SELECT :merchant_id, :raised_at, a.*
  FROM json_to_recordset(CAST(:rows AS json))
       AS a(attention_id uuid, kind text, till_id uuid, card_id uuid, staff_id uuid, key uuid, detail jsonb)
""")


def insert_attention(
    connection: Connection, merchant_id: MerchantId, *, raised_at: datetime, rows: Sequence[AttentionRow]
) -> None:
    write_rows(connection, _INSERT, {"merchant_id": merchant_id, "raised_at": raised_at}, rows)
