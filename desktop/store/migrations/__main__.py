"""`python -m desktop.store.migrations PATH`: make or upgrade the book at PATH, and say by the exit status how it went.

20 no room on the disk, 21 the file is no readable book, 22 it may not be written; 1 anything else, told on standard
error. `desktop.store.file.upgrade` knows these numbers too; it may not import this file, which imports Alembic.
"""

import errno
import logging
import sqlite3
import sys
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from desktop.store.migrations.upgrade import upgrade

_EXIT: Final = {
    sqlite3.SQLITE_FULL: 20,
    sqlite3.SQLITE_CORRUPT: 21,
    sqlite3.SQLITE_NOTADB: 21,
    sqlite3.SQLITE_READONLY: 22,
    sqlite3.SQLITE_CANTOPEN: 22,
    sqlite3.SQLITE_PERM: 22,
    sqlite3.SQLITE_IOERR: 22,
}


def main(arguments: list[str]) -> int:
    """The exit status for the book named by the last of `arguments`."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        upgrade(Path(arguments[-1]))
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 20 if error.errno == errno.ENOSPC else 22
    except (sqlite3.Error, DBAPIError) as error:
        sys.stderr.write(f"{error}\n")
        return _EXIT.get(_primary_code(error), 1)
    return 0


def _primary_code(error: sqlite3.Error | DBAPIError) -> int:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
