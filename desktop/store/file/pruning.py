"""Pruning: what is so old that nothing asks for it any more leaves the book, a little at a time.

A till works for years, and its book must not grow with them. Ledger rows go when a snapshot would no longer bring them,
settled operations when no recovery would want their receipts: both after 35 days (docs/recovery.md). What waits, what
is open, what nobody has acknowledged yet, and what the open shift counts stays, however old.
"""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from common.times import to_micros
from common.wire.pull import HISTORY_DAYS

AT_ONCE: Final = 2_000
"""Rows of each table that are looked at: some milliseconds. Once an hour that is 48,000 a day."""

# Both look at the oldest rows alone, by the order in which they came: an index on the time would cost every snapshot.
_TRANSACTIONS: Final = """
    DELETE FROM synced_transactions WHERE rowid IN (
        SELECT rowid FROM (SELECT rowid, event_time FROM synced_transactions ORDER BY rowid LIMIT :at_once)
        WHERE event_time < :before)
"""
# The last one judged stays: by it the server sees how far this till is.
_OPERATIONS: Final = """
    DELETE FROM operations WHERE position IN (
        SELECT position FROM (SELECT * FROM operations ORDER BY position LIMIT :at_once)
        WHERE at < :before AND open = 0 AND offered = 0
            AND (state = 'accepted' OR state = 'rejected' AND acknowledged_at IS NOT NULL)
            AND position <= coalesce((SELECT after_position FROM shifts WHERE closed_at IS NULL), position)
            AND key NOT IN (SELECT key FROM awaited))
        AND position < (SELECT max(position) FROM operations WHERE state <> 'waiting')
"""


def prune(connection: sqlite3.Connection, server_time: datetime) -> int:
    """Delete what is older than 35 days by the server's clock, of the oldest rows; returns how many that were.

    The server's, because a till's own may stand in another year. In the caller's transaction.
    """
    bounds = {"before": to_micros(server_time - timedelta(days=HISTORY_DAYS)), "at_once": AT_ONCE}
    return sum(connection.execute(statement, bounds).rowcount for statement in (_TRANSACTIONS, _OPERATIONS))
