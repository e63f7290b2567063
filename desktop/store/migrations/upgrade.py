"""Making a book or upgrading one, in one transaction, after a copy of the old one."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

SCRIPTS: Final = Path(__file__).resolve().parent


def upgrade(book: Path, scripts: Path = SCRIPTS) -> None:
    """Bring the book at `book` to the newest of `scripts`; make it where there is none.

    An existing book is first copied to `<name>.before-upgrade`. Raises sqlite3.Error or what SQLAlchemy makes of it;
    the book is then as it was.
    """
    if book.exists() and book.stat().st_size:
        copy_aside(book)
    else:
        # It will hold customers' names: nobody else's to read, and the write-ahead log takes over its rights.
        book.touch(mode=0o600)
    config = Config()
    # ConfigParser reads % as the beginning of a reference.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    # isolation_level=None: the driver would otherwise commit before each CREATE, and leave half a step behind.
    engine = create_engine("sqlite://", creator=lambda: _connect(book), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


def copy_aside(book: Path) -> Path:
    """A whole copy of the book, its write-ahead log included, durable before this returns."""
    copy = book.with_name(f"{book.name}.before-upgrade")
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with closing(sqlite3.connect(book)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    with unfinished.open("rb+") as written:
        os.fsync(written.fileno())
    unfinished.replace(copy)
    return copy


def _connect(book: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(book, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection
