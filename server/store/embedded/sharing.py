"""Who uses the cluster of a data directory: locks of the kernel, so that a killed process leaves nothing behind.

Two files. `postgres.lock` is held for the moment in which somebody starts, stops or makes the cluster: one at a time.
`postgres.users` is held shared by everybody for as long as they use it: whoever leaves and can have it alone was the
last, and stops the cluster. Both are `flock`s, which belong to an open file and not to a process, so that two users
within one process count as two.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.store.embedded.trouble import EmbeddedPostgresError


class Sharing:
    """One user's view of the two locks of a data directory. Not for several threads at once."""

    def __init__(self, data_dir: Path) -> None:
        self._turn = data_dir / "postgres.lock"
        self._users = data_dir / "postgres.users"
        self._held: int | None = None

    @property
    def joined(self) -> bool:
        """Whether we count as a user."""
        return self._held is not None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until nobody else starts or stops the cluster, and keeps others waiting meanwhile."""
        with locked(self._turn):
            yield

    def join(self) -> None:
        """Counts us as a user. Only within `turn`."""
        self._held = _open(self._users)
        fcntl.flock(self._held, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Counts us as a user no more; True when nobody is left. Only within `turn`."""
        held = _open(self._users) if self._held is None else self._held
        self._held = None
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(held)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the exclusive lock of a file, which is made when it is not there; waits for it as long as it takes."""
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The database in {path.parent} cannot be locked ({error.strerror}). "
            "Start this as the user to whom that folder belongs."
        ) from error
