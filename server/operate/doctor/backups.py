"""Is there a backup, and of when?"""

import os
from datetime import UTC, datetime, timedelta
from typing import Final

from common.clock import Clock
from server.operate.backup_folder import backups_in
from server.operate.doctor.finding import Finding, bad, fine, warn
from server.settings import Settings

OLD_AFTER: Final = timedelta(hours=36)
"""They are made nightly: one night was missed, and it is noon."""


def check_backups(settings: Settings, clock: Clock) -> Finding:
    """The newest backup in the folder that is set."""
    folder = settings.backup_dir
    if folder is None:
        return warn(
            "backups",
            "No folder for backups is set.",
            "Set TILLSTAMP_BACKUP_DIR, and let `tillstamp-server backup` run every night.",
        )
    # A folder that is not there yet is made with the first backup, where it may be.
    place = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return bad(
            "backups",
            f"{folder}, where backups belong, is no folder that can be made or written.",
            "Make it, and let it belong to the server's user; or check TILLSTAMP_BACKUP_DIR.",
        )
    found = backups_in(folder) if place == folder.absolute() else []
    how = "Run one now, and look why it does not run every night: tillstamp-server backup"
    if not found:
        return warn("backups", f"There is no backup in {folder} yet.", "tillstamp-server backup")
    age = clock.now() - datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    hours = max(0, round(age.total_seconds() / 3_600))
    told = f"The newest of {len(found)} in {folder} is {hours} hours old."
    return bad("backups", told, how) if age > OLD_AFTER else fine("backups", told)
