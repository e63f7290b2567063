"""One process for each book: a lock of the operating system's, which even a killed process gives back."""

import os
import sys
from pathlib import Path
from typing import Self

from desktop.trouble import BookInUse, BookUnwritable

if sys.platform == "win32":  # pragma: no cover - tried on Windows only
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class BookLock:
    """The exclusive right to write one book, until `release` or the end of the process.

    The lock lies in a file beside the book, because SQLite itself takes and drops locks on the book's own file, and
    closing any descriptor of a file drops every lock that POSIX keeps for it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, book: Path) -> Self:
        """Raises BookInUse where another process has it, BookUnwritable where no lock file can be made."""
        try:
            descriptor = os.open(f"{book}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BookUnwritable(book, str(error)) from error
        try:
            _take(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise BookInUse(book) from error
        return cls(descriptor)

    def release(self) -> None:
        # The file stays: to delete it would let two processes lock two files of one name.
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
