"""Perils: the places where a till can be killed, and the one death that may be waiting there.

A killed till leaves its files as they are at that moment, an unfinished transaction's log included. They are set aside
before anything is unwound, and what opens next opens those.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_FILES = ("", "-wal")


class Point(StrEnum):
    """Between any two steps of an act, a push or a pull there is one of these."""

    BEFORE_READING = "before_reading"
    BEFORE_SENDING = "before_sending"
    ANSWERED = "answered"
    BEFORE_WRITING = "before_writing"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"


class Killed(BaseException):
    """The till's process is gone. Nothing of the product may catch this, as nothing can catch a SIGKILL."""


@dataclass(slots=True)
class Perils:
    """Of one till.

    Attributes:
        point: where it dies; None: nowhere.
        passes: how often it comes by there unharmed first.
        remains: the files as its death left them, by suffix.
    """

    book: Path
    point: Point | None = None
    passes: int = 0
    remains: dict[str, bytes] = field(default_factory=dict)
    _at_work: bool = False

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Only what a till does itself can kill it, not what looks at it."""
        self._at_work = True
        try:
            yield
        finally:
            self._at_work = False

    def reach(self, point: Point) -> None:
        if not self._at_work or point is not self.point:
            return
        if self.passes > 0:
            self.passes -= 1
            return
        self.point = None
        self.remains = files_of(self.book)
        raise Killed


def files_of(book: Path) -> dict[str, bytes]:
    """A book's files, by suffix: the database and its log. SQLite makes the log's index anew."""
    paths = {suffix: book.with_name(book.name + suffix) for suffix in _FILES}
    return {suffix: path.read_bytes() for suffix, path in paths.items() if path.exists()}


def put_files(book: Path, files: dict[str, bytes]) -> None:
    """Put a book's files where it is, in place of whatever is there. Nobody may have it open."""
    for suffix in (*_FILES, "-shm"):
        path = book.with_name(book.name + suffix)
        path.unlink(missing_ok=True)
        if suffix in files:
            path.write_bytes(files[suffix])
