"""Cards: which card an id or a code means, and the row locks that make two tills take turns."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from common.ids import CardId, MerchantId
from server.store.many import as_uuids, write_rows

_ALIASES = text(
    "SELECT card_id, merged_into FROM aliases"
    " WHERE merchant_id = :merchant_id AND card_id = ANY(CAST(:card_ids AS uuid[]))"
)

_HOLDERS = text("SELECT code, card_id FROM card_codes WHERE merchant_id = :merchant_id AND code = ANY(:codes)")

# One statement, in the order of ids: two batches that share cards lock them in the same order, so neither waits for
# the other in a circle. FOR NO KEY UPDATE, because foreign keys that point here need not wait.
_LOCK = text("""
SELECT card_id, number, token, store_id, name, phone, email, stamp_count, lifetime_stamps, redemptions, last_stamp_at,
       last_redemption_at, inactive_since, inactive_reason, status_changed_at, carried_over
  FROM cards
 WHERE merchant_id = :merchant_id AND card_id = ANY(CAST(:card_ids AS uuid[]))
 ORDER BY card_id
   FOR NO KEY UPDATE
""")

_WRITE = text("""
INSERT INTO cards (merchant_id, ver,
                   card_id, number, token, store_id, name, phone, email, stamp_count, lifetime_stamps, redemptions,
                   last_stamp_at, last_redemption_at, inactive_since, inactive_reason, status_changed_at, carried_over)
SELECT :merchant_id, :ver, c.*
  FROM json_to_recordset(CAST(:rows AS json))
       AS c(card_id uuid, number text, token text, store_id uuid, name text, phone text, email text, stamp_count int,
            lifetime_stamps int, redemptions int, last_stamp_at timestamptz, last_redemption_at timestamptz,
            inactive_since timestamptz, inactive_reason text, status_changed_at timestamptz, carried_over boolean)
ON CONFLICT (merchant_id, card_id) DO UPDATE
   SET number = EXCLUDED.number, token = EXCLUDED.token, stamp_count = EXCLUDED.stamp_count,
       lifetime_stamps = EXCLUDED.lifetime_stamps, redemptions = EXCLUDED.redemptions,
       last_stamp_at = EXCLUDED.last_stamp_at, last_redemption_at = EXCLUDED.last_redemption_at,
       inactive_since = EXCLUDED.inactive_since, inactive_reason = EXCLUDED.inactive_reason,
       status_changed_at = EXCLUDED.status_changed_at, carried_over = EXCLUDED.carried_over, ver = EXCLUDED.ver
""")

# In one order too: of two batches that take the same codes, one waits for the other, never each for each.
_INSERT_CODES = text("""
INSERT INTO card_codes (merchant_id, code, card_id)
SELECT :merchant_id, c.code, c.card_id
  FROM json_to_recordset(CAST(:rows AS json)) AS c(code text, card_id uuid)
 ORDER BY c.code
""")

_INSERT_ALIASES = text("""
INSERT INTO aliases (merchant_id, ver, card_id, merged_into)
SELECT :merchant_id, :ver, a.* FROM json_to_recordset(CAST(:rows AS json)) AS a(card_id uuid, merged_into uuid)
""")


class CardRow(NamedTuple):
    """A card; the defaults are those of a new one."""

    card_id: CardId
    number: str
    token: str
    store_id: Any
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    stamp_count: int = 0
    lifetime_stamps: int = 0
    redemptions: int = 0
    last_stamp_at: datetime | None = None
    last_redemption_at: datetime | None = None
    inactive_since: datetime | None = None
    inactive_reason: str | None = None
    status_changed_at: datetime | None = None
    carried_over: bool = False


class CodeRow(NamedTuple):
    code: str
    card_id: CardId


class AliasRow(NamedTuple):
    card_id: CardId
    merged_into: CardId


def read_aliases(connection: Connection, merchant_id: MerchantId, card_ids: Iterable[CardId]) -> dict[CardId, CardId]:
    """For each of these that was merged: the card that it counts on. That card is never merged itself."""
    asked = {"merchant_id": merchant_id, "card_ids": as_uuids(card_ids)}
    return {row.card_id: row.merged_into for row in connection.execute(_ALIASES, asked)}


def read_code_holders(connection: Connection, merchant_id: MerchantId, codes: Sequence[str]) -> dict[str, CardId]:
    """For each of these numbers and tokens that was ever given out: its card."""
    asked = {"merchant_id": merchant_id, "codes": codes}
    return {row.code: row.card_id for row in connection.execute(_HOLDERS, asked)}


def lock_cards(connection: Connection, merchant_id: MerchantId, card_ids: Iterable[CardId]) -> Sequence[CardRow]:
    """Lock these cards until the end of the transaction, and read them as they are once the lock is held."""
    asked = {"merchant_id": merchant_id, "card_ids": as_uuids(card_ids)}
    return [CardRow(*row) for row in connection.execute(_LOCK, asked)]


def write_cards(connection: Connection, merchant_id: MerchantId, *, ver: int, rows: Sequence[CardRow]) -> None:
    """Write new cards, and the figures of locked ones."""
    write_rows(connection, _WRITE, _shared(merchant_id, ver), rows)


def insert_codes(connection: Connection, merchant_id: MerchantId, rows: Sequence[CodeRow]) -> None:
    """Take numbers and tokens for ever. One that was taken meanwhile is a unique violation: try again."""
    write_rows(connection, _INSERT_CODES, {"merchant_id": merchant_id}, rows)


def insert_aliases(connection: Connection, merchant_id: MerchantId, *, ver: int, rows: Sequence[AliasRow]) -> None:
    write_rows(connection, _INSERT_ALIASES, _shared(merchant_id, ver), rows)


def _shared(merchant_id: MerchantId, ver: int) -> dict[str, Any]:
    return {"merchant_id": merchant_id, "ver": ver}
