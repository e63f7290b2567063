"""The second fence: inside one merchant's transaction there is nothing of another's, whatever a statement forgets."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from psycopg import errors
from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import DBAPIError

from server.access.enrolment import make_code
from server.access.tokens import sha256
from server.app import create_app
from server.settings import Settings
from server.store import migrate
from server.store.engine import make_engine
from server.store.fence.entrance import enter, enter_by_secret
from server.store.fence.role import SERVING_ROLE
from server.store.recovery.tables import metadata
from server.trouble import DatabaseUnsuitable
from tests.helpers.asgi import Client
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.postgres import ask
from tests.helpers.shop import Shop, WireTill

TABLES: Final = [table.name for table in metadata.sorted_tables if "merchant_id" in table.columns]
FENCED: Final = [name for name in TABLES if name != "token_directory"]


@pytest.fixture(scope="module")
def shops(databases: Databases) -> Iterator[tuple[Shop, Shop]]:
    """Two merchants of one database, each with rows in every table that serving writes."""
    url = databases.make(migrate.upgrade)
    engine = make_engine(url)
    clock = ManualClock()
    roast, bake = (Shop.open(engine, clock, slug=slug) for slug in ("roast", "bake"))
    for shop in (roast, bake):
        _live(shop.till(), clock)
    yield roast, bake
    engine.dispose()
    databases.drop(url)


def _live(till: WireTill, clock: ManualClock) -> None:
    card = till.enrol_card()
    till.push(card, till.enrol_card(token=card["token"]), till.stamp(card["card_id"]))
    till.push(till.stamp(card["card_id"], terms_version=9), till.stamp(card["card_id"], key="lost"))
    clock.advance(timedelta(hours=1))
    till.pull_all(till.pull_all()[-1].cursor)


@contextmanager
def inside(shop: Shop) -> Iterator[Connection]:
    """A serving transaction of a merchant; nothing of it is kept."""
    with shop.engine.connect() as connection:
        enter(connection, shop.merchant_id)
        yield connection


def owners(connection: Connection, table: str) -> set[UUID]:
    return set(connection.execute(text(f"SELECT DISTINCT merchant_id FROM {table}")).scalars())


@pytest.mark.parametrize("table", FENCED)
def test_a_read_without_a_where_sees_one_merchant(shops: tuple[Shop, Shop], table: str) -> None:
    roast, bake = shops
    with roast.engine.connect() as connection:
        everybodys = owners(connection, table)
    if everybodys != {roast.merchant_id, bake.merchant_id}:
        pytest.skip(f"{table} is empty here; tests/shape holds its policy")
    for shop in shops:
        with inside(shop) as connection:
            assert owners(connection, table) == {shop.merchant_id}


def test_most_tables_are_not_empty_here(shops: tuple[Shop, Shop]) -> None:
    roast, bake = shops
    with roast.engine.connect() as connection:
        filled = [name for name in FENCED if owners(connection, name) == {roast.merchant_id, bake.merchant_id}]
    assert len(filled) >= 18, filled


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET merchant_id = merchant_id", "DELETE FROM {}"])
def test_a_write_without_a_where_reaches_one_merchant(shops: tuple[Shop, Shop], table: str, statement: str) -> None:
    roast, _ = shops
    with inside(roast) as connection:
        try:
            reached = connection.execute(text(statement.format(table))).rowcount
        except DBAPIError as error:
            # Serving may not do that at all, or a foreign key of the merchant's own is in the way.
            if not isinstance(error.orig, errors.InsufficientPrivilege | errors.ForeignKeyViolation):
                raise
            reached = None
    assert reached in (None, len(roast.rows(table)))


@pytest.mark.parametrize("table", TABLES)
def test_nothing_can_be_written_for_another(shops: tuple[Shop, Shop], table: str) -> None:
    """Neither a row of theirs, nor one of ours given to them. Keys do not come into it: the policy is asked first."""
    roast, bake = shops
    with roast.engine.connect() as connection:
        row = connection.scalar(
            text(f"SELECT to_json(t)::text FROM {table} t WHERE merchant_id = :merchant_id LIMIT 1"),
            {"merchant_id": bake.merchant_id},
        )
    theirs = row or json.dumps({"merchant_id": str(bake.merchant_id)})
    insert = text(f"INSERT INTO {table} SELECT (json_populate_record(NULL::{table}, CAST(:row AS json))).*")
    give = text(f"UPDATE {table} SET merchant_id = :theirs")
    for statement, values in ((insert, {"row": theirs}), (give, {"theirs": bake.merchant_id})):
        if statement is give and not roast.rows(table):
            continue
        with inside(roast) as connection, pytest.raises(DBAPIError) as caught:
            connection.execute(statement, values)
        assert isinstance(caught.value.orig, errors.InsufficientPrivilege)


def test_an_upsert_does_not_overwrite_what_it_may_not_see(shops: tuple[Shop, Shop]) -> None:
    roast, bake = shops
    [card, *_] = bake.rows("cards")
    upsert = text(
        "INSERT INTO merchant_versions (merchant_id, ver) VALUES (:theirs, 9)"
        " ON CONFLICT (merchant_id) DO UPDATE SET ver = 9"
    )
    assert card.merchant_id == bake.merchant_id
    with inside(roast) as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(upsert, {"theirs": bake.merchant_id})
    assert isinstance(caught.value.orig, errors.InsufficientPrivilege)


@pytest.mark.parametrize("table", FENCED)
def test_without_a_merchant_there_is_nothing_at_all(shops: tuple[Shop, Shop], table: str) -> None:
    """On a connection that never had one, and on one whose last transaction had."""
    roast, _ = shops
    fresh = make_engine(roast.engine.url.render_as_string(hide_password=False), pool_size=1)
    try:
        for _ in range(2):
            with fresh.connect() as connection:
                connection.execute(text(f"SET LOCAL ROLE {SERVING_ROLE}"))
                with pytest.raises(DBAPIError):
                    connection.execute(text(f"SELECT * FROM {table}"))
            with fresh.begin() as connection:
                enter(connection, roast.merchant_id)
    finally:
        fresh.dispose()


def test_a_made_up_secret_enters_nothing(shops: tuple[Shop, Shop]) -> None:
    roast, _ = shops
    with roast.engine.connect() as connection:
        assert enter_by_secret(connection, sha256("made up")) is None
        assert connection.scalar(text("SELECT current_user")) != SERVING_ROLE


def test_the_fence_ends_with_its_transaction(shops: tuple[Shop, Shop]) -> None:
    """So that a pool between us and PostgreSQL may give every transaction another connection."""
    roast, bake = shops
    with roast.engine.connect() as connection:
        before = connection.scalar(text("SELECT current_user"))
        connection.rollback()
        for end in (connection.commit, connection.rollback):
            enter(connection, roast.merchant_id)
            assert connection.scalar(text("SELECT current_user")) == SERVING_ROLE
            end()
            assert connection.scalar(text("SELECT current_user")) == before
            assert not connection.scalar(text("SELECT current_setting('tillstamp.merchant_id', true)"))
            assert owners(connection, "cards") == {roast.merchant_id, bake.merchant_id}
            connection.rollback()


@contextmanager
def noting_roles(engine: Engine) -> Iterator[list[tuple[str, str]]]:
    """Of each transaction that is committed: the role at its end, and the merchant it was for."""
    noted: list[tuple[str, str]] = []

    def note(connection: Connection) -> None:
        asked = "SELECT current_user::text, current_setting('tillstamp.merchant_id', true)"
        noted.append(tuple(connection.exec_driver_sql(asked).one()))

    event.listen(engine, "commit", note)
    try:
        yield noted
    finally:
        event.remove(engine, "commit", note)


def test_every_request_of_a_till_is_served_inside_the_fence(shops: tuple[Shop, Shop], tmp_path: Path) -> None:
    roast, _ = shops
    till = roast.till(name="fenced")
    code = _code(roast)
    url = roast.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data_dir=tmp_path), roast.clock)
    client = Client(app, till.token)
    try:
        with noting_roles(app.state.hub.engine) as roles:
            enrol = {"code": code, "app_version": "0.1.0", "protocol": 1}
            answers = [
                client.post("/v1/sync/push", till.request([till.enrol_card()])),
                client.get("/v1/sync/pull"),
                client.post("/v1/tills/enrol", enrol),
            ]
    finally:
        app.state.hub.engine.dispose()
    assert [answer.status for answer in answers] == [200, 200, 201]
    assert set(roles) == {(SERVING_ROLE, str(roast.merchant_id))}
    assert len(roles) >= len(answers)


def _code(shop: Shop) -> str:
    with shop.engine.begin() as connection:
        code = make_code(
            connection,
            merchant_id=shop.merchant_id,
            store_id=shop.stores["gare"],
            till_name="another",
            now=shop.clock.now(),
        )
    return code.code


@pytest.fixture
def plain_user(shops: tuple[Shop, Shop]) -> Iterator[str]:
    """A user of the cluster who may do nothing yet, as managed databases give one."""
    url = shops[0].engine.url.render_as_string(hide_password=False)
    ask(url, "CREATE ROLE plain LOGIN")
    yield "plain"
    ask(url, "DROP OWNED BY plain")
    ask(url, "DROP ROLE plain")


def _as_user(url: str, user: str) -> str:
    return make_url(url).set(username=user).render_as_string(hide_password=False)


def test_a_server_that_only_may_serve_serves(shops: tuple[Shop, Shop], plain_user: str, tmp_path: Path) -> None:
    """Stricter still: the server's user owns nothing. What it forgets to fence shows no row at all."""
    roast, _ = shops
    url = roast.engine.url.render_as_string(hide_password=False)
    ask(url, f"GRANT {SERVING_ROLE} TO {plain_user}")
    till, code = roast.till(name="strict"), _code(roast)
    assert not migrate.upgrade(_as_user(url, plain_user)), "the schema was made by its owner"
    app = create_app(Settings(database_url=_as_user(url, plain_user), data_dir=tmp_path), roast.clock)
    client = Client(app, till.token)
    try:
        assert client.get("/readyz").status == 200
        assert client.post("/v1/sync/push", till.request([till.enrol_card()])).status == 200
        assert client.get("/v1/sync/pull").status == 200
        assert client.post("/v1/tills/enrol", {"code": code, "app_version": "1", "protocol": 1}).status == 201
        with app.state.hub.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text("SELECT * FROM cards"))
    finally:
        app.state.hub.engine.dispose()


def test_a_user_who_may_not_take_the_role_is_told_what_to_do(
    databases: Databases, shops: tuple[Shop, Shop], plain_user: str
) -> None:
    cluster = shops[0].engine.url.render_as_string(hide_password=False)
    url = databases.make()
    ask(url, f"GRANT CREATE ON SCHEMA public TO {plain_user}")
    try:
        with pytest.raises(DatabaseUnsuitable, match=f"GRANT {SERVING_ROLE} TO {plain_user};"):
            migrate.upgrade(_as_user(url, plain_user))
        assert ask(url, "SELECT to_regclass('merchants')") == [(None,)], "nothing was changed"
        ask(cluster, f"GRANT {SERVING_ROLE} TO {plain_user}")
        assert migrate.upgrade(_as_user(url, plain_user)), "an owner without any other right is enough"
    finally:
        databases.drop(url)
