"""Findings: what an audit found to be wrong, and the checks that look for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, TextClause

_ROWS_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold.

    Attributes:
        law: its number under "What must always hold" in the domain's description.
        check: the name of the check that found it.
        subject: the card, operation or till that it is about: `card 0193…`.
        problem: what is wrong, in words.
    """

    law: int
    check: str
    merchant_id: UUID
    subject: str
    problem: str


Find = Callable[[Connection], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check over tables: a query whose every row is a finding.

    The query selects `merchant_id`, `id`, and what `problem` is filled with.
    """

    law: int
    name: str
    subject: str
    query: TextClause
    problem: str

    def run(self, connection: Connection) -> Iterator[Finding]:
        for row in stream(connection, self.query):
            subject = f"{self.subject} {row['id']}"
            yield Finding(self.law, self.name, row["merchant_id"], subject, self.problem.format_map(row))


def stream(connection: Connection, query: TextClause) -> Iterator[Mapping[str, Any]]:
    """The rows of a query through a cursor on the server, so that memory does not grow with the ledger."""
    result = connection.execute(query, execution_options={"stream_results": True, "yield_per": _ROWS_AT_ONCE})
    for row in result.mappings():
        yield dict(row)
