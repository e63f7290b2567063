"""The incarnation: which life of the database this is. It lives beside the database, so that a restore cannot bring
an old one back."""

import os
from pathlib import Path
from typing import Final

from common.clock import Clock
from common.entropy import new_uuid
from server.trouble import FileTrouble

_FILE: Final = "incarnation"


def read_incarnation(data_dir: Path, clock: Clock) -> str:
    """The id of this incarnation, made at the first start. Two processes that start at once agree on one.

    Raises FileTrouble.
    """
    try:
        return _read_or_make(data_dir, clock)
    except OSError as error:
        raise FileTrouble(f"The data directory {data_dir} cannot be used ({error.strerror}).") from error


def _read_or_make(data_dir: Path, clock: Clock) -> str:
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / _FILE
    fresh = path.with_name(f"{_FILE}.{os.getpid()}")
    if not path.exists():
        fresh.write_text(f"{new_uuid(clock.now())}\n", encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
