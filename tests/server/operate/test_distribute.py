"""`distribute`, on a PostgreSQL that takes Citus' functions for what they refuse and remember.

No Citus runs here. The stand-in below refuses what Citus' documentation says that it refuses of a table, and remembers
what it was asked; nothing is spread. docs/scaling.md says so.
"""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from server.operate.distribute import EVERYWHERE, FIRST, distribute, tables_by_merchant
from server.store import migrate
from server.store.engine import make_engine
from server.trouble import DatabaseUnsuitable, NotPossible
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop

STAND_IN = """
SET LOCAL allow_system_table_mods = on;
INSERT INTO pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
VALUES (99999, 'citus', 10, 11, false, '13.0');
CREATE TABLE pg_dist_local_group (groupid int);
INSERT INTO pg_dist_local_group VALUES (0);
CREATE TABLE pg_dist_partition (logicalrelid regclass, by text, beside regclass);

CREATE FUNCTION create_distributed_table(name regclass, by text, colocate_with text DEFAULT 'default') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_index i WHERE i.indrelid = name AND i.indisunique
                AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = name AND a.attname = by
                                AND a.attnum = ANY (i.indkey))) THEN
        RAISE 'cannot create constraint on "%": it does not include the distribution column', name;
    END IF;
    IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND (conrelid = name OR confrelid = name)) THEN
        RAISE 'cannot create foreign key constraint since relations are not colocated';
    END IF;
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = name AND NOT tgisinternal) THEN
        RAISE 'triggers are not supported on distributed tables';
    END IF;
    INSERT INTO pg_dist_partition
    VALUES (name, by, CASE WHEN colocate_with <> 'default' THEN colocate_with::regclass END);
END $$;
CREATE FUNCTION create_reference_table(name regclass) RETURNS void
LANGUAGE sql AS $$ INSERT INTO pg_dist_partition VALUES (name, NULL, NULL) $$;
CREATE FUNCTION truncate_local_data_after_distributing_table(name regclass) RETURNS void LANGUAGE sql AS $$ $$;
"""

KEYS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1"


@pytest.fixture
def engine(fresh_database: Callable[..., str]) -> Iterator[Engine]:
    engine = make_engine(fresh_database(migrate.upgrade))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("ALTER ROLE tillstamp_serve NOLOGIN"))
    engine.dispose()


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def stand_in(connection: Connection) -> None:
    connection.connection.driver_connection.execute(STAND_IN)  # type: ignore[union-attr]  # psycopg's


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
def test_every_table_is_distributed_beside_the_merchants_and_every_key_comes_back(engine: Engine, full: bool) -> None:
    if full:
        till = Shop.open(engine, ManualClock()).till()
        till.push(till.enrol_card())
    with engine.begin() as connection:
        stand_in(connection)
    keys = rows(engine, KEYS)
    done = distribute(engine)
    assert set(done.tables) == {*tables_by_merchant(), EVERYWHERE}
    spread = rows(engine, "SELECT logicalrelid::text, by, beside::text FROM pg_dist_partition")
    assert set(spread) == {
        (FIRST, "merchant_id", None),
        (EVERYWHERE, None, None),
        *((name, "merchant_id", FIRST) for name in tables_by_merchant() if name != FIRST),
    }
    assert rows(engine, KEYS) == keys != []
    assert rows(engine, "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'tillstamp_serve'") == [
        (True, False)
    ]
    again = distribute(engine)
    assert (again.tables, set(again.already)) == ((), set(done.tables))


def test_what_a_newer_program_brought_is_distributed_too(engine: Engine) -> None:
    with engine.begin() as connection:
        stand_in(connection)
    distribute(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM pg_dist_partition WHERE logicalrelid = 'recoveries'::regclass"))
    assert distribute(engine).tables == ("recoveries",)


def test_a_table_that_citus_refuses_leaves_everything_as_it_was(engine: Engine) -> None:
    with engine.begin() as connection:
        stand_in(connection)
        connection.execute(text("CREATE UNIQUE INDEX across_merchants ON attention (attention_id)"))
    keys = rows(engine, KEYS)
    with pytest.raises(
        NotPossible, match=r'Citus refuses: cannot create constraint on "attention".*Nothing was changed'
    ):
        distribute(engine)
    assert rows(engine, KEYS) == keys
    assert rows(engine, "SELECT * FROM pg_dist_partition") == []


def test_what_is_no_coordinator_is_told(engine: Engine) -> None:
    with pytest.raises(DatabaseUnsuitable, match="no coordinator of Citus: the extension is not there"):
        distribute(engine)
    with engine.begin() as connection:
        stand_in(connection)
        connection.execute(text("UPDATE pg_dist_local_group SET groupid = 3"))
    with pytest.raises(DatabaseUnsuitable, match="a worker of Citus"):
        distribute(engine)
