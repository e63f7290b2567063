"""Tills: who sends, what they have sent so far, and when they were in contact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from common.ids import MerchantId, StoreId, TillId
from server.observing.request import name_till
from server.store.fence.entrance import enter_by_secret

CONTACT_WINDOW: Final = timedelta(hours=1)

_TILL = """
SELECT t.till_id, t.store_id, t.name, t.number, t.pin_key, t.epoch, t.have_seq, t.revoked_at, t.empty_queue_at,
       t.clock_warned_on, m.offline_days_max, p.inactive_since AS program_inactive_since, r.recovery_id,
       coalesce(r.recovering, false) AS recovering
  FROM tills t
  JOIN merchants m ON m.merchant_id = t.merchant_id
  JOIN programs p ON p.merchant_id = t.merchant_id
  LEFT JOIN LATERAL (SELECT recovery_id, ended_at IS NULL AS recovering FROM recoveries
                      WHERE merchant_id = t.merchant_id ORDER BY recovery_id DESC LIMIT 1) r ON true
 WHERE t.merchant_id = :merchant_id"""
_READ_TILL = text(_TILL + " AND t.token_sha256 = :token_sha256")
_LOCK_TILL = text(_TILL + " AND t.token_sha256 = :token_sha256 FOR NO KEY UPDATE OF t")
_READ_TILLS = text(_TILL)


# The new token was handed out and lies with the till: from its first use on the old one is worth nothing.
_PROMOTE = text("""
WITH was AS (
    SELECT till_id, token_sha256 FROM tills
     WHERE merchant_id = :merchant_id AND next_token_sha256 = :token_sha256
       FOR UPDATE
), unlisted AS (
    DELETE FROM token_directory d USING was
     WHERE d.merchant_id = :merchant_id AND d.token_sha256 = was.token_sha256
)
UPDATE tills t SET token_sha256 = t.next_token_sha256, next_token_sha256 = NULL
  FROM was
 WHERE t.merchant_id = :merchant_id AND t.till_id = was.till_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """A till as the server knows it, with what its merchant decides for it.

    Attributes:
        recovery_id: the merchant's latest recovery; None where there never was one.
        recovering: it is under way.
    """

    merchant_id: MerchantId
    till_id: TillId
    store_id: StoreId
    name: str
    number: int
    pin_key: bytes
    epoch: int
    have_seq: int
    revoked_at: datetime | None
    empty_queue_at: datetime | None
    clock_warned_on: date | None
    offline_days_max: int
    program_inactive_since: datetime | None
    recovery_id: UUID | None
    recovering: bool


def find_till(connection: Connection, token_sha256: bytes, *, lock: bool) -> Till | None:
    """The till that a token belongs to, locked until the end of the transaction if `lock`; None for a made-up one.

    The first use of a till's new token ends its old one. The rest of this transaction is kept within its merchant, and
    every wait for a lock in it ends in time.
    """
    merchant_id = enter_by_secret(connection, token_sha256)
    if merchant_id is None:
        return None
    found = {"merchant_id": merchant_id, "token_sha256": token_sha256}
    query = _LOCK_TILL if lock else _READ_TILL
    row = connection.execute(query, found).mappings().first()
    if row is None:
        # The token is listed: it is a till's new one, an enrolment code, or of a till that was just given another.
        connection.execute(_PROMOTE, found)
        row = connection.execute(query, found).mappings().first()
    if row is None:
        return None
    name_till(merchant_id, row["till_id"])
    return Till(merchant_id=merchant_id, **row)


_BY_ID = text(_TILL + " AND t.till_id = :till_id")
_LOCK_BY_ID = text(_BY_ID.text + " FOR NO KEY UPDATE OF t")


def read_till(connection: Connection, merchant_id: MerchantId, till_id: TillId, *, lock: bool = False) -> Till:
    """A till by its id, locked until the end of the transaction if `lock`. Raises NoResultFound for an unknown one."""
    asked = {"merchant_id": merchant_id, "till_id": till_id}
    query = _LOCK_BY_ID if lock else _BY_ID
    return Till(merchant_id=merchant_id, **connection.execute(query, asked).mappings().one())


def read_tills(connection: Connection, merchant_id: MerchantId) -> dict[TillId, Till]:
    """Every till of a merchant, the revoked ones too."""
    rows = connection.execute(_READ_TILLS, {"merchant_id": merchant_id}).mappings()
    return {row["till_id"]: Till(merchant_id=merchant_id, **row) for row in rows}


_BOOTS = text("""
SELECT boot_id, min(booted_at) AS booted_at
  FROM contacts
 WHERE merchant_id = :merchant_id AND till_id = :till_id AND boot_id = ANY(:boot_ids)
 GROUP BY boot_id
""")

# Of the contacts of one boot only those of its last hour count, and of those only one that no later one undercut can
# still be the smallest: the rest is dropped.
_RECORD_CONTACT = text("""
WITH undercut AS (
    DELETE FROM contacts
     WHERE merchant_id = :merchant_id AND till_id = :till_id AND boot_id = :boot_id
       AND (booted_at >= :booted_at OR received_at < :received_at - CAST(:contact_window AS interval))
       AND received_at <> :received_at
)
INSERT INTO contacts (merchant_id, till_id, boot_id, received_at, booted_at)
VALUES (:merchant_id, :till_id, :boot_id, :received_at, :booted_at)
ON CONFLICT (merchant_id, till_id, boot_id, received_at) DO UPDATE
   SET booted_at = least(contacts.booted_at, EXCLUDED.booted_at)
""")


def read_boots(connection: Connection, till: Till, boot_ids: Iterable[str]) -> dict[str, datetime]:
    """For each boot that was in contact: the smallest `received − uptime` of its last hour of contacts."""
    asked = _of(till) | {"boot_ids": list(boot_ids)}
    return {row.boot_id: row.booted_at for row in connection.execute(_BOOTS, asked)}


def record_contact(
    connection: Connection, till: Till, *, boot_id: str, received_at: datetime, booted_at: datetime
) -> None:
    """Remember one contact of a boot."""
    contact = {"boot_id": boot_id, "received_at": received_at, "booted_at": booted_at}
    connection.execute(_RECORD_CONTACT, _of(till) | contact | {"contact_window": CONTACT_WINDOW})


_UPDATE_TILL = text("""
UPDATE tills
   SET epoch = :epoch, have_seq = :have_seq, app_version = :app_version, last_contact_at = :received_at,
       pending = :pending, oldest_pending_at = :oldest_pending_at,
       empty_queue_at = coalesce(:empty_queue_at, empty_queue_at),
       clock_warned_on = coalesce(:clock_warned_on, clock_warned_on), repeats = repeats + :repeats
 WHERE merchant_id = :merchant_id AND till_id = :till_id
""")


def update_till(connection: Connection, till: Till, **values: Any) -> None:
    """Write what a push told of the till itself."""
    connection.execute(_UPDATE_TILL, _of(till) | values)


def _of(till: Till) -> dict[str, Any]:
    return {"merchant_id": till.merchant_id, "till_id": till.till_id}
