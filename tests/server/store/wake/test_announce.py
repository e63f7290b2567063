"""Announcing: after the commit, of what was committed and of nothing else, and never in a commit's way."""

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text

from common.ids import MerchantId, TillId
from server.store.engine import in_transaction, make_engine
from server.store.wake.announce import CHANNEL, announce_till, announce_version, deliver
from tests.helpers.databases import Databases
from tests.helpers.postgres import ask, plain

MERCHANT = MerchantId(uuid.UUID(int=7))
TILL = TillId(uuid.UUID(int=8))
PATIENCE_S = 20

Heard = Callable[[], list[str]]


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    url = databases.make()
    engine = make_engine(url, pool_size=1)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def heard(engine: Engine) -> Iterator[Heard]:
    """`heard()`: everything that was announced since the last call."""
    with psycopg.connect(plain(engine.url.render_as_string(hide_password=False)), autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")

        def heard() -> list[str]:
            # PostgreSQL delivers in the order of commits: what was announced before this is heard before it.
            in_transaction(engine, lambda connection: connection.execute(text(f"NOTIFY {CHANNEL}, 'the end'")))
            said: list[str] = []
            for notice in connection.notifies(timeout=PATIENCE_S):
                if notice.payload == "the end":
                    break
                said.append(notice.payload)
            return said

        yield heard


def test_it_is_heard_after_the_commit(engine: Engine, heard: Heard) -> None:
    def work(connection: Connection) -> str:
        announce_version(connection, MERCHANT, 8)
        announce_till(connection, MERCHANT, TILL)
        with psycopg.connect(plain(engine.url.render_as_string(hide_password=False)), autocommit=True) as other:
            other.execute(f"NOTIFY {CHANNEL}, 'not yet'")
        return "done"

    assert in_transaction(engine, work) == "done"
    assert heard() == ["not yet", f"{MERCHANT} 8", f"{MERCHANT} {TILL}"]
    in_transaction(engine, lambda connection: connection.execute(text("SELECT 1")))
    assert heard() == [], "once"


def test_what_is_rolled_back_was_never_announced(engine: Engine, heard: Heard) -> None:
    attempts: list[int] = []

    def work(connection: Connection) -> None:
        attempts.append(len(attempts))
        announce_version(connection, MERCHANT, len(attempts))
        if len(attempts) < 3:
            connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '40001'; END $$"))

    in_transaction(engine, work)
    assert heard() == [f"{MERCHANT} 3"]

    def fail(connection: Connection) -> None:
        announce_version(connection, MERCHANT, 9)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(engine, fail)
    in_transaction(engine, lambda connection: connection.execute(text("SELECT 1")))
    assert heard() == []


def test_a_connection_that_broke_after_the_commit_is_no_trouble(engine: Engine, heard: Heard) -> None:
    """What is committed is done. The next transaction has a good connection."""
    with engine.connect() as connection:
        with connection.begin():
            (pid,) = connection.execute(text("SELECT pg_backend_pid()")).one()
            announce_version(connection, MERCHANT, 8)
        ask(engine.url.render_as_string(hide_password=False), f"SELECT pg_terminate_backend({pid}, {PATIENCE_S}000)")
        deliver(connection)
    assert heard() == []
