"""Rotation: both tokens work until the new one is first used, however often the answer is lost."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Engine

from common.wire.problem import ProblemCode
from server.access.rotation import offer_token
from server.access.tokens import sha256
from server.operate.audit import run
from server.store.engine import in_transaction
from server.store.tills import find_till
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop


def offer(engine: Engine, token: str) -> str:
    offered = in_transaction(engine, lambda connection: offer_token(connection, sha256(token)))
    assert not isinstance(offered, ProblemCode), offered
    return offered


def works(engine: Engine, token: str, *, lock: bool = True) -> bool:
    """Uses the token."""
    return in_transaction(engine, lambda connection: find_till(connection, sha256(token), lock=lock)) is not None


def listed(shop: Shop) -> int:
    return len(shop.rows("token_directory"))


def test_the_old_token_dies_when_the_new_one_is_first_used(shop: Shop) -> None:
    till = shop.till()
    before = listed(shop)
    new = offer(shop.engine, till.token)
    assert works(shop.engine, till.token)
    assert works(shop.engine, new)
    assert not works(shop.engine, till.token)
    assert works(shop.engine, new)
    assert listed(shop) == before


@pytest.mark.parametrize("lock", [True, False])
def test_a_pull_is_a_use_as_a_push_is(shop: Shop, lock: bool) -> None:
    till = shop.till()
    new = offer(shop.engine, till.token)
    engine = shop.engine if lock else shop.engine.execution_options(isolation_level="REPEATABLE READ")
    assert works(engine, new, lock=lock)
    assert not works(shop.engine, till.token)


def test_an_answer_that_was_lost_is_asked_for_again(shop: Shop) -> None:
    till = shop.till()
    before = listed(shop)
    lost = offer(shop.engine, till.token)
    new = offer(shop.engine, till.token)
    assert not works(shop.engine, lost), "what was offered and never used is worth nothing"
    assert works(shop.engine, till.token)
    assert works(shop.engine, new)
    assert listed(shop) == before


def test_the_new_token_may_ask_for_the_next(shop: Shop) -> None:
    till = shop.till()
    new = offer(shop.engine, till.token)
    newer = offer(shop.engine, new)
    assert not works(shop.engine, till.token), "asking is a use"
    assert works(shop.engine, newer)
    assert not works(shop.engine, new)


def test_first_used_by_several_requests_at_once(shop: Shop) -> None:
    till = shop.till()
    new = offer(shop.engine, till.token)
    repeatable = shop.engine.execution_options(isolation_level="REPEATABLE READ")
    with ThreadPoolExecutor(6) as pool:
        uses = [pool.submit(works, engine, new) for engine in [shop.engine, repeatable] * 3]
    assert all(use.result() for use in uses)
    assert not works(shop.engine, till.token)


def test_enrolled_again_both_end(shop: Shop) -> None:
    till = shop.till()
    new = offer(shop.engine, till.token)
    again = shop.till()
    assert again.till_id == till.till_id
    assert not works(shop.engine, till.token)
    assert not works(shop.engine, new)
    assert works(shop.engine, again.token)
    [row] = shop.rows("tills")
    assert row.next_token_sha256 is None


def test_neither_a_stranger_nor_a_revoked_till_gets_one(shop: Shop) -> None:
    till = shop.till()
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tills SET revoked_at = now() WHERE till_id = %s", (till.till_id,))
    for token, code in (("made up", ProblemCode.TOKEN_INVALID), (till.token, ProblemCode.TILL_REVOKED)):
        assert in_transaction(shop.engine, partial(offer_token, token_sha256=sha256(token))) is code


def test_only_hashes_are_kept_and_the_audit_knows_of_both(own_engine: Engine, clock: ManualClock) -> None:
    shop = Shop.open(own_engine, clock)
    till = shop.till()
    new = offer(own_engine, till.token)
    [row] = shop.rows("tills")
    assert bytes(row.next_token_sha256) == sha256(new)
    assert new not in repr(row)
    assert run.audit(own_engine).findings == ()
    with own_engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM token_directory WHERE token_sha256 = %s", (sha256(new),))
    assert [finding.check for finding in run.audit(own_engine).findings] == ["tokens_lead_to_their_own_merchant"]
