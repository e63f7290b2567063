"""Is there room on the disks that the server writes to?"""

import shutil
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from server.operate.doctor.finding import Finding, bad, fine, warn

BAD_BELOW_BYTES: Final = 256 * 1024**2
"""PostgreSQL alone keeps as much in its log of changes."""

WARN_BELOW_BYTES: Final = 2 * 1024**3
_GIB: Final = 1024**3
_ADVICE: Final = "Make room, or give it a larger disk: a database that cannot write serves nobody."

_DATA_DIRECTORY: Final = text("SELECT setting FROM pg_settings WHERE name = 'data_directory'")


def place_of_database(connection: Connection) -> Path | None:
    """Where PostgreSQL keeps its data, where that is this machine and its user may know."""
    url = connection.engine.url
    host = unquote(str(url.host or url.query.get("host") or ""))
    if not (host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")):
        return None
    try:
        found = connection.execute(_DATA_DIRECTORY).scalar()
    except DBAPIError:
        return None
    return Path(found) if found else None


def check_disks(places: dict[str, Path | None]) -> list[Finding]:
    """Each disk once, by what lies on it. A place that is not there, or not to be looked at, is left out."""
    disks: dict[int, tuple[list[str], Path]] = {}
    for name, place in places.items():
        try:
            if place is not None:
                disks.setdefault(place.stat().st_dev, ([], place))[0].append(name)
        except OSError:
            continue
    return [_check(" and ".join(names), place) for names, place in disks.values()]


def _check(names: str, place: Path) -> Finding:
    usage = shutil.disk_usage(place)
    free = f"{usage.free / _GIB:,.1f} GiB of {usage.total / _GIB:,.1f} are free at {place} ({names})."
    if usage.free < BAD_BELOW_BYTES:
        return bad("disk", free, _ADVICE)
    return warn("disk", free, _ADVICE) if usage.free < WARN_BELOW_BYTES else fine("disk", free)
