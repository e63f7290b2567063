"""The queue's numbers: how they follow the server's, onward into a new epoch, and back where the server went back."""

import sqlite3

from desktop.store.operations import recount


def rewind(connection: sqlite3.Connection, have_seq: int, epoch: int | None = None) -> int:
    """Let what lies after the server's place be sent again; returns how many operations that newly is.

    What had no verdict waits anyhow. What had one, and lies after what the server has, the server has forgotten: its
    data went back in time. What was final is offered with its receipt, and stays in the view as it is; what was parked
    waits again. Called with every answer, and almost always done after one look at the queue.
    """
    last = connection.execute(
        """
        SELECT epoch, seq, (SELECT epoch FROM book) FROM operations
        WHERE position < coalesce(
            (SELECT position FROM operations WHERE state = 'waiting' ORDER BY position LIMIT 1), 9223372036854775807)
        ORDER BY position DESC LIMIT 1
        """
    ).fetchone()
    if last is None:
        return 0
    place = (last[2] if epoch is None else epoch, have_seq)
    if (last[0], last[1]) <= place:
        return 0
    again = connection.execute(
        """
        UPDATE operations SET state = 'waiting', open = 1, verdict = NULL, verdict_ver = NULL, acknowledged_at = NULL
        WHERE (epoch, seq) > (?, ?) AND state = 'parked'
        """,
        place,
    ).rowcount
    again += connection.execute(
        "UPDATE operations SET offered = 1 WHERE (epoch, seq) > (?, ?) AND state <> 'waiting' AND offered <> 1", place
    ).rowcount
    if again:
        recount(connection)
    return again


def renumber(connection: sqlite3.Connection, epoch: int, have_seq: int = 0) -> None:
    """Go on in another epoch: what waits is numbered from `have_seq + 1`, in the order it was recorded.

    Nothing happens when the book is in that epoch already, so an answer that comes twice does no harm.
    """
    changed = connection.execute(
        "UPDATE book SET epoch = ?, next_seq = ? + 1 WHERE epoch <> ?", (epoch, have_seq, epoch)
    ).rowcount
    if not changed:
        return
    connection.execute(
        """
        UPDATE operations SET epoch = ?, seq = ? + numbered.place
        FROM (SELECT position, row_number() OVER (ORDER BY position) AS place
              FROM operations WHERE state = 'waiting' OR offered = 1) AS numbered
        WHERE operations.position = numbered.position
        """,
        (epoch, have_seq),
    )
    connection.execute(
        """
        UPDATE book SET next_seq = next_seq + (SELECT count(*) FROM operations WHERE state = 'waiting')
            + (SELECT count(*) FROM operations WHERE offered = 1)
        """
    )
    recount(connection)


def begin_as_another_till(connection: sqlite3.Connection) -> None:
    """Forget the numbers of what has a verdict: they were those of the till that this book was before.

    The queue's own are given anew by `renumber`, whatever the epoch of the one till and the other.
    """
    connection.execute("UPDATE operations SET epoch = 0, seq = position WHERE state <> 'waiting'")
    connection.execute("UPDATE book SET epoch = 0")
