"""Making a book, or bringing an older one up to date: asked for here, done by a process of its own.

A child process, because Alembic and SQLAlchemy take longer to import than a till takes to open, and would stay in its
memory for the day. `subprocess` and not `multiprocessing`: a spawned child of multiprocessing imports the parent's main
module again, which is a window; a command line says all that the child needs. A frozen program has no `python -m`: it
starts itself with the hidden verb `upgrade-book`, which `desktop.__main__` hands to `desktop.store.migrations.__main__`
before it looks at anything else.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from desktop.trouble import BookDamaged, BookTrouble, BookUnwritable, DiskFull, UpgradeFailed

UPGRADE_VERB: Final = "upgrade-book"

_TIMEOUT_S: Final = 600
_SOURCES: Final = Path(__file__).resolve().parents[2]

EXIT_TROUBLE: Final[dict[int, type[BookTrouble]]] = {20: DiskFull, 21: BookDamaged, 22: BookUnwritable}
"""Exit statuses of the child; `desktop.store.migrations.__main__` gives them."""


def bring_up_to_date(path: Path) -> None:
    """Make the book at `path`, or upgrade it after a copy was put beside it. The caller holds the book's lock.

    Raises DiskFull, BookDamaged, BookUnwritable, UpgradeFailed; the book is then as it was.
    """
    try:
        done = subprocess.run(
            upgrade_command(path, frozen=bool(getattr(sys, "frozen", False))),
            cwd=None if getattr(sys, "frozen", False) else _SOURCES,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UpgradeFailed(path, str(error)) from error
    if done.returncode:
        trouble = EXIT_TROUBLE.get(done.returncode, UpgradeFailed)
        raise trouble(path, done.stderr.strip())


def upgrade_command(path: Path, *, frozen: bool) -> list[str]:
    """The child's command line. `frozen`: this program is one file, and `sys.executable` is that file."""
    if frozen:
        return [sys.executable, UPGRADE_VERB, str(path)]
    return [sys.executable, "-m", "desktop.store.migrations", str(path)]
