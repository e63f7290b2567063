"""The fleet: how all tills of all merchants stand, in a few figures that say nothing of whose they are."""

from datetime import datetime
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.observing.fleet import Fleet
from server.operate.silence import SILENT_AFTER
from server.store.attention import AttentionKind

_TIMEOUT_MS: Final = 2_000
"""However large the database and however busy: who asks for figures must not hold anybody up."""

_LIMIT = text("SELECT set_config('statement_timeout', :timeout_ms, true)")

_TILLS = text("""
SELECT count(*) FILTER (WHERE heard >= :silent_before) AS in_contact,
       count(*) FILTER (WHERE heard < :silent_before AND pending = 0) AS silent,
       count(*) FILTER (WHERE heard < :silent_before AND pending > 0) AS silent_with_queue,
       count(*) FILTER (WHERE heard < :now - offline_days_max * interval '12 hours') AS silent_too_long,
       coalesce(sum(pending), 0) AS waiting, min(oldest_pending_at) AS oldest_at
  FROM (SELECT coalesce(t.last_contact_at, t.enrolled_at) AS heard, t.pending, t.oldest_pending_at, m.offline_days_max
          FROM tills t JOIN merchants m ON m.merchant_id = t.merchant_id
         WHERE t.revoked_at IS NULL) each
""")

_ATTENTION = text("SELECT kind, count(*) AS items FROM attention WHERE resolved_at IS NULL GROUP BY kind")

_PARKED = text("""
SELECT (SELECT count(*) FROM verdicts WHERE outcome = 'parked')
     + (SELECT count(*) FROM unkeyed_operations WHERE outcome = 'parked')
""")


def read_fleet(engine: Engine, now: datetime) -> Fleet | None:
    """How the tills stand; None where the database does not answer in time, or its user may not look across merchants.

    The one statement of a serving process that does; it takes no role, so it sees all only as the tables' owner.
    """
    try:
        with engine.connect() as connection, connection.begin():
            connection.execute(_LIMIT, {"timeout_ms": str(_TIMEOUT_MS)})
            tills = connection.execute(_TILLS, {"now": now, "silent_before": now - SILENT_AFTER}).mappings().one()
            items = {row.kind: row.items for row in connection.execute(_ATTENTION)}
            attention = {kind.value: items.get(kind.value, 0) for kind in AttentionKind}
            return Fleet(**tills, attention=attention, parked=connection.execute(_PARKED).scalar_one())
    except (DBAPIError, PoolTimeout):
        return None
