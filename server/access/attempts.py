"""Wrong enrolment codes: ten from one address in an hour, then none is looked at until the oldest is an hour old.

A code has 40 bits and lives ten minutes; ten guesses an hour find none. The count is kept in the database, because it
must hold over all processes and their restarts.

No address is kept. It becomes one of a million places, by a hash that the server's own key keys: a place fits thousands
of addresses, so `log_ip` has nothing to forbid here, and the table cannot outgrow its places. Two addresses that meet
in one place share its ten attempts; an hour later it is forgotten.
"""

import hmac
import math
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

ATTEMPTS_MAX: Final = 10
WINDOW: Final = timedelta(hours=1)

_PLACES: Final = 2**20

# The attempt is counted before the code is looked at: whoever asks many times at once waits in line for this row. Of a
# row, only what lies within the last hour counts, so ten timestamps are the most it ever holds.
_COUNT = text("""
WITH forgotten AS (
    DELETE FROM enrolment_attempts
     WHERE place IN (SELECT place FROM enrolment_attempts
                      WHERE last_at < :window_began AND place <> :place
                      ORDER BY last_at LIMIT 100 FOR UPDATE SKIP LOCKED)
)
INSERT INTO enrolment_attempts AS known (place, attempted_at, last_at)
VALUES (:place, ARRAY[CAST(:now AS timestamptz)], :now)
ON CONFLICT (place) DO UPDATE
   SET last_at = EXCLUDED.last_at,
       attempted_at = ARRAY(SELECT at FROM unnest(known.attempted_at) at
                             WHERE at > :window_began AND at <= :now ORDER BY at) || EXCLUDED.attempted_at
 WHERE (SELECT count(*) FROM unnest(known.attempted_at) at WHERE at > :window_began AND at <= :now) < :most
RETURNING place
""")

_OLDEST = text("""
SELECT min(at) FROM enrolment_attempts, unnest(attempted_at) at
 WHERE place = :place AND at > :window_began AND at <= :now
""")

# The last is ours: nobody else has come to this row since.
_TAKE_BACK = text("""
UPDATE enrolment_attempts SET attempted_at = attempted_at[1 : cardinality(attempted_at) - 1] WHERE place = :place
""")


def place_of(sender: str, key: bytes) -> int:
    """The place where the attempts of a sender (`senders.py`) are counted. `key` is the server's own secret."""
    # What else the key seals never begins like this.
    digest = hmac.digest(key, f"enrolment attempts of {sender}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big") % _PLACES


def count_attempt(connection: Connection, place: int, now: datetime) -> int:
    """Count an attempt from here, as one that fails. Returns 0, or the seconds until the next may be made.

    It is kept by the commit of this transaction, before which nobody is answered.
    """
    asked: dict[str, Any] = {"place": place, "now": now, "window_began": now - WINDOW}
    if connection.execute(_COUNT, asked | {"most": ATTEMPTS_MAX}).first() is not None:
        return 0
    oldest: datetime | None = connection.execute(_OLDEST, asked).scalar()
    return max(1, math.ceil(((oldest or now) + WINDOW - now).total_seconds()))


def take_back_attempt(connection: Connection, place: int) -> None:
    """The attempt that this transaction has counted did not fail."""
    connection.execute(_TAKE_BACK, {"place": place})
