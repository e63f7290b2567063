"""From what SQLite says to what a person can be told."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from desktop.trouble import BookDamaged, BookTrouble, BookUnwritable, DiskFull

_PRIMARY_CODE: Final = 0xFF
"""The lowest byte of an SQLite result code is its primary code; the rest only says more."""

_LOG_INDEX_BYTES: Final = 32_768
"""What opening a book takes on the disk: the index of its write-ahead log."""

_TROUBLE: Final[dict[int, type[BookTrouble]]] = {
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_CORRUPT: BookDamaged,
    sqlite3.SQLITE_NOTADB: BookDamaged,
    sqlite3.SQLITE_READONLY: BookUnwritable,
    sqlite3.SQLITE_CANTOPEN: BookUnwritable,
    sqlite3.SQLITE_PERM: BookUnwritable,
    sqlite3.SQLITE_IOERR: BookUnwritable,
}


def trouble_of(error: sqlite3.Error, path: Path) -> BookTrouble | None:
    """The known trouble behind an error of SQLite's; None for what is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    kind = _TROUBLE.get(code & _PRIMARY_CODE) if code is not None else None
    if kind is BookUnwritable and _is_full(path.parent):
        kind = DiskFull
    return kind(path, str(error)) if kind is not None else None


def _is_full(folder: Path) -> bool:
    """SQLite says "full" only of a page that has no room; of the log's index or a new file it says "I/O error"."""
    try:
        return shutil.disk_usage(folder).free < _LOG_INDEX_BYTES
    except OSError:
        return False


@contextmanager
def told_in_words(path: Path) -> Iterator[None]:
    """Raise known trouble instead of SQLite's own errors; leave bugs as they are."""
    try:
        yield
    except sqlite3.Error as error:
        trouble = trouble_of(error, path)
        if trouble is None:
            raise
        raise trouble from error
