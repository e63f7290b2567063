"""The entrance: from here on a transaction is one merchant's."""

from typing import Final

from sqlalchemy import Connection, text

from common.ids import MerchantId
from server.store.engine import LOCK_TIMEOUT_MS
from server.store.fence.role import SERVING_ROLE
from server.store.fence.sharded import enter_sharded, enter_sharded_by_secret, is_sharded

# A generic plan from the first execution on: ours are the same for every till, and planning costs more than running.
_INSIDE: Final = f"""
       set_config('role', '{SERVING_ROLE}', true),
       set_config('tillstamp.merchant_id', merchant_id::text, true),
       set_config('lock_timeout', :lock_timeout, true),
       set_config('plan_cache_mode', 'force_generic_plan', true)"""

_ENTER_BY_SECRET = text(f"SELECT merchant_id, {_INSIDE} FROM token_directory WHERE token_sha256 = :secret_sha256")
_ENTER = text(f"SELECT {_INSIDE} FROM (SELECT CAST(:merchant_id AS uuid) AS merchant_id) named")


def enter_by_secret(connection: Connection, secret_sha256: bytes) -> MerchantId | None:
    """Keep the rest of this transaction within the merchant that a token or an enrolment code belongs to.

    None for a made-up secret; then nothing was entered. Every wait for a lock ends after LOCK_TIMEOUT_MS.
    """
    if is_sharded(connection):
        return enter_sharded_by_secret(connection, secret_sha256)
    sent = {"secret_sha256": secret_sha256, "lock_timeout": str(LOCK_TIMEOUT_MS)}
    merchant_id: MerchantId | None = connection.execute(_ENTER_BY_SECRET, sent).scalar()
    return merchant_id


def enter(connection: Connection, merchant_id: MerchantId) -> None:
    """Keep the rest of this transaction within a merchant that is known already."""
    if is_sharded(connection):
        enter_sharded(connection, merchant_id)
        return
    connection.execute(_ENTER, {"merchant_id": merchant_id, "lock_timeout": str(LOCK_TIMEOUT_MS)})
