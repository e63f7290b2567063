"""How the tills stand: which versions they run, and who is silent with operations that only it has."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

from common.clock import Clock
from common.version import VERSION
from server.operate.doctor.finding import Finding, fine, warn
from server.operate.silence import SILENT_AFTER

_NAMED_MAX: Final = 5

_VERSIONS: Final = text(
    "SELECT app_version, count(*) AS tills FROM tills WHERE revoked_at IS NULL GROUP BY app_version"
)
_SILENT: Final = text("""
SELECT m.slug AS merchant, s.slug AS store, t.name, t.pending, count(*) OVER () AS counted,
       :now - coalesce(t.last_contact_at, t.enrolled_at) AS silent_for
  FROM tills t
  JOIN merchants m ON m.merchant_id = t.merchant_id
  JOIN stores s ON s.merchant_id = t.merchant_id AND s.store_id = t.store_id
 WHERE t.revoked_at IS NULL AND t.pending > 0 AND coalesce(t.last_contact_at, t.enrolled_at) < :silent_before
 ORDER BY silent_for DESC
 LIMIT :named_max
""")


def check_tills(connection: Connection, clock: Clock) -> list[Finding]:
    """All tills of all merchants, those revoked left out."""
    versions = {row.app_version: row.tills for row in connection.execute(_VERSIONS)}
    if not versions:
        return [fine("tills", "There is no till yet.")]
    return [_check_versions(versions), _check_silent(connection, clock)]


def _check_versions(versions: dict[str, int]) -> Finding:
    newer = {each: tills for each, tills in versions.items() if _key(each) > _key(VERSION)}
    older = {each: tills for each, tills in versions.items() if _key(each) < _key(VERSION)}
    if newer:
        return warn(
            "versions",
            f"{_listed(newer)}; this server is {VERSION}.",
            "Install that version of the server: newer tills may ask for what this one does not know.",
        )
    if older:
        return warn(
            "versions",
            f"{_listed(older)}; this server is {VERSION}. They go on working.",
            "Bring them up to date when it suits the shop.",
        )
    return fine("versions", f"{_listed(versions)}, as this server.")


def _listed(versions: dict[str, int]) -> str:
    return ", ".join(
        f"{tills} {'till runs' if tills == 1 else 'tills run'} {each}"
        for each, tills in sorted(versions.items(), key=lambda pair: _key(pair[0]))
    )


def _key(version: str) -> tuple[tuple[int, str], ...]:
    """In the order of releases. What a till says of itself is its own word, and may be anything."""
    parts = version.partition("+")[0].replace("-", ".").split(".")
    return tuple((int(part) if part.isdecimal() else -1, part) for part in parts)


def _check_silent(connection: Connection, clock: Clock) -> Finding:
    now = clock.now()
    asked = {"now": now, "silent_before": now - SILENT_AFTER, "named_max": _NAMED_MAX}
    silent = connection.execute(_SILENT, asked).all()
    if not silent:
        return fine("tills", "No till is silent with operations that wait.")
    named = "; ".join(
        f"{row.merchant}/{row.store}/{row.name}: {row.pending} waiting, silent for {_length(row.silent_for)}"
        for row in silent
    )
    more = silent[0].counted - len(silent)
    return warn(
        "tills",
        f"{named}{f'; and {more} more' if more else ''}.",
        "Is the till switched on, and has the shop a network? What waits is safe on the till's disk.",
    )


def _length(silence: timedelta) -> str:
    hours = silence.total_seconds() / 3_600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 1 else f"{hours * 60:.0f} min"
