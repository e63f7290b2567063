"""Listening: whether a till may, by its token, and how far its merchant has come."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from common.ids import MerchantId, TillId
from common.wire.problem import ProblemCode
from server.store import feed as store
from server.store.engine import in_transaction
from server.store.tills import find_till


@dataclass(frozen=True, slots=True)
class Head:
    """What a till may listen to, and how far it has come."""

    merchant_id: MerchantId
    till_id: TillId
    ver: int


def look(engine: Engine, token_sha256: bytes) -> Head | ProblemCode:
    """Whether a till may listen, and its merchant's version now. Raises DatabaseBusy."""

    def work(connection: Connection) -> Head | ProblemCode:
        till = find_till(connection, token_sha256, lock=False)
        if till is None:
            return ProblemCode.TOKEN_INVALID
        if till.revoked_at is not None:
            return ProblemCode.TILL_REVOKED
        return Head(till.merchant_id, till.till_id, store.head(connection, till))

    return in_transaction(engine, work)
