"""Is this machine's clock right? Tills set theirs by it, and rules count minutes."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from common.clock import Clock
from server.operate.doctor.finding import Finding, bad, fine

APART_MAX: Final = timedelta(seconds=2)
"""As far as the rules look past: two processes of one server may judge the same card."""

_NOT_BEFORE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No server of this program ran before."""

_DATABASE_NOW: Final = text("SELECT clock_timestamp()")
_NEWEST_CONTACT: Final = text("SELECT max(last_contact_at) FROM tills")
_ADVICE: Final = "Set the clock, and let it be kept: timedatectl set-ntp true"


def check_clock(connection: Connection, clock: Clock) -> Finding:
    """This machine's clock against the database's, and against what it said before."""
    before = clock.now()
    database: datetime = connection.execute(_DATABASE_NOW).scalar_one()
    after = clock.now()
    if after < _NOT_BEFORE:
        return bad("clock", f"This machine believes that it is {after:%Y-%m-%d %H:%M} UTC.", _ADVICE)
    # What the question took on its way is nobody's fault.
    apart = max(before - database, database - after, timedelta(0))
    if apart > APART_MAX:
        return bad(
            "clock",
            f"This machine's clock and the database's are {apart.total_seconds():.0f} s apart.",
            f"{_ADVICE} (on both machines)",
        )
    return fine("clock", "This machine's clock and the database's agree.")


def check_clock_of_the_past(connection: Connection, clock: Clock) -> Finding | None:
    """Whether tills were heard at a time that is yet to come. Only where the schema is current."""
    newest: datetime | None = connection.execute(_NEWEST_CONTACT).scalar()
    if newest is None or newest <= clock.now() + APART_MAX:
        return None
    return bad("clock", f"Tills were heard at {newest:%Y-%m-%d %H:%M} UTC, which is yet to come.", _ADVICE)
