"""The book as a file: opening it, the version gate, its one writing connection and its readers."""

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from desktop.store.file.faults import told_in_words, trouble_of
from desktop.store.file.lock import BookLock
from desktop.store.file.revisions import HEAD, REVISIONS
from desktop.store.file.upgrade import bring_up_to_date
from desktop.trouble import BookDamaged, BookMissing, BookTooNew, BookUnwritable, UpgradeFailed

_CACHED_STATEMENTS: Final = 512
_BUSY_TIMEOUT_S: Final = 5.0
"""The book's own lock keeps other tills out; what may still be met is a backup or somebody's curiosity."""


class Book:
    """An open book. One connection writes and checkpoints; each thread that reads has one of its own."""

    def __init__(self, path: Path, lock: BookLock | None) -> None:
        self.path = path
        self._lock = lock
        self._writing = threading.RLock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._writer = _connect_writer(path) if lock is not None else None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the book for writing; make it, or bring it to this program's version, where needed.

        Raises BookInUse, BookTooNew, BookDamaged, BookUnwritable, DiskFull, UpgradeFailed. A book that is too new,
        damaged or in use is left as it is.
        """
        path = path.resolve()
        with _made_in_words(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = BookLock.take(path)
        try:
            with told_in_words(path):
                _ensure_head(path)
                return cls(path, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open the book to read only, also while a window holds it.

        Raises BookMissing, BookTooNew, BookDamaged; UpgradeFailed for a book of an older version, which a reader may
        not bring up to date.
        """
        path = path.resolve()
        with told_in_words(path):
            revision = _revision(path)
        if revision is None:
            raise BookMissing(path)
        if revision != HEAD:
            raise UpgradeFailed(path, f"version {revision}, not {HEAD}; opening the till brings it up to date")
        return cls(path, None)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that writes: all of it is on the disk when the block ends, or none of it.

        Raises DiskFull, BookUnwritable, BookDamaged; nothing was recorded then. A block inside another of the same
        thread is a bug and fails.
        """
        connection = self._writer
        if connection is None:
            raise RuntimeError("this book was opened to read only, or is closed")
        with self._writing:
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    # SQLite itself rolls back on some errors, a full disk among them.
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                trouble = trouble_of(error, self.path)
                if trouble is None:
                    raise
                raise trouble from error

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One snapshot of the book, on this thread's own read-only connection. Raises BookDamaged."""
        connection = self._reader()
        with told_in_words(self.path):
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def open_reader(self) -> sqlite3.Connection:
        """A connection that reads, for whoever needs one snapshot for longer than a block, and closes it again."""
        return _connect_reader(self.path)

    def close(self) -> None:
        """Close every connection and give the book's lock back. No thread may be reading or writing any more."""
        with self._writing:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
            self._local = threading.local()
            if self._writer is not None:
                # The last to close folds the write-ahead log into the book.
                self._writer.close()
                self._writer = None
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _reader(self) -> sqlite3.Connection:
        reader: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = _connect_reader(self.path)
            self._local.reader = reader
            with self._writing:
                self._readers.append(reader)
        return reader


@contextmanager
def _made_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BookUnwritable(path, str(error)) from error


def _connect_writer(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_CACHED_STATEMENTS,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if sys.platform == "darwin":  # pragma: no cover - a Mac's fsync leaves the data in the disk's own cache
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?mode=ro",
        uri=True,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_CACHED_STATEMENTS,
    )


def _ensure_head(path: Path) -> None:
    if _revision(path) == HEAD:
        return
    bring_up_to_date(path)
    if _revision(path) != HEAD:
        raise UpgradeFailed(path, "the upgrade ended without a word, and the book is still old")


def _revision(path: Path) -> str | None:
    """The version that the book says it has; None when it is not there or was never begun.

    Raises BookTooNew for one that this program does not know, BookDamaged for a file that is no book of ours.
    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = _connect_reader(path)
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise BookDamaged(path, "the file is a database, but not a till's book")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    finally:
        connection.close()
    if row is None:
        raise BookDamaged(path, "the book does not say which version it has")
    revision = str(row[0])
    if revision not in REVISIONS:
        raise BookTooNew(path, f"version {revision}, this program knows up to {HEAD}")
    return revision
