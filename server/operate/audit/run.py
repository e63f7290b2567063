"""Runs every check in one snapshot of the database."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from server.operate.audit import codes, effects, feed, recovery, stamps, tables
from server.operate.audit.card_history import CardHistory, Line, card_histories
from server.operate.audit.findings import Check, Finding
from server.operate.audit.standing import STORY_CHECKS, card_stories

HistoryCheck = Callable[[CardHistory], Iterator[tuple[Line, str]]]

CARD_CHECKS: Final[tuple[tuple[int, HistoryCheck], ...]] = (
    (2, effects.lines_are_what_was_asked),
    (2, effects.carried_over_once),
    (2, effects.verdicts_tell_what_was_booked),
    (4, effects.terms_are_none_older_than_named),
    (2, stamps.answers_were_right),
    (2, recovery.replays_are_what_was_said),
    (3, effects.balances_follow),
    (4, stamps.stamps_keep_their_distance),
    (4, stamps.days_keep_their_limit),
    (4, effects.business_days_agree),
    (5, effects.redemptions_were_full),
    (6, effects.nothing_is_voided_twice),
    (6, effects.voids_name_what_was_there),
    (6, effects.void_flags_agree),
)

TABLE_CHECKS: Final[tuple[Check, ...]] = (*tables.CHECKS, *codes.CHECKS, *feed.CHECKS, *recovery.CHECKS)

FINDINGS_KEPT_MAX: Final = 1_000
"""Of a database that is wholly wrong, this many findings say as much as all of them."""

# PostgreSQL plans a cursor as if a tenth of its rows would be asked for: row by row through indexes, and at a million
# operations that takes ten times as long as reading the tables once. Every row is asked for here. And of tables that it
# has not analysed yet, just restored or filled in a hurry, it expects so few rows that it would compare each with each.
_WHOLE: Final = text("""
SELECT set_config('cursor_tuple_fraction', '1', true), set_config('work_mem', '32MB', true),
       set_config('enable_nestloop', 'off', true)
""")
_COUNTS: Final = text("""
SELECT (SELECT count(*) FROM merchants) AS merchants, (SELECT count(*) FROM cards) AS cards,
       (SELECT count(*) FROM operations) AS operations, (SELECT count(*) FROM transactions) AS transactions
""")
_SLUGS: Final = text("SELECT merchant_id, slug FROM merchants WHERE merchant_id = ANY(:merchant_ids)")


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit looked at and found.

    Attributes:
        counts: how many merchants, cards, operations and transactions there are.
        checks: how many checks were made.
        findings: the first FINDINGS_KEPT_MAX of them.
        found: how many there were in all.
        slugs: the names of the merchants in `findings`.
    """

    counts: Mapping[str, int]
    checks: int
    findings: tuple[Finding, ...]
    found: int
    slugs: Mapping[UUID, str]

    @property
    def holds(self) -> bool:
        return self.found == 0


def audit(engine: Engine) -> Report:
    """Check everything that a server can check of what must always hold.

    One REPEATABLE READ, READ ONLY transaction: sales go on meanwhile, and every check sees the same moment.
    """
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot.connect() as connection:
        return examine(connection)


def examine(connection: Connection) -> Report:
    """Check what the transaction of `connection` sees."""
    connection.execute(_WHOLE)
    kept: list[Finding] = []
    found = 0
    counts = {name: int(count) for name, count in connection.execute(_COUNTS).mappings().one().items()}
    for finding in _find(connection):
        found += 1
        if len(kept) < FINDINGS_KEPT_MAX:
            kept.append(finding)
    named = {"merchant_ids": list({finding.merchant_id for finding in kept})}
    slugs = {row.merchant_id: row.slug for row in connection.execute(_SLUGS, named)}
    return Report(counts, len(TABLE_CHECKS) + len(CARD_CHECKS) + len(STORY_CHECKS), tuple(kept), found, slugs)


def _find(connection: Connection) -> Iterator[Finding]:
    for check in TABLE_CHECKS:
        yield from check.run(connection)
    for story in card_stories(connection):
        for law, tell in STORY_CHECKS:
            for problem in tell(story):
                yield Finding(law, tell.__name__, story.merchant_id, f"card {story.card_id}", problem)
    for history in card_histories(connection):
        for law, look in CARD_CHECKS:
            for line, problem in look(history):
                subject = f"operation {line.key} of card {history.card_id}"
                yield Finding(law, look.__name__, history.merchant_id, subject, problem)
