"""Enrolment: a code, made for one store and one till name, becomes a till."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from common.card_code import TILL_NUMBER_MAX
from common.entropy import new_uuid, random_bytes
from common.ids import MerchantId, StoreId, TillId
from common.pin import PIN_KEY_BYTES
from common.wire.enrol import EnrolledMerchant, EnrolledStore, EnrolledTill, EnrolResponse
from server.access.tokens import new_token, sha256
from server.observing.request import name_till
from server.store.fence.entrance import enter_by_secret
from server.store.wake.announce import announce_till
from server.trouble import NoTillNumberLeft

CODE_LIFETIME: Final = timedelta(minutes=10)

# Crockford's base32: nothing that is read aloud wrong. 8 of 32 characters are 40 bits, good for ten minutes.
_CODE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHARACTERS: Final = 8
_READ_ALOUD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """What the merchant types into the till, and until when it works."""

    code: str
    expires_at: datetime


_INSERT_CODE = text("""
WITH listed AS (
    INSERT INTO token_directory (token_sha256, merchant_id) VALUES (:code_sha256, :merchant_id)
), ended AS (
    DELETE FROM enrolment_codes WHERE merchant_id = :merchant_id AND expires_at < :now RETURNING code_sha256
), unlisted AS (
    DELETE FROM token_directory WHERE merchant_id = :merchant_id AND token_sha256 IN (SELECT code_sha256 FROM ended)
)
INSERT INTO enrolment_codes (merchant_id, code_sha256, store_id, till_name, expires_at)
VALUES (:merchant_id, :code_sha256, :store_id, :till_name, :expires_at)
""")

_USE_CODE = text("""
UPDATE enrolment_codes c
   SET used_at = :now
  FROM stores s, merchants m
 WHERE c.merchant_id = :merchant_id AND c.code_sha256 = :code_sha256 AND c.used_at IS NULL AND c.expires_at > :now
   AND s.merchant_id = c.merchant_id AND s.store_id = c.store_id
   AND m.merchant_id = c.merchant_id
RETURNING c.merchant_id, c.store_id, c.till_name, s.name AS store_name, m.name AS merchant_name
""")

_TILL = """
SELECT till_id, number, epoch, token_sha256, next_token_sha256
  FROM tills
 WHERE merchant_id = :merchant_id AND store_id = :store_id AND name = :till_name
"""
_READ_TILL = text(_TILL)
_LOCK_TILL = text(_TILL + " FOR NO KEY UPDATE")

_NEXT_NUMBER = text("SELECT coalesce(max(number), 0) + 1 FROM tills WHERE merchant_id = :merchant_id")

_WRITE_TILL = text("""
WITH listed AS (
    INSERT INTO token_directory (token_sha256, merchant_id) VALUES (:token_sha256, :merchant_id)
)
INSERT INTO tills (merchant_id, till_id, store_id, name, number, token_sha256, pin_key, epoch, have_seq, app_version,
                   enrolled_at)
VALUES (:merchant_id, :till_id, :store_id, :till_name, :number, :token_sha256, :pin_key, :epoch, 0, :app_version, :now)
ON CONFLICT (merchant_id, till_id) DO UPDATE
   SET token_sha256 = EXCLUDED.token_sha256, pin_key = EXCLUDED.pin_key, epoch = EXCLUDED.epoch, have_seq = 0,
       app_version = EXCLUDED.app_version, enrolled_at = EXCLUDED.enrolled_at, revoked_at = NULL, empty_queue_at = NULL,
       next_token_sha256 = NULL
""")

_UNLIST = text("DELETE FROM token_directory WHERE token_sha256 = ANY(:tokens_sha256) AND merchant_id = :merchant_id")


def make_code(
    connection: Connection, *, merchant_id: MerchantId, store_id: StoreId, till_name: str, now: datetime
) -> EnrolmentCode:
    """A code for one till of one store. It works once, until it expires. Raises NoTillNumberLeft."""
    place = {"merchant_id": merchant_id, "store_id": store_id, "till_name": till_name}
    if connection.execute(_READ_TILL, place).first() is None:
        _next_number(connection, place)
    bits = int.from_bytes(random_bytes(_CODE_CHARACTERS), "big")
    characters = "".join(_CODE_ALPHABET[bits >> (5 * place) & 31] for place in range(_CODE_CHARACTERS))
    code = EnrolmentCode(f"{characters[:4]}-{characters[4:]}", now + CODE_LIFETIME)
    connection.execute(
        _INSERT_CODE,
        place | {"code_sha256": sha256(_normalise(code.code)), "expires_at": code.expires_at, "now": now},
    )
    return code


def enrol(
    connection: Connection, code: str, *, app_version: str, now: datetime, incarnation: str
) -> EnrolResponse | None:
    """Make the till that a code was made for, or renew it under its old id and number.

    None for a code that is wrong, used or expired: nobody learns which. A till that enrols again begins a new epoch,
    gets a new token and PIN key, and its old token ends. Raises NoTillNumberLeft where the last number was given away
    since the code was made; the code is not used up then.
    """
    code_sha256 = sha256(_normalise(code))
    merchant_id = enter_by_secret(connection, code_sha256)
    if merchant_id is None:
        return None
    used = connection.execute(_USE_CODE, {"merchant_id": merchant_id, "code_sha256": code_sha256, "now": now}).first()
    if used is None:
        return None
    place = {"merchant_id": used.merchant_id, "store_id": used.store_id, "till_name": used.till_name}
    old = connection.execute(_LOCK_TILL, place).first()
    if old is not None:
        ended = [one for one in (old.token_sha256, old.next_token_sha256) if one is not None]
        connection.execute(_UNLIST, {"merchant_id": used.merchant_id, "tokens_sha256": ended})
    till_id = TillId(new_uuid(now)) if old is None else old.till_id
    number = _next_number(connection, place) if old is None else old.number
    epoch = 1 if old is None else old.epoch + 1
    token, pin_key = new_token(), random_bytes(PIN_KEY_BYTES)
    written = {
        "till_id": till_id,
        "number": number,
        "epoch": epoch,
        "token_sha256": sha256(token),
        "pin_key": pin_key,
        "app_version": app_version,
        "now": now,
    }
    connection.execute(_WRITE_TILL, place | written)
    name_till(used.merchant_id, till_id)
    # Whoever listens with the old token learns that it has ended.
    announce_till(connection, used.merchant_id, till_id)
    return _response(used, till_id, number, epoch, token, pin_key, now, incarnation)


def _next_number(connection: Connection, place: Mapping[str, Any]) -> int:
    """The number of the merchant's next new till. Raises NoTillNumberLeft."""
    number: int = connection.execute(_NEXT_NUMBER, place).scalar_one()
    if number > TILL_NUMBER_MAX:
        raise NoTillNumberLeft(
            f"All {TILL_NUMBER_MAX:,} till numbers of this merchant are given away, and none is given twice. "
            "Make the code for a till that is no longer used, by its store and its name: it keeps its number. "
            "See: tillstamp-server tills list"
        )
    return number


def _response(
    used: Row[Any],
    till_id: TillId,
    number: int,
    epoch: int,
    token: str,
    pin_key: bytes,
    now: datetime,
    incarnation: str,
) -> EnrolResponse:
    # Not validated: validation takes `pin_key` for base64 and would decode it.
    return EnrolResponse.model_construct(
        till=EnrolledTill(id=till_id, name=used.till_name, number=number),
        store=EnrolledStore(id=used.store_id, name=used.store_name),
        merchant=EnrolledMerchant(id=used.merchant_id, name=used.merchant_name),
        token=token,
        pin_key=pin_key,
        epoch=epoch,
        incarnation=incarnation,
        server_time=now,
    )


def _normalise(code: str) -> str:
    """A code as people type it: small letters, with or without the dash, I for 1, O for 0."""
    return code.strip().upper().translate(_READ_ALOUD)
