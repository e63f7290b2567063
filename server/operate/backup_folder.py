"""Backups in a folder of their own: one more every night, and the oldest go."""

import re
from pathlib import Path
from typing import Final

from common.clock import Clock
from server.database import Database
from server.operate.backup import back_up
from server.trouble import FileTrouble

# What else lies there is not ours to remove.
_OURS: Final = re.compile(r"tillstamp-\d{8}T\d{6}Z\.backup")


def backups_in(folder: Path) -> list[Path]:
    """Those that `add_backup` made, the oldest first."""
    return sorted(file for file in folder.iterdir() if _OURS.fullmatch(file.name))


def add_backup(database: Database, folder: Path, keep: int, clock: Clock) -> tuple[Path, int]:
    """Put one more backup there, named for its moment, and return it with its bytes. Then only the newest `keep` stay.

    Raises FileTrouble and DatabaseTrouble; what was there is there then.
    """
    file = folder / f"tillstamp-{clock.now():%Y%m%dT%H%M%SZ}.backup"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        size = back_up(database, file)
        for old in backups_in(folder)[:-keep]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise FileTrouble(f"The backups in {folder} cannot be looked after ({error.strerror}).") from error
    return file, size
