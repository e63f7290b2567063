"""Distribute: the tables of a Citus coordinator become distributed ones, by merchant and on the same nodes.

Everything of one merchant then lies on one node, and each statement of ours goes to that one. `token_directory` is
copied to every node; what is nobody's stays on the coordinator. A database that is empty or full, or partly distributed
because a newer program brought a table, is treated alike.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from server.store.fence.role import SERVING_ROLE
from server.store.recovery.tables import metadata
from server.trouble import DatabaseUnsuitable, NotPossible

MERCHANT: Final = "merchant_id"
FIRST: Final = "merchants"
EVERYWHERE: Final = "token_directory"

_CITUS = text("SELECT extversion FROM pg_extension WHERE extname = 'citus'")
_GROUP = text("SELECT groupid FROM pg_dist_local_group")
_THERE = text("SELECT CAST(logicalrelid AS text) FROM pg_dist_partition")
_FOREIGN_KEYS = text("""
SELECT CAST(conrelid AS regclass)::text AS on_table, conname AS name, pg_get_constraintdef(oid) AS said
  FROM pg_constraint
 WHERE contype = 'f' AND connamespace = CAST('public' AS regnamespace)
 ORDER BY conrelid, conname
""")


@dataclass(frozen=True, slots=True)
class Distributed:
    """What was done. `tables` became distributed or were copied to every node; `already` were so before."""

    citus: str
    tables: tuple[str, ...]
    already: tuple[str, ...]


def tables_by_merchant() -> tuple[str, ...]:
    """Every table that is to be distributed, the one that the others lie beside first."""
    named = [table.name for table in metadata.sorted_tables if MERCHANT in table.columns]
    return (FIRST, *(name for name in named if name not in (FIRST, EVERYWHERE)))


def distribute(engine: Engine) -> Distributed:
    """Distribute what is not distributed yet, in one transaction. Nobody may serve meanwhile.

    Raises DatabaseUnsuitable for what is no coordinator of Citus, and NotPossible, with Citus' own words, when it
    refuses; nothing was changed then.
    """
    with engine.connect() as connection:
        with connection.begin():
            citus = _require_coordinator(connection)
            there = set(connection.execute(_THERE).scalars())
            wanted = tuple(name for name in (*tables_by_merchant(), EVERYWHERE) if name not in there)
            if wanted:
                try:
                    _distribute(connection, wanted)
                except DBAPIError as error:
                    said = str(error.orig).strip().splitlines()[0]
                    raise NotPossible(f"Citus refuses: {said} Nothing was changed.") from error
        if wanted:
            with connection.begin():
                _let_go(connection)
    return Distributed(citus, wanted, tuple(sorted(there)))


def _require_coordinator(connection: Connection) -> str:
    citus: str | None = connection.scalar(_CITUS)
    if citus is None:
        raise DatabaseUnsuitable(
            "The database is no coordinator of Citus: the extension is not there. Nothing was changed. On a cluster "
            "of Citus an administrator makes it with: CREATE EXTENSION citus;"
        )
    if connection.scalar(_GROUP) != 0:
        raise DatabaseUnsuitable(
            "The database is a worker of Citus. Give TILLSTAMP_DATABASE_URL the coordinator's address; "
            "nothing was changed."
        )
    return citus


def _distribute(connection: Connection, wanted: tuple[str, ...]) -> None:
    # Keys between tables that are distributed and others that are not yet are refused: they come back at the end.
    connection.execute(text("SET LOCAL citus.multi_shard_modify_mode = 'sequential'"))
    keys = connection.execute(_FOREIGN_KEYS).all()
    for key in keys:
        connection.execute(text(f"ALTER TABLE {key.on_table} DROP CONSTRAINT {key.name}"))
    # Citus goes to its nodes as whoever asks, and serving asks as this role. It has no password; pg_hba.conf says from
    # where it may come.
    connection.execute(text(f"ALTER ROLE {SERVING_ROLE} LOGIN"))
    for name in wanted:
        if name == EVERYWHERE:
            connection.execute(text("SELECT create_reference_table(:name)"), {"name": name})
        elif name == FIRST:
            asked = {"name": name, "by": MERCHANT}
            connection.execute(text("SELECT create_distributed_table(:name, :by)"), asked)
        else:
            asked = {"name": name, "by": MERCHANT, "beside": FIRST}
            connection.execute(text("SELECT create_distributed_table(:name, :by, colocate_with => :beside)"), asked)
    for key in keys:
        connection.execute(text(f"ALTER TABLE {key.on_table} ADD CONSTRAINT {key.name} {key.said}"))


def _let_go(connection: Connection) -> None:
    """Of a table that was full the coordinator keeps the rows that lie on the nodes now, and shows them to nobody."""
    for name in (FIRST, EVERYWHERE):
        # Those that refer to the first go with it.
        connection.execute(text("SELECT truncate_local_data_after_distributing_table(:name)"), {"name": name})
