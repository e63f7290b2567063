"""The observer: sees every verdict and ledger line as soon as it is committed, and has the reference judge it."""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from tests.helpers.postgres import plain
from tests.world.simulator.checks.facts import Arrival, Colleague, LedgerLine, ShopFacts, Violation
from tests.world.simulator.checks.reference import Reference

_VERDICTS: Final = """
SELECT v.key, v.seq, o.kind, v.till_id, o.store_id, o.received_at, o.card_id AS named_card,
       CAST(o.content AS text) AS content, v.outcome, v.code, v.detail, v.event_time, v.business_date, v.terms_version,
       v.balance_after, v.card_id, v.merged_into, v.number, v.ver
  FROM verdicts v JOIN operations o ON o.merchant_id = v.merchant_id AND o.key = v.key WHERE v.ver > %(ver)s
"""
_UNKEYED: Final = """
SELECT NULL AS key, seq, till_id, received_at, card_id AS named_card, CAST(content AS text) AS content, outcome, code,
       ver
  FROM unkeyed_operations WHERE ver > %(ver)s
"""
_LEDGER: Final = """
SELECT key, card_id, kind, delta, balance_after, original, shortfall, event_time, ver, line
  FROM transactions WHERE ver > %(ver)s ORDER BY ver, line
"""
_HEAD: Final = "SELECT coalesce(max(ver), 0) AS ver FROM merchant_versions"


@dataclass(slots=True)
class Seen:
    """Everything seen of one life of the server's database. A backup of the database keeps a copy of this."""

    ver: int = 0
    verdicts: dict[str, Arrival] = field(default_factory=dict)
    ledger: dict[str, list[LedgerLine]] = field(default_factory=dict)
    reference: Reference = field(default_factory=Reference)


class Observer:
    """Looks at one merchant's tables.

    Attributes:
        codes: how often the server gave each code, and `accepted`.
        happened: told of what comes of two tills that did not know of each other.
    """

    def __init__(self, url: str) -> None:
        self.seen = Seen()
        self.shop = ShopFacts(0, None, {}, {}, frozenset())
        self.codes: Counter[str] = Counter()
        self.happened: Callable[[str], None] = lambda _: None
        self.judges = True
        self._connection: psycopg.Connection[dict[str, Any]] | None = None
        self.connect(url)

    def begin_another_life(self, url: str, seen: Seen) -> None:
        """The database is as it was when that was seen. What is judged from now on is judged in an order of its own."""
        self.connect(url)
        self.seen = copy.deepcopy(seen)
        self.judges = False
        self.look_at_the_shop()
        self.look()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def keep(self) -> Seen:
        """What was seen up to now, to be kept beside a backup."""
        return copy.deepcopy(self.seen)

    def look(self) -> None:
        """See what is new. Raises Violation."""
        head = self._rows(_HEAD)[0]["ver"]
        if head == self.seen.ver:
            return
        lines = {line.key: line for line in self._lines()}
        for line in lines.values():
            self.seen.ledger.setdefault(line.card_id, []).append(line)
        for one in self._arrivals(lines):
            self._meet(one)
        self.seen.ver = head

    def look_at_the_shop(self) -> None:
        """What the merchant decided may have changed."""
        merchant = self._rows("SELECT offline_days_max FROM merchants")[0]
        program = self._rows("SELECT inactive_since FROM programs")[0]
        self.shop = ShopFacts(
            merchant["offline_days_max"],
            program["inactive_since"],
            {row["version"]: row for row in self._rows("SELECT * FROM terms")},
            {
                str(row["staff_id"]): Colleague(
                    row["role"] == "manager",
                    None if row["store_ids"] is None else frozenset(map(str, row["store_ids"])),
                    row["inactive_since"],
                )
                for row in self._rows("SELECT staff_id, role, store_ids, inactive_since FROM staff")
            },
            frozenset(
                str(row["till_id"]) for row in self._rows("SELECT till_id FROM tills WHERE revoked_at IS NOT NULL")
            ),
            failing=self.shop.failing,
        )

    def expect(self, *, failing: str | None = None, rejecting: bool = False) -> None:
        """The server was made to fail over an operation; or the merchant rejects what is parked."""
        more = set() if failing is None else {failing}
        self.shop = replace(self.shop, failing=self.shop.failing | more, rejecting=rejecting)

    def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        return self._rows(statement, values)

    def _meet(self, one: Arrival) -> None:
        self.codes[one.code or one.outcome] += 1
        if one.merged_into is not None:
            self.happened("cards_merged")
        if one.number is not None:
            self.happened("numbers_collide")
        if one.key is not None:
            before = self.seen.verdicts.get(one.key)
            if before is not None and before.outcome != "parked":
                raise Violation(f"{one.kind} {one.key} has its second final verdict: {before.said}, now {one.said}")
        if self.judges:
            self.seen.reference.arrive(one, self.shop)
        if one.key is not None:
            self.seen.verdicts[one.key] = one

    def _arrivals(self, lines: dict[str, LedgerLine]) -> Iterable[Arrival]:
        found = [
            self._arrival(row, lines.get(str(row["key"]))) for row in self._rows(_VERDICTS, {"ver": self.seen.ver})
        ]
        found += [
            self._arrival(row | {"kind": "unreadable", "store_id": None}, None)
            for row in self._rows(_UNKEYED, {"ver": self.seen.ver})
        ]
        # What was decided in one version was decided in the order in which it had been parked.
        places = {identity: place for place, identity in enumerate(self.seen.reference.parked)}
        return sorted(found, key=lambda one: (one.ver, places.get(one.identity, 0), one.seq))

    def _arrival(self, row: dict[str, Any], line: LedgerLine | None) -> Arrival:
        values = {name: _text(value) for name, value in row.items() if name not in ("till_id", "store_id", "content")}
        values |= {"till": str(row["till_id"]), "store": None if row["store_id"] is None else str(row["store_id"])}
        return Arrival(**values, content=json.loads(row["content"]), line=line)

    def _lines(self) -> Iterable[LedgerLine]:
        for row in self._rows(_LEDGER, {"ver": self.seen.ver}):
            values = {name: _text(value) for name, value in row.items() if name not in ("ver", "line")}
            yield LedgerLine(**values, place=(row["ver"], row["line"]))

    def connect(self, url: str) -> None:
        """Who copies a database, or takes one away, ends every connection to it."""
        self.close()
        self._connection = psycopg.connect(plain(url), autocommit=True, row_factory=dict_row)

    def _rows(self, statement: str, values: dict[str, object] | None = None) -> list[dict[str, Any]]:
        assert self._connection is not None
        return self._connection.execute(statement.encode(), values).fetchall()


def _text(value: Any) -> Any:
    """Ids as texts, everything else as it is."""
    return str(value) if type(value).__name__ == "UUID" else value
