"""The incarnation: which life of the database this is. It lives beside the database, so that a restore cannot bring
an old one back."""

import os
from pathlib import Path
from typing import Final

from common.clock import Clock
from common.entropy import new_uuid

_FILE: Final = "incarnation"


def read_incarnation(data_dir: Path, clock: Clock) -> str:
    """The id of this incarnation, made at the first start. Two processes that start at once agree on one."""
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
