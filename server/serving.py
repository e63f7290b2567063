"""Who serves from a data directory: a lock of the kernel, so that a killed server leaves nothing behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from server.trouble import FileTrouble, NotPossible

_LOCK: Final = "serve.lock"
_UNFINISHED: Final = "restore.unfinished"


@contextmanager
def serving(data_dir: Path) -> Iterator[None]:
    """Counts us among the servers of this data directory. Raises NotPossible while a restore is not done."""
    with _locked(data_dir, fcntl.LOCK_SH, "A database is being restored here. Start the server when that is done."):
        if (data_dir / _UNFINISHED).exists():
            raise NotPossible(
                "A restore was begun here and did not finish. Restore once more, from the same file or another: "
                "tillstamp-server restore FILE --force"
            )
        yield


@contextmanager
def nobody_serves(data_dir: Path) -> Iterator[Path]:
    """Keeps servers out; gives the file that says that a restore is half done. Raises NotPossible while one runs."""
    with _locked(data_dir, fcntl.LOCK_EX, "A server runs on this data directory. Stop it before you restore."):
        yield data_dir / _UNFINISHED


@contextmanager
def _locked(data_dir: Path, how: int, refusal: str) -> Iterator[None]:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(data_dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FileTrouble(f"The data directory {data_dir} cannot be used ({error.strerror}).") from error
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise NotPossible(refusal) from error
    finally:
        os.close(handle)
