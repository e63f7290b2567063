"""The merchant's version counter, which orders the feed.

A sequence would hand out numbers in the order of asking, not of committing: a till could then read version 7 before
version 6 has become visible, and never see 6. The counter's row stays locked until commit, so versions become visible
in order. Therefore it is asked last, after everything that can collide or wait.
"""

from sqlalchemy import Connection, text

from common.ids import MerchantId
from server.store.wake.announce import announce_version

_NEXT = text("UPDATE merchant_versions SET ver = ver + 1 WHERE merchant_id = :merchant_id RETURNING ver")


def next_version(connection: Connection, merchant_id: MerchantId) -> int:
    """The version of this transaction's rows, announced after its commit. Raises NoResultFound for an unknown merchant.

    Only a transaction of `in_transaction` announces it.
    """
    ver = int(connection.execute(_NEXT, {"merchant_id": merchant_id}).scalar_one())
    announce_version(connection, merchant_id, ver)
    return ver
