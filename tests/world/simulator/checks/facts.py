"""What was seen of the server's tables, as plain values. Ids are texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


class Violation(AssertionError):
    """Something that must always hold does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """A transaction. `place` is its version and line: the order of the ledger."""

    key: str
    card_id: str
    kind: str
    delta: int
    balance_after: int
    original: str | None
    shortfall: int
    event_time: datetime
    place: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An operation that has a verdict. `key` is None for one without a key of its own; then it has no ledger line."""

    key: str | None
    seq: int
    kind: str
    till: str
    store: str | None
    received_at: datetime
    named_card: str | None
    content: Mapping[str, Any]
    outcome: str
    code: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)
    event_time: datetime | None = None
    business_date: date | None = None
    terms_version: int | None = None
    balance_after: int | None = None
    card_id: str | None = None
    merged_into: str | None = None
    number: str | None = None
    ver: int
    line: LedgerLine | None = None

    @property
    def identity(self) -> object:
        """By which it is known again."""
        return self.key or (self.till, self.seq)

    @property
    def said(self) -> tuple[object, ...]:
        """What of a final verdict may never change."""
        return (self.outcome, self.code, self.event_time, self.terms_version, self.merged_into, self.number)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A row of staff. `stores` None: every store."""

    manager: bool
    stores: frozenset[str] | None
    inactive_since: datetime | None

    def may_work(self, store: str, at: datetime) -> bool:
        active = self.inactive_since is None or at < self.inactive_since
        return active and (self.stores is None or store in self.stores)


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What the merchant decided, as it is now.

    Attributes:
        failing: keys of the operations that the server was made to fail over.
        rejecting: the merchant is just rejecting what was parked.
    """

    offline_days_max: int
    program_inactive_since: datetime | None
    terms: Mapping[int, Mapping[str, Any]]
    staff: Mapping[str, Colleague]
    revoked: frozenset[str]
    failing: frozenset[str] = frozenset()
    rejecting: bool = False
