"""The shop without its cards, from one book into another that is empty."""

import sqlite3
from typing import Final

from desktop.store.rows import COLUMNS

_KINDS: Final = ("merchant", "program", "stores", "terms", "staff")

_TILL: Final = """
    id, till_id, till_name, till_number, store_id, store_name, merchant_id, merchant_name, server_url, secrets_place,
    epoch, incarnation, verifiers_void,
    contact_server_time, contact_wall_time, contact_uptime_ms, contact_boot_id
"""
"""Who the till is and what time it is there; not its queue's numbering, and no cursor: it is asked nothing of."""


def copy_shop(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Rules, people and stores, and who this till is. Of the queue, the cards and the wrong PINs nothing."""
    _copy(source, target, "book", _TILL)
    for kind in _KINDS:
        _copy(source, target, f"synced_{kind}", COLUMNS[kind])


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str, columns: str) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    rows = source.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608 - our own names
    target.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names
