"""Mending: the rows of one bucket as the server has them, in place of the synced rows that are otherwise.

Which rows those are is found by reading; only they are written, in the transaction of the page that brought the bucket,
so that the cashier's writes wait for a handful of rows and not for a look at a hundred thousand.
"""

import contextlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from common.ids import CardId
from common.times import to_micros
from common.wire.pull import BucketRows, Changes
from common.wire.push import REPAIRED_ROWS_NAMED_MAX, RepairedBucket
from desktop.store.book import Book
from desktop.store.file.faults import told_in_words
from desktop.store.rows import COLUMNS, Row, rows_of

# A row whose id is no id any more must lie somewhere, to be found.
BUCKET: Final = "CASE WHEN substr(card_id, -2) GLOB '[0-9a-f][0-9a-f]' THEN substr(card_id, -2) ELSE '00' END"
"""The bucket of a synced row, in hexadecimal digits."""

REPORTS_OF_A_PUSH: Final = 4
"""Some 500 bytes each, in the room that a push leaves for all but its operations."""

_WHICH: Final = {"cards": "", "aliases": "", "transactions": "AND event_time >= :history_since"}


@dataclass(slots=True)
class Mending:
    """What is wrong in one bucket.

    Attributes:
        wrong: by kind, the rows as they should be.
        unknown: by kind, the rowids of rows that the server does not have.
        report: None where nothing is wrong.
    """

    wrong: dict[str, list[Row]] = field(default_factory=dict)
    unknown: dict[str, list[int]] = field(default_factory=dict)
    report: RepairedBucket | None = None


def find_differences(book: Book, theirs: BucketRows, *, ver: int, synced_ver: int) -> Mending:
    """What of the synced rows at `synced_ver` differs from a bucket as of `ver`. Raises BookDamaged.

    What is newer than `synced_ver` is no difference but news, which comes in the same page.
    """
    with closing(book.open_reader()) as connection, told_in_words(book.path):
        # A text that is no text is a difference, not an error.
        connection.text_factory = lambda written: written.decode(errors="replace")
        return _differences(connection, theirs, ver=ver, synced_ver=synced_ver)


def _differences(connection: sqlite3.Connection, theirs: BucketRows, *, ver: int, synced_ver: int) -> Mending:
    mending = Mending()
    missing = different = 0
    concerned: dict[str, None] = {}
    changes = Changes(cards=theirs.cards, aliases=theirs.aliases, transactions=theirs.transactions)
    for kind, rows in rows_of(changes).items():
        if kind not in _WHICH:
            continue
        ours = _ours(connection, kind, theirs)
        names = COLUMNS[kind].split(", ")
        card, version = names.index("card_id"), names.index("ver")
        for row in rows:
            _, before = ours.pop(row[0], (0, None))
            if row[version] > synced_ver or before == row:
                continue
            missing += before is None
            different += before is not None
            mending.wrong.setdefault(kind, []).append(row)
            concerned[row[card]] = None
        mending.unknown[kind] = [rowid for rowid, _ in ours.values()]
        concerned |= dict.fromkeys(str(row[card]) for _, row in ours.values())
    unknown = sum(map(len, mending.unknown.values()))
    if missing or different or unknown:
        mending.report = RepairedBucket(
            bucket=theirs.bucket,
            ver=ver,
            missing=missing,
            unknown=unknown,
            different=different,
            card_ids=_ids(concerned)[:REPAIRED_ROWS_NAMED_MAX],
        )
    return mending


def mend(connection: sqlite3.Connection, mending: Mending) -> None:
    """Write what is wrong, and that it is to be reported, in the caller's transaction."""
    for kind, rowids in mending.unknown.items():
        connection.executemany(
            f"DELETE FROM synced_{kind} WHERE rowid = ?",  # noqa: S608 - our own names
            ((rowid,) for rowid in rowids),
        )
    for kind, rows in mending.wrong.items():
        marks = ", ".join("?" * (COLUMNS[kind].count(",") + 1))
        connection.executemany(f"INSERT OR REPLACE INTO synced_{kind} ({COLUMNS[kind]}) VALUES ({marks})", rows)  # noqa: S608 - our own names
    if mending.report is not None:
        connection.execute(
            "INSERT OR REPLACE INTO repairs (bucket, report) VALUES (?, ?)",
            (mending.report.bucket, mending.report.model_dump_json()),
        )


def unreported(connection: sqlite3.Connection) -> list[RepairedBucket]:
    """What was mended and the server has not been told, as much as one push takes; of each bucket the last."""
    rows = connection.execute("SELECT report FROM repairs ORDER BY bucket LIMIT ?", (REPORTS_OF_A_PUSH,))
    return [RepairedBucket.model_validate_json(report) for (report,) in rows]


def reported(connection: sqlite3.Connection, repaired: list[RepairedBucket]) -> None:
    """The server has been told of these. One of the same bucket that came since stays."""
    connection.executemany(
        "DELETE FROM repairs WHERE bucket = ? AND report = ?",
        ((one.bucket, one.model_dump_json()) for one in repaired),
    )


def _ids(texts: Iterable[str]) -> list[CardId]:
    """Those that are ids: in a damaged row anything may stand."""
    found = []
    for one in texts:
        with contextlib.suppress(ValueError):
            found.append(CardId(UUID(one)))
    return found


def _ours(connection: sqlite3.Connection, kind: str, theirs: BucketRows) -> dict[str, tuple[int, Row]]:
    """By identity: the rowid, and the row."""
    rows = connection.execute(
        f"SELECT rowid, {COLUMNS[kind]} FROM synced_{kind} WHERE {BUCKET} = :bucket {_WHICH[kind]}",  # noqa: S608 - our own names
        {"bucket": f"{theirs.bucket:02x}", "history_since": to_micros(theirs.history_since)},
    )
    return {row[0]: (rowid, row) for rowid, *columns in rows for row in (tuple(columns),)}
