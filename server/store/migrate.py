"""Brings a database to the schema of this program, and says whether it has it."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from server.store.fence.role import ensure_serving_role
from server.trouble import DatabaseTooNew, DatabaseTooOld, DatabaseUnreachable, DatabaseUnsuitable

POSTGRESQL_LEAST: Final = 15

_STEPS: Final = tuple(sorted(file.stem[1:5] for file in Path(__file__).parent.glob("migrations/versions/v[0-9]*.py")))
"""Every step that this program knows, in its order. A step's file is named by it."""
# Any number would do that no other program uses on this database: the first bytes of "tillstamp".
_LOCK: Final = int.from_bytes(b"tillstam", "big")


def upgrade(url: str) -> bool:
    """Brings an empty or older database to this program's schema. True when there was something to do.

    One transaction: a step that fails leaves nothing behind. Whoever else upgrades at this moment waits for us and then
    finds nothing to do. Raises DatabaseUnreachable, DatabaseUnsuitable and DatabaseTooNew.
    """
    with _transaction(url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _revision(connection)
        _refuse_newer(found)
        # Also where there is nothing else to do: a restored database brings the policies, but not its cluster's role.
        ensure_serving_role(connection)
        if found == head():
            return False
        steps = importlib.import_module("server.store.migrations.steps")
        take_missing: Callable[[Connection], None] = steps.take_missing
        take_missing(connection)
        return True


def prepare_cluster(url: str) -> None:
    """Sees to the role that belongs to the cluster and that a backup of one database cannot bring.

    Raises DatabaseUnreachable and DatabaseUnsuitable.
    """
    with _transaction(url) as connection:
        ensure_serving_role(connection)


def require_current(url: str) -> None:
    """Raises DatabaseTooOld or DatabaseTooNew when the schema is not this program's, and what `upgrade` raises."""
    with _transaction(url) as connection:
        found = _revision(connection)
    if found != head():
        _refuse_newer(found)
        raise DatabaseTooOld("The database was not brought up to date yet. Run first: tillstamp-server migrate")


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly this program's schema. Raises OperationalError when it does not answer."""
    with engine.connect() as connection:
        return _revision(connection) == head()


def head() -> str:
    """The newest step that this program knows."""
    return _STEPS[-1]


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in _STEPS:
        raise DatabaseTooNew(
            f"A newer Tillstamp has upgraded this database (to step {found}). "
            "Install that version, or a newer one, and start again; nothing was changed."
        )


def _revision(connection: Connection) -> str | None:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    return cast("str | None", connection.scalar(text("SELECT version_num FROM alembic_version")))


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise DatabaseUnreachable(
            f"The database cannot be reached: {str(error.orig).strip().splitlines()[0]}. "
            "Check TILLSTAMP_DATABASE_URL and that PostgreSQL runs."
        ) from error
    with connection, connection.begin():
        major = int(connection.scalar(text("SHOW server_version_num"))) // 10_000
        if major < POSTGRESQL_LEAST:
            raise DatabaseUnsuitable(
                f"The database is PostgreSQL {major}; Tillstamp needs {POSTGRESQL_LEAST} or newer."
            )
        yield connection
