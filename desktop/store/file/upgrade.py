"""Making a book, or bringing an older one up to date: asked for here, done by a process of its own.

A child process, because Alembic and SQLAlchemy take longer to import than a till takes to open, and would stay in its
memory for the day.
"""

import subprocess
from pathlib import Path
from typing import Final

from desktop import own_process
from desktop.trouble import BookDamaged, BookTrouble, BookUnwritable, DiskFull, UpgradeFailed

_TIMEOUT_S: Final = 600

_TROUBLE: Final[dict[int, type[BookTrouble]]] = {20: DiskFull, 21: BookDamaged, 22: BookUnwritable}
"""Exit statuses of the child; `desktop.store.migrations.__main__` gives them."""


def bring_up_to_date(path: Path) -> None:
    """Make the book at `path`, or upgrade it after a copy was put beside it. The caller holds the book's lock.

    Raises DiskFull, BookDamaged, BookUnwritable, UpgradeFailed; the book is then as it was.
    """
    try:
        done = own_process.ask(own_process.UPGRADE, str(path), timeout_s=_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UpgradeFailed(path, str(error)) from error
    if done.returncode:
        raise _TROUBLE.get(done.returncode, UpgradeFailed)(path, done.stderr.strip())
