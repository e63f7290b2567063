"""Card histories: the ledger of each card in the order of acceptance, with what each line followed from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from common.ledger import TransactionKind
from common.terms import OfflineRedemption, PinPolicy, Terms
from server.operate.audit.findings import stream

# The content is text here, not JSON: PostgreSQL refuses to look into JSON that holds an escaped NUL.
_LEDGER: Final = text("""
SELECT t.merchant_id, t.card_id, t.key, t.kind, t.delta, t.lifetime_delta, t.redemptions_delta, t.balance_after,
       t.original, t.shortfall, t.event_time, t.business_date, t.voided_by, t.live, t.reward,
       v.terms_version, v.detail, v.receipted IS NOT NULL AS replayed,
       CAST(o.content AS text) AS content
  FROM transactions t
  LEFT JOIN verdicts v ON v.merchant_id = t.merchant_id AND v.key = t.key
  LEFT JOIN operations o ON o.merchant_id = t.merchant_id AND o.key = t.key
 ORDER BY t.merchant_id, t.card_id, t.ver, t.line
""")
_TERMS: Final = text("SELECT * FROM terms WHERE merchant_id = :merchant_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One transaction, with the terms that its verdict names and what its operation said.

    What was `replayed` after the data went back in time was judged by a history that may be lost in part: only what
    its verdict says can be asked of it.

    `terms` and `content` are None where verdict or operation are missing, which a check of its own finds.
    """

    key: UUID
    kind: TransactionKind
    delta: int
    lifetime_delta: int
    redemptions_delta: int
    balance_after: int
    original: UUID | None
    shortfall: int
    event_time: datetime
    business_date: date
    voided_by: UUID | None
    live: bool
    reward: str | None
    terms: Terms | None
    answer: Mapping[str, Any]
    content: Mapping[str, Any] | None
    replayed: bool

    @property
    def balance_before(self) -> int:
        return self.balance_after - self.delta


@dataclass(frozen=True, slots=True)
class CardHistory:
    """The whole ledger of one card, first accepted first."""

    merchant_id: UUID
    card_id: UUID
    lines: tuple[Line, ...]


def card_histories(connection: Connection) -> Iterator[CardHistory]:
    """The history of every card that has a ledger. One card's is held in memory at a time."""
    for merchant_id, of_merchant in groupby(stream(connection, _LEDGER), key=itemgetter("merchant_id")):
        terms = _terms_of(connection, merchant_id)
        for card_id, rows in groupby(of_merchant, key=itemgetter("card_id")):
            yield CardHistory(merchant_id, card_id, tuple(_line(row, terms) for row in rows))


def _line(row: Mapping[str, Any], terms: Mapping[int, Terms]) -> Line:
    return Line(
        key=row["key"],
        kind=TransactionKind(row["kind"]),
        delta=row["delta"],
        lifetime_delta=row["lifetime_delta"],
        redemptions_delta=row["redemptions_delta"],
        balance_after=row["balance_after"],
        original=row["original"],
        shortfall=row["shortfall"],
        event_time=row["event_time"],
        business_date=row["business_date"],
        voided_by=row["voided_by"],
        live=row["live"],
        reward=row["reward"],
        terms=terms.get(row["terms_version"]),
        answer=row["detail"] or {},
        content=None if row["content"] is None else json.loads(row["content"]),
        replayed=bool(row["replayed"]),
    )


def _terms_of(connection: Connection, merchant_id: UUID) -> dict[int, Terms]:
    found = {}
    for row in connection.execute(_TERMS, {"merchant_id": merchant_id}).mappings():
        values = {name: value for name, value in row.items() if name not in ("merchant_id", "ver")}
        values["pin_policy"] = PinPolicy(row["pin_policy"])
        values["offline_redemption"] = OfflineRedemption(row["offline_redemption"])
        found[row["version"]] = Terms(**values)
    return found
