"""Rotation: a till's token is replaced by a new one, and no lost answer locks it out.

The old token stays good until the new one is first used (`find_till`): a till that never got the answer, or died before
it had the new token on its disk, goes on with the old one and asks again.
"""

from sqlalchemy import Connection, text

from common.wire.problem import ProblemCode
from server.access.tokens import new_token, sha256
from server.store.tills import find_till

_OFFER = text("""
WITH replaced AS (
    DELETE FROM token_directory
     WHERE merchant_id = :merchant_id
       AND token_sha256 = (SELECT next_token_sha256 FROM tills
                            WHERE merchant_id = :merchant_id AND till_id = :till_id)
), listed AS (
    INSERT INTO token_directory (token_sha256, merchant_id) VALUES (:token_sha256, :merchant_id)
)
UPDATE tills SET next_token_sha256 = :token_sha256 WHERE merchant_id = :merchant_id AND till_id = :till_id
""")


def offer_token(connection: Connection, token_sha256: bytes) -> str | ProblemCode:
    """A new token for the till that has this one. One that was offered before and never used is worth nothing then."""
    till = find_till(connection, token_sha256, lock=True)
    if till is None:
        return ProblemCode.TOKEN_INVALID
    if till.revoked_at is not None:
        return ProblemCode.TILL_REVOKED
    token = new_token()
    offered = {"merchant_id": till.merchant_id, "till_id": till.till_id, "token_sha256": sha256(token)}
    connection.execute(_OFFER, offered)
    return token
