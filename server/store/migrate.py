"""Brings a database to the schema of this program, and says whether it has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from server.store.fence.role import ensure_serving_role
from server.trouble import DatabaseTooNew, DatabaseTooOld, DatabaseUnreachable, DatabaseUnsuitable

POSTGRESQL_LEAST: Final = 15

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
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
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
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
    newest = _scripts().get_current_head()
    if newest is None:
        raise LookupError(f"there is no migration in {_MIGRATIONS}")
    return newest


def _refuse_newer(found: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseTooNew(
            f"A newer Tillstamp has upgraded this database (to step {found}). "
            "Install that version, or a newer one, and start again; nothing was changed."
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


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


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    # Alembic reads options through configparser, to which a percent sign in the path means something else.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
