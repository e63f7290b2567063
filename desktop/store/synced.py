"""The synced rows: one page of the feed at a time, or a whole snapshot in their place. Only pull writes here."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from common.wire.pull import Changes, PullResponse
from desktop.store.operations import apply_verdicts, settle
from desktop.store.recovery.offering import after_snapshot
from desktop.store.rows import COLUMNS, removed_kind, rows_of

_SYNCED: Final = "synced"
_INCOMING: Final = "incoming"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What of the shop is here.

    Attributes:
        whole: the till can work with it, PINs included.
    """

    whole: bool
    cards: int
    people: int


def apply_page(connection: sqlite3.Connection, page: PullResponse) -> None:
    """Apply a page of changes, its verdicts and its cursor, in the caller's one transaction."""
    meet_incarnation(connection, page.incarnation)
    _put(connection, _SYNCED, page.changes)
    _reach(connection, page)


def stage_page(connection: sqlite3.Connection, page: PullResponse) -> None:
    """Gather a page of a snapshot aside; the old rows go on serving.

    Its verdicts hold at once. A page from another incarnation of the server begins the snapshot anew.
    """
    meet_incarnation(connection, page.incarnation)
    (incarnation,) = connection.execute("SELECT staging_incarnation FROM book").fetchone()
    if incarnation != page.incarnation:
        _begin_staging(connection)
    _put(connection, _INCOMING, page.changes)
    apply_verdicts(connection, page.changes.verdicts)
    connection.execute("UPDATE book SET staging_cursor = ?, staging_incarnation = ?", (page.cursor, page.incarnation))


def finish_snapshot(connection: sqlite3.Connection, page: PullResponse) -> None:
    """Gather the last page of a snapshot, and put the whole in place of the synced rows.

    The copies are indexed once, here, and renamed: no row is written twice.
    """
    stage_page(connection, page)
    for kind in COLUMNS:
        indexes = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
            (f"{_SYNCED}_{kind}",),
        ).fetchall()
        connection.execute(f"DROP TABLE {_SYNCED}_{kind}")
        connection.execute(f"ALTER TABLE {_INCOMING}_{kind} RENAME TO {_SYNCED}_{kind}")
        for (index,) in indexes:
            _make_index(connection, kind, index)
    connection.execute(
        "UPDATE book SET staging_cursor = NULL, staging_incarnation = NULL, verifiers_void = 0, compared_at = NULL"
    )
    _reach(connection, page)
    after_snapshot(connection, page.server_time)


def meet_incarnation(connection: sqlite3.Connection, incarnation: str) -> bool:
    """To be told of every answer's incarnation: one that differs from the book's voids the versions; true then.

    The server's data went back in time or was made anew. Until a snapshot of it is whole the old rows serve and nothing
    settles; then everything that was accepted before does, for the snapshot has it, or it is offered again. The cursor
    stays: the server does not honour it, but sees by it that this till has rows to work with until a recovery is over.
    """
    changed = connection.execute(
        """
        UPDATE book SET incarnation = ?, synced_ver = 0, staging_cursor = NULL, staging_incarnation = NULL
        WHERE incarnation <> ?
        """,
        (incarnation, incarnation),
    ).rowcount
    if changed:
        connection.execute("UPDATE operations SET verdict_ver = 1 WHERE open = 1 AND state = 'accepted'")
    return bool(changed)


def forget_snapshot(connection: sqlite3.Connection) -> None:
    """Give up a snapshot half gathered; the next pull asks with the cursor from before it."""
    for kind in COLUMNS:
        connection.execute(f"DROP TABLE IF EXISTS {_INCOMING}_{kind}")
    connection.execute("UPDATE book SET staging_cursor = NULL, staging_incarnation = NULL")


def arrived(connection: sqlite3.Connection) -> Arrived:
    """What has arrived of the snapshot under way, or of the one that was the last."""
    row = connection.execute(
        "SELECT staging_cursor IS NOT NULL, verifiers_void, EXISTS (SELECT 1 FROM synced_terms) FROM book"
    ).fetchone()
    if row is None:
        return Arrived(whole=False, cards=0, people=0)
    staging, verifiers_void, has_terms = row
    whole = bool(has_terms) and not verifiers_void
    if not whole and not staging:
        return Arrived(whole=False, cards=0, people=0)
    prefix = _SYNCED if whole else _INCOMING
    # The largest rowid, not a count: only ever added to, the copies have no gaps, and 100 000 cards are read at once.
    cards_of = "count(*) FROM synced" if whole else "coalesce(max(rowid), 0) FROM incoming"
    (cards,) = connection.execute(f"SELECT {cards_of}_cards").fetchone()
    (people,) = connection.execute(f"SELECT count(*) FROM {prefix}_staff").fetchone()  # noqa: S608 - our own names
    return Arrived(whole, cards, people)


def _begin_staging(connection: sqlite3.Connection) -> None:
    """Empty copies of the synced tables, made from their own definitions, without their indexes."""
    forget_snapshot(connection)
    for kind in COLUMNS:
        (definition,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (f"{_SYNCED}_{kind}",)
        ).fetchone()
        columns = definition[definition.index("(") :]
        connection.execute(f"CREATE TABLE {_INCOMING}_{kind} {columns}")


def _make_index(connection: sqlite3.Connection, kind: str, index: str) -> None:
    try:
        connection.execute(index)
    except sqlite3.IntegrityError:
        # A row that changed while the snapshot was on its way came twice; the later is the newer.
        identity = COLUMNS[kind].partition(",")[0]
        table = f"{_SYNCED}_{kind}"
        connection.execute(
            f"DELETE FROM {table} WHERE rowid NOT IN (SELECT max(rowid) FROM {table} GROUP BY {identity})"  # noqa: S608 - our own names
        )
        connection.execute(index)


def _put(connection: sqlite3.Connection, prefix: str, changes: Changes) -> None:
    for kind, rows in rows_of(changes).items():
        columns = COLUMNS[kind]
        marks = ", ".join("?" * (columns.count(",") + 1))
        connection.executemany(f"INSERT OR REPLACE INTO {prefix}_{kind} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names
    for row in changes.removed:
        removed = removed_kind(row)
        if removed is not None:
            identity = COLUMNS[removed].partition(",")[0]
            connection.execute(f"DELETE FROM {prefix}_{removed} WHERE {identity} = ?", (row.id,))  # noqa: S608 - our own names


def _reach(connection: sqlite3.Connection, page: PullResponse) -> None:
    connection.execute(
        """
        UPDATE book SET cursor = ?, synced_ver = ?, pages_applied = pages_applied + 1
        """,
        (page.cursor, page.ver),
    )
    apply_verdicts(connection, page.changes.verdicts)
    settle(connection)
