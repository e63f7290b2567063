"""Offering: what this till had a verdict for and the server has forgotten, sent again with the receipt.

`offered` of an operation is 1 while it is to be sent, 2 once the server has it and brings it back when every till has
reported, and 0 when its verdict came anew. Meanwhile it keeps the state that it had. In the view it counts once: as
long as the old synced rows serve they show it; where newer rows take their place that do not, it is open again.
"""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from common.times import to_micros
from common.wire.pull import HISTORY_DAYS

_MARGIN: Final = timedelta(days=1)
"""Between this till's event time and the server's, and for a snapshot that takes its time."""

_SHOWN: Final = """
    CASE WHEN kind = 'enrol'
         THEN EXISTS (SELECT 1 FROM synced_cards WHERE synced_cards.card_id = operations.card_id)
              OR EXISTS (SELECT 1 FROM synced_aliases WHERE synced_aliases.card_id = operations.card_id)
         ELSE EXISTS (SELECT 1 FROM synced_transactions WHERE synced_transactions.key = operations.key) END
"""
_OF_ANOTHER_TILL: Final = """
    UPDATE operations SET offered = 1
    FROM (SELECT incarnation || '.' AS of_this_life FROM book)
    WHERE epoch = 0 AND offered = 0 AND state IN ('accepted', 'rejected') AND at > ?
        AND receipt IS NOT NULL AND substr(receipt, 1, length(of_this_life)) <> of_this_life
"""
_LEAVES_A_TRACE: Final = "kind IN ('enrol', 'stamp', 'redeem', 'void', 'carry_over')"


def anything(connection: sqlite3.Connection) -> bool:
    """Whether there is something to offer."""
    return connection.execute("SELECT 1 FROM operations WHERE offered = 1 LIMIT 1").fetchone() is not None


def after_snapshot(connection: sqlite3.Connection, server_time: datetime) -> int:
    """Look for what a snapshot that just took its place lacks of this till's own; returns how much is newly offered.

    The numbers of the queue say it first and nearly always. They cannot where the server forgot an epoch: then the rows
    themselves tell. What is lost is the end of this till's history, so all that follows the first operation that left
    no trace is offered. A verdict of a later version than the whole snapshot's is lost too, whatever it said: one
    exchange at a time, so none can have come in between.

    Of what this book did as another till nothing tells: that till may have come first, with other verdicts. All of it
    is offered once in each life of the server's data; what is known there gets its verdict again.
    """
    since = to_micros(server_time - timedelta(days=HISTORY_DAYS) + _MARGIN)
    (lost,) = connection.execute(
        f"""
        SELECT min(position) FROM operations
        WHERE state IN ('accepted', 'rejected') AND offered = 0 AND at > ?
            AND (state = 'accepted' AND {_LEAVES_A_TRACE} AND NOT ({_SHOWN})
                 OR verdict_ver > (SELECT synced_ver FROM book))
        """,  # noqa: S608 - constants
        (since,),
    ).fetchone()
    found = connection.execute(_OF_ANOTHER_TILL, (since,)).rowcount
    if lost is not None:
        found += connection.execute(
            """
            UPDATE operations SET offered = 1
            WHERE position >= ? AND offered = 0 AND receipt IS NOT NULL AND state IN ('accepted', 'rejected')
            """,
            (lost,),
        ).rowcount
    connection.execute(
        f"UPDATE operations SET open = 1 WHERE offered > 0 AND state = 'accepted' AND NOT ({_SHOWN})"  # noqa: S608 - a constant
    )
    connection.execute("UPDATE operations SET open = 1 WHERE state = 'parked' AND open = 0")
    return found
