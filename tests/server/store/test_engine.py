"""A transaction is tried again after what may pass, and given up with the right words after what does not."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from server.store import engine as engine_module
from server.store.engine import DatabaseBusy, in_transaction, limit_lock_waits, make_engine
from tests.helpers.databases import Databases

ATTEMPTS = 8


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    url = databases.make()
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE shelf (place int PRIMARY KEY, cups int NOT NULL)"))
        connection.execute(text("INSERT INTO shelf VALUES (1, 0), (2, 0)"))
    yield engine
    engine.dispose()
    databases.drop(url)


def cups(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT cups FROM shelf ORDER BY place")).scalars())


def add(connection: Connection, place: int) -> None:
    connection.execute(text("UPDATE shelf SET cups = cups + 1 WHERE place = :place"), {"place": place})


def failing(sqlstate: str, times: int) -> tuple[Callable[[Connection], int], list[int]]:
    """Work that adds a cup and then fails the first `times`, as PostgreSQL would; and the list of its attempts."""
    attempts: list[int] = []

    def work(connection: Connection) -> int:
        attempts.append(len(attempts) + 1)
        add(connection, 1)
        if len(attempts) <= times:
            connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{sqlstate}'; END $$"))
        return len(attempts)

    return work, attempts


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "23505"])
def test_what_may_pass_is_tried_again_and_counts_once(engine: Engine, sqlstate: str) -> None:
    work, attempts = failing(sqlstate, times=3)
    assert in_transaction(engine, work) == 4
    assert attempts == [1, 2, 3, 4]
    assert cups(engine) == [1, 0]


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_a_crowd_that_does_not_pass_is_busy(engine: Engine, sqlstate: str) -> None:
    work, attempts = failing(sqlstate, times=99)
    with pytest.raises(DatabaseBusy):
        in_transaction(engine, work)
    assert len(attempts) == ATTEMPTS
    assert cups(engine) == [0, 0]


def test_a_collision_that_does_not_pass_is_a_mistake_of_ours(engine: Engine) -> None:
    work, attempts = failing("23505", times=99)
    with pytest.raises(DBAPIError):
        in_transaction(engine, work)
    assert len(attempts) == ATTEMPTS


@pytest.mark.parametrize("sqlstate", ["55P03", "53300", "57P03", "57P01"])
def test_a_server_that_cannot_now_is_busy_at_once(engine: Engine, sqlstate: str) -> None:
    work, attempts = failing(sqlstate, times=99)
    with pytest.raises(DatabaseBusy):
        in_transaction(engine, work)
    assert attempts == [1]


@pytest.mark.parametrize("sqlstate", ["22012", "23514", "23503", "42601"])
def test_a_mistake_is_neither_repeated_nor_hidden(engine: Engine, sqlstate: str) -> None:
    work, attempts = failing(sqlstate, times=99)
    with pytest.raises(DBAPIError):
        in_transaction(engine, work)
    assert attempts == [1]
    assert cups(engine) == [0, 0]


def test_a_real_deadlock_ends_with_both_done(engine: Engine) -> None:
    met = threading.Barrier(2)

    def both(places: tuple[int, int]) -> int:
        attempts: list[int] = []

        def work(connection: Connection) -> int:
            attempts.append(1)
            add(connection, places[0])
            if len(attempts) == 1:
                met.wait(30)
            add(connection, places[1])
            return len(attempts)

        return in_transaction(engine, work)

    with ThreadPoolExecutor(2) as threads:
        attempts = list(threads.map(both, [(1, 2), (2, 1)]))
    assert sorted(attempts) == [1, 2], "one went through, the other was sent back and came again"
    assert cups(engine) == [2, 2]


def test_a_wait_for_a_lock_ends(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LOCK_TIMEOUT_MS", 50)

    def work(connection: Connection) -> None:
        limit_lock_waits(connection)
        add(connection, 1)

    with engine.begin() as holding:
        add(holding, 1)
        with pytest.raises(DatabaseBusy):
            in_transaction(engine, work)
    in_transaction(engine, work)
    assert cups(engine) == [2, 0]


def test_a_pool_that_is_used_up_is_busy(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LOCK_TIMEOUT_MS", 50)
    narrow = make_engine(engine.url.render_as_string(hide_password=False), pool_size=1)
    with narrow.connect(), pytest.raises(DatabaseBusy):
        in_transaction(narrow, lambda connection: add(connection, 1))
    narrow.dispose()


def test_a_connection_that_was_cut_is_made_anew(engine: Engine) -> None:
    """As after a restart of the database: in the middle of a transaction it is busy, before one nobody notices."""
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid")
    other = make_engine(engine.url.render_as_string(hide_password=False))

    def cut_off(connection: Connection) -> None:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with other.begin() as killing:
            killing.execute(cut, {"pid": pid})
        add(connection, 1)

    with pytest.raises(DatabaseBusy):
        in_transaction(engine, cut_off)
    in_transaction(engine, lambda connection: add(connection, 1))
    assert cups(engine) == [1, 0]
    other.dispose()


def test_nobody_answers(databases: Databases) -> None:
    nowhere = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(DatabaseBusy):
        in_transaction(nowhere, lambda connection: add(connection, 1))
    nowhere.dispose()


@pytest.mark.parametrize("failing", ["EXECUTE nobody_prepared_this", "PREPARE twice AS SELECT 1"])
def test_a_pool_that_does_not_follow_names_is_busy_and_no_fault_of_an_operation(engine: Engine, failing: str) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("DEALLOCATE ALL"))
        connection.execute(text("PREPARE twice AS SELECT 1"))
        connection.execute(text(failing))

    with pytest.raises(DatabaseBusy):
        in_transaction(engine, work)
