"""Many values as one parameter of one statement.

psycopg writes an array in Python, value by value; for a batch of stamps that alone was a third of what a push costs.
Rows therefore travel as one JSON text, which pydantic's core writes and PostgreSQL takes apart by column names
(`json_to_recordset`), and ids as the text of an array.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import Connection, TextClause


def write_rows(
    connection: Connection, statement: TextClause, shared: Mapping[str, Any], rows: Sequence[NamedTuple]
) -> None:
    """Runs `statement` once for all rows, as its parameter `:rows`.

    Where there are none it runs too: what a batch costs must not hang on what is in it.
    """
    connection.execute(statement, {**shared, "rows": as_records(rows)})


def as_records(rows: Sequence[NamedTuple]) -> str:
    """Rows as `json_to_recordset` takes them: moments and ids as text, bytes as hexadecimal digits."""
    records: list[dict[str, Any]] = [row._asdict() for row in rows]
    return pydantic_core.to_json(records, bytes_mode="hex").decode()


def as_uuids(ids: Iterable[UUID]) -> str:
    """Ids as the text of a `uuid[]`."""
    return f"{{{','.join(map(str, ids))}}}"
