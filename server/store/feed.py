"""The feed's rows, as the JSON of the wire. PostgreSQL writes the JSON itself: a page is handed on, never taken apart.

Two ways lead through the rows: by version, for a till that only needs what changed, and by id, for a snapshot. Both run
in one REPEATABLE READ transaction, so that the rows of a page are of one moment.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, TextClause, text

from server.store.tills import Till


def _moment(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS {column}"""


class FeedTable(NamedTuple):
    """A table of the feed.

    Attributes:
        columns: the fields of a row on the wire.
        source: where the rows come from, by merchant.
        key: what orders the rows of a snapshot; None for a table that is always sent whole.
        key_name: the key's name on the wire.
        snapshot_only: what a snapshot leaves out, because no rule looks that far back.
    """

    columns: str
    source: str
    key: str | None = None
    key_name: str = "key"
    snapshot_only: str = "true"


_RECENT: Final = "event_time >= :history_since"

TABLES: Final[dict[str, FeedTable]] = {
    "merchant": FeedTable(
        "merchant_id AS id, name, offline_days_max, pin_attempts_max, pin_lock_minutes, ver",
        "merchants WHERE merchant_id = :merchant_id",
    ),
    "program": FeedTable(
        f"program_id AS id, name, {_moment('inactive_since')}, ver", "programs WHERE merchant_id = :merchant_id"
    ),
    "stores": FeedTable("store_id AS id, name, ver", "stores WHERE merchant_id = :merchant_id"),
    "terms": FeedTable(
        """version, stamps_target, reward, cooldown_minutes, daily_limit, visit_limit, stamps_enabled, timezone,
           to_char(day_starts_at, 'HH24:MI') AS day_starts_at, pin_policy, allow_voids, void_days_max,
           cross_store_redemption, offline_redemption, ver""",
        "terms WHERE merchant_id = :merchant_id",
    ),
    "cards": FeedTable(
        f"""card_id AS id, number, token, store_id, name, phone, email, stamp_count, lifetime_stamps, redemptions,
            {_moment("last_stamp_at")}, {_moment("last_redemption_at")}, {_moment("inactive_since")}, carried_over,
            ver""",
        "cards WHERE merchant_id = :merchant_id",
        key="card_id",
        key_name="id",
    ),
    "aliases": FeedTable(
        "card_id, merged_into, ver", "aliases WHERE merchant_id = :merchant_id", key="card_id", key_name="card_id"
    ),
    "transactions": FeedTable(
        f"""key, card_id, store_id, till_id, staff_id, kind, delta, balance_after, original, shortfall, reward,
            {_moment("event_time")}, business_date, ver""",
        "transactions WHERE merchant_id = :merchant_id",
        key="key",
        snapshot_only=_RECENT,
    ),
    "verdicts": FeedTable(
        f"""key, seq, outcome, code, detail, {_moment("event_time")}, business_date, terms_version, balance_after,
            card_id, merged_into, number, ver, false AS replayed,
            (SELECT encode(o.digest, 'hex') FROM operations o
              WHERE o.merchant_id = verdicts.merchant_id AND o.key = verdicts.key) AS digest""",
        "verdicts WHERE merchant_id = :merchant_id AND till_id = :till_id",
        key="key",
        # One that was decided late is about long ago, and the till still waits for it.
        snapshot_only=f"({_RECENT} OR event_time IS NULL OR decided_at IS NOT NULL)",
    ),
}

WHOLE_TABLES: Final = tuple(name for name, table in TABLES.items() if table.key is None)
SNAPSHOT_TABLES: Final = tuple(name for name, table in TABLES.items() if table.key is not None)

# Within one version the ledger's own order counts.
_ORDER: Final = {"transactions": "ver, line"}


def _changed_rows(name: str, table: FeedTable) -> str:
    order = _ORDER.get(name, "ver")
    return f"""(SELECT coalesce(json_agg(row_to_json(r)), '[]')::text FROM (
        SELECT {table.columns} FROM {table.source} AND ver > :after AND ver <= :until ORDER BY {order}
    ) r) AS {name}"""


_CHANGES: Final = text("SELECT " + ",\n".join(_changed_rows(name, table) for name, table in TABLES.items()))
_WHOLE: Final = text("SELECT " + ",\n".join(_changed_rows(name, TABLES[name]) for name in WHOLE_TABLES))


# Not "place IS NULL OR …": a prepared plan keeps both branches, and reads each page from the table's beginning.
_BEFORE_ALL: Final = UUID(int=0)


def _snapshot_rows(table: FeedTable) -> TextClause:
    return text(f"""
        SELECT count(*) AS sent, max({table.key_name}::text)::uuid AS last,
               coalesce(json_agg(row_to_json(r)), '[]')::text AS rows
          FROM (
            SELECT {table.columns}
              FROM {table.source} AND {table.snapshot_only}
               AND {table.key} > coalesce(CAST(:place AS uuid), CAST('{_BEFORE_ALL}' AS uuid))
             ORDER BY {table.key} LIMIT :limit
        ) r""")


_SNAPSHOT: Final = {name: _snapshot_rows(TABLES[name]) for name in SNAPSHOT_TABLES}

_HEAD: Final = text("SELECT ver FROM merchant_versions WHERE merchant_id = :merchant_id")

_VERSIONED: Final = [*(table.source for table in TABLES.values()), "staff WHERE merchant_id = :merchant_id"]

_PAGE_END: Final = text(
    "SELECT count(*) AS sent, max(ver) AS ver FROM (SELECT ver FROM ("
    + " UNION ALL ".join(
        f"(SELECT ver FROM {source} AND ver > :after ORDER BY ver LIMIT :limit)" for source in _VERSIONED
    )
    + ") changed ORDER BY ver LIMIT :limit) page"
)

_STAFF: Final = text("""
SELECT staff_id, name, role, store_ids, salt, time_cost, memory_kib, parallelism, pin_hash, inactive_since, ver
  FROM staff
 WHERE merchant_id = :merchant_id AND ver > :after AND ver <= :until
 ORDER BY ver
""")

# A cursor beyond a version says that the till has applied it; one page later than it did, which only favours the till.
_NOTE_TERMS: Final = text("""
INSERT INTO till_terms (merchant_id, till_id, version, pulled_at)
SELECT t.merchant_id, :till_id, t.version, :now
  FROM terms t
 WHERE t.merchant_id = :merchant_id AND t.ver <= :ver
   AND NOT EXISTS (SELECT FROM till_terms p
                    WHERE p.merchant_id = t.merchant_id AND p.till_id = :till_id AND p.version = t.version)
ON CONFLICT DO NOTHING
""")


class SnapshotPart(NamedTuple):
    """Some rows of one table: how many, the place of the last, and their JSON."""

    sent: int
    last: UUID | None
    rows: str


def head(connection: Connection, till: Till) -> int:
    """The merchant's newest version."""
    return int(connection.execute(_HEAD, {"merchant_id": till.merchant_id}).scalar_one())


def page_end(connection: Connection, till: Till, *, after: int, limit: int) -> int | None:
    """The version that a page of about `limit` rows ends with; None when everything fits. A version is never cut."""
    row = connection.execute(_PAGE_END, _of(till) | {"after": after, "limit": limit}).one()
    return None if row.sent < limit else int(row.ver)


def changes(connection: Connection, till: Till, *, after: int, until: int) -> dict[str, str]:
    """The JSON of each table's rows that changed after one version, up to another."""
    return _filled(connection.execute(_CHANGES, _of(till) | {"after": after, "until": until}).one())


def whole_tables(connection: Connection, till: Till, *, until: int) -> dict[str, str]:
    """The JSON of the small tables, which every snapshot begins with."""
    return _filled(connection.execute(_WHOLE, {"merchant_id": till.merchant_id, "after": 0, "until": until}).one())


def _filled(row: Row[Any]) -> dict[str, str]:
    return {name: rows for name, rows in row._mapping.items() if rows != "[]"}


def snapshot_part(
    connection: Connection, till: Till, table: str, *, place: UUID | None, limit: int, history_since: datetime
) -> SnapshotPart:
    """The next rows of one table, by id."""
    asked = _of(till) | {"place": place, "limit": limit, "history_since": history_since}
    row = connection.execute(_SNAPSHOT[table], asked).one()
    return SnapshotPart(row.sent, row.last, row.rows)


def staff(connection: Connection, till: Till, *, after: int, until: int) -> Sequence[Row[Any]]:
    """Staff that changed, with the hashes that only the server may see."""
    return connection.execute(_STAFF, _of(till) | {"after": after, "until": until}).all()


def note_terms(connection: Connection, till: Till, *, ver: int, now: datetime) -> None:
    """Remember which versions of the terms this till has had since when."""
    connection.execute(_NOTE_TERMS, _of(till) | {"ver": ver, "now": now})


def _of(till: Till) -> dict[str, Any]:
    return {"merchant_id": till.merchant_id, "till_id": till.till_id}
