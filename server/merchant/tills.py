"""The tills of a merchant: which there are, how they fare, and taking one away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from common.clock import Clock
from common.ids import TillId
from server.access.enrolment import EnrolmentCode, make_code
from server.merchant.names import find_merchant, find_open_store
from server.store.wake.announce import announce_till
from server.trouble import NotFound, NotPossible

TILL_NAME_CHARACTERS_MAX: Final = 60

_LIST: Final = text("""
SELECT m.slug AS merchant, s.slug AS store, t.name, t.number, t.app_version, t.enrolled_at, t.revoked_at,
       t.last_contact_at, t.pending, t.oldest_pending_at
  FROM tills t
  JOIN merchants m ON m.merchant_id = t.merchant_id
  JOIN stores s ON s.merchant_id = t.merchant_id AND s.store_id = t.store_id
 WHERE CAST(:merchant_id AS uuid) IS NULL OR t.merchant_id = :merchant_id
 ORDER BY m.slug, s.slug, t.name
""")
_FIND: Final = text("""
SELECT t.till_id, t.revoked_at
  FROM tills t
  JOIN stores s ON s.merchant_id = t.merchant_id AND s.store_id = t.store_id
 WHERE t.merchant_id = :merchant_id AND s.slug = :store AND t.name = :name
   FOR NO KEY UPDATE OF t
""")
_TILL_ID: Final = text("""
SELECT t.till_id FROM tills t
  JOIN stores s ON s.merchant_id = t.merchant_id AND s.store_id = t.store_id
 WHERE t.merchant_id = :merchant_id AND s.slug = :store AND t.name = :name
""")
_REVOKE: Final = text("UPDATE tills SET revoked_at = :at WHERE merchant_id = :merchant_id AND till_id = :till_id")


@dataclass(frozen=True, slots=True)
class TillState:
    """How a till fares, as far as its last contact told. `pending` operations then waited on it."""

    merchant: str
    store: str
    name: str
    number: int
    app_version: str
    enrolled_at: datetime
    revoked_at: datetime | None
    last_contact_at: datetime | None
    pending: int
    oldest_pending_at: datetime | None


def list_tills(connection: Connection, merchant: str | None = None) -> list[TillState]:
    """All tills, or those of one merchant. Raises NotFound for a merchant that is not there."""
    merchant_id = None if merchant is None else find_merchant(connection, merchant)
    return [TillState(**row) for row in connection.execute(_LIST, {"merchant_id": merchant_id}).mappings()]


def find_till_id(connection: Connection, *, merchant: str, store: str, name: str) -> TillId:
    """The till of that name, revoked or not. Raises NotFound."""
    asked = {"merchant_id": find_merchant(connection, merchant), "store": store, "name": name}
    till_id: TillId | None = connection.execute(_TILL_ID, asked).scalar()
    if till_id is None:
        raise _no_till(merchant, store, name)
    return till_id


def _no_till(merchant: str, store: str, name: str) -> NotFound:
    return NotFound(f'The store "{store}" has no till "{name}". See: tillstamp-server tills list --merchant {merchant}')


def revoke_till(connection: Connection, *, merchant: str, store: str, name: str, clock: Clock) -> datetime:
    """Take a till's right to judge and to see away; returns since when it has none.

    What it still sends is kept and parked, so that nothing it did is lost. Revoking again changes nothing. Raises
    NotFound.
    """
    merchant_id = find_merchant(connection, merchant)
    found = connection.execute(_FIND, {"merchant_id": merchant_id, "store": store, "name": name}).first()
    if found is None:
        raise _no_till(merchant, store, name)
    if found.revoked_at is not None:
        revoked_at: datetime = found.revoked_at
        return revoked_at
    at = clock.now()
    connection.execute(_REVOKE, {"merchant_id": merchant_id, "till_id": found.till_id, "at": at})
    announce_till(connection, merchant_id, found.till_id)
    return at


def make_enrolment_code(connection: Connection, *, merchant: str, store: str, till: str, clock: Clock) -> EnrolmentCode:
    """A code that makes a computer the till of that name. Raises NotFound, NotPossible and NoTillNumberLeft."""
    name = till.strip()
    if not name or len(name) > TILL_NAME_CHARACTERS_MAX or not name.isprintable():
        raise NotPossible(f"A till's name has 1 to {TILL_NAME_CHARACTERS_MAX} characters, on one line.")
    merchant_id = find_merchant(connection, merchant)
    store_id = find_open_store(connection, merchant_id, store)
    return make_code(connection, merchant_id=merchant_id, store_id=store_id, till_name=name, now=clock.now())
