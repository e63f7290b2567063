"""The migrations make exactly the tables that the program uses, once, whoever asks for it at the same moment."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from server.store import migrate
from server.store.recovery.tables import metadata
from server.trouble import DatabaseTooNew, DatabaseUnreachable

FreshDatabase = Callable[..., str]


def engine_of(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def shape_of(connection: Connection) -> dict[str, Any]:
    """What `compare_metadata` does not look at: checks, predicates and order of indexes, names, comments, defaults."""
    queries = {
        "constraints": (
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('alembic_version'), 0)"
        ),
        "indexes": (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ),
        "columns": (
            "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attnum, "
            "col_description(c.oid, a.attnum), pg_get_expr(d.adbin, d.adrelid) "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
            "AND c.relname <> 'alembic_version'"
        ),
    }
    return {what: sorted(map(tuple, connection.execute(text(query))), key=str) for what, query in queries.items()}


def test_migrated_database_is_what_the_tables_say(fresh_database: FreshDatabase) -> None:
    migrated, made_from_tables = fresh_database(migrate.upgrade), fresh_database()
    metadata.create_all(engine_of(made_from_tables))
    with engine_of(migrated).connect() as one, engine_of(made_from_tables).connect() as other:
        context = MigrationContext.configure(one, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert shape_of(one) == shape_of(other)


def test_the_steps_are_the_ones_that_alembic_finds() -> None:
    folder = Path(migrate.__file__).with_name("migrations")
    (newest,) = ScriptDirectory(folder).get_heads()
    assert newest == migrate.head()
    found = [script.revision for script in ScriptDirectory(folder).walk_revisions()]
    assert sorted(found) == sorted(file.name[1:5] for file in folder.glob("versions/v*.py"))


def test_a_database_that_is_up_to_date_needs_no_alembic(fresh_database: FreshDatabase) -> None:
    url = fresh_database(migrate.upgrade)
    program = f"""
import sys
from server.store import migrate
assert not migrate.upgrade({url!r})
migrate.require_current({url!r})
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_upgrade_says_whether_there_was_something_to_do(fresh_database: FreshDatabase) -> None:
    url = fresh_database()
    engine = engine_of(url)
    assert not migrate.is_current(engine)
    assert migrate.upgrade(url)
    assert migrate.is_current(engine)
    assert not migrate.upgrade(url)


def test_programs_that_upgrade_at_once_do_not_collide(fresh_database: FreshDatabase) -> None:
    url = fresh_database()
    with ThreadPoolExecutor(4) as pool:
        did_something = list(pool.map(migrate.upgrade, [url] * 4))
    assert sorted(did_something) == [False, False, False, True]


def test_database_of_a_newer_program_is_left_alone(fresh_database: FreshDatabase) -> None:
    url = fresh_database(migrate.upgrade)
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew, match="newer Tillstamp has upgraded this database"):
        migrate.upgrade(url)
    assert not migrate.is_current(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_failed_step_leaves_nothing_behind(fresh_database: FreshDatabase) -> None:
    url = fresh_database()
    engine = engine_of(url)
    with engine.begin() as connection:
        # The last table that the first step makes is already there, and somebody else's.
        connection.execute(text("CREATE TABLE attention (note text)"))
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(url)
    assert inspect(engine).get_table_names() == ["attention"]


def test_database_that_does_not_answer_is_known_trouble() -> None:
    with pytest.raises(DatabaseUnreachable, match="cannot be reached"):
        migrate.upgrade("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
