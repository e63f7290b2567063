"""The parked operations as people decide them: which there are, in words, and what becomes of those they name."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from common.clock import Clock
from common.ids import MerchantId
from common.wire.push import Outcome
from server.merchant.names import find_merchant
from server.merchant.tills import find_till_id
from server.store.engine import DatabaseBusy, in_transaction
from server.store.parking.parked import ParkedRow, parked_of_till
from server.sync.parking.decide import Decided, Verb, decide
from server.trouble import NotFound, NotPossible

_AT_ONCE: Final = 500
"""As many operations as a push may have are decided in one transaction."""

_SHORTEST_ID_CHARACTERS: Final = 6

_STILL_FAILS: Final = "the server still fails over it; the log has what it failed of"

_NAMES: Final = text("""
SELECT t.till_id, t.name AS till, s.slug AS store
  FROM tills t
  JOIN stores s ON s.merchant_id = t.merchant_id AND s.store_id = t.store_id
 WHERE t.merchant_id = :merchant_id
""")
_CARDS: Final = text("SELECT card_id, number FROM cards WHERE merchant_id = :merchant_id AND card_id = ANY(:card_ids)")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked operation.

    Attributes:
        item: by which it is named to retry or reject it.
        kind: `unreadable` where nobody can tell.
        happened_at: as derived when it was received; None for what could not be read.
    """

    item: str
    key: UUID | None
    store: str
    till: str
    kind: str
    card_number: str | None
    code: str
    ticket: str | None
    problem: str | None
    received_at: datetime
    happened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a parked operation. `why` says what keeps it parked."""

    item: str
    key: UUID | None
    kind: str
    outcome: str
    code: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The parked operations that are meant: those named, those of one till, or all.

    Attributes:
        items: ends of ids, whole keys, or tickets.
        store, till: both or none.
    """

    merchant: str
    items: Sequence[str] = ()
    store: str | None = None
    till: str | None = None
    everything: bool = False


def list_parked(
    connection: Connection, merchant: str, *, store: str | None = None, till: str | None = None
) -> list[Parked]:
    """Everything that is parked of a merchant, or of one of its tills, in the order it came. Raises NotFound."""
    merchant_id = find_merchant(connection, merchant)
    rows = _of_till(connection, merchant_id, merchant, store, till)
    asked: dict[str, Any] = {"merchant_id": merchant_id}
    names = {row.till_id: row for row in connection.execute(_NAMES, asked)}
    card_ids = list({row.card_id for row in rows if row.card_id is not None})
    cards = {row.card_id: row.number for row in connection.execute(_CARDS, asked | {"card_ids": card_ids})}
    return [_parked(row, names, cards) for row in rows]


def decide_parked(engine: Engine, which: Which, verb: Verb, clock: Clock) -> list[Fate]:
    """Retry or reject; what became of each, and of what waited behind. Raises NotFound, NotPossible, DatabaseBusy.

    In portions, in the order the operations came. What fails in a way that nobody expected stays parked, alone.
    """
    with engine.connect() as connection:
        merchant_id = find_merchant(connection, which.merchant)
        rows = _chosen(connection, merchant_id, which)
    decided: list[Decided] = []
    for first in range(0, len(rows), _AT_ONCE):
        decided += _portion(engine, merchant_id, rows[first : first + _AT_ONCE], verb, clock)
    # What waited behind one portion may have been named in the next.
    last = {(one.row.till_id, one.row.epoch, one.row.seq, one.row.digest): one for one in decided}
    return [_fate(one) for one in last.values()]


def _portion(
    engine: Engine, merchant_id: MerchantId, rows: Sequence[ParkedRow], verb: Verb, clock: Clock
) -> list[Decided]:
    try:
        return in_transaction(engine, lambda connection: decide(connection, merchant_id, rows, verb, now=clock.now()))
    except DatabaseBusy:
        raise
    except Exception:
        if len(rows) == 1:
            _log.exception("operation %s stays parked", rows[0].short_id)
            return [Decided(rows[0], Outcome.PARKED, rows[0].code, _STILL_FAILS)]
    half = len(rows) // 2
    return _portion(engine, merchant_id, rows[:half], verb, clock) + _portion(
        engine, merchant_id, rows[half:], verb, clock
    )


def _of_till(
    connection: Connection, merchant_id: MerchantId, merchant: str, store: str | None, till: str | None
) -> list[ParkedRow]:
    if (store is None) is not (till is None):
        raise NotPossible("A till is named by both: --store SLUG --till NAME.")
    till_id = None
    if store is not None and till is not None:
        till_id = find_till_id(connection, merchant=merchant, store=store, name=till)
    return parked_of_till(connection, merchant_id, till_id)


def _chosen(connection: Connection, merchant_id: MerchantId, which: Which) -> list[ParkedRow]:
    by_till = which.till is not None or which.store is not None
    if bool(which.items) + by_till + which.everything != 1:
        raise NotPossible("Name parked operations, or --store and --till, or --all.")
    rows = _of_till(connection, merchant_id, which.merchant, which.store, which.till)
    if not which.items:
        return rows
    named = {_named(rows, item) for item in which.items}
    return [row for row in rows if _place(row) in named]


def _named(rows: Sequence[ParkedRow], item: str) -> tuple[object, ...]:
    """The one that is meant. Raises NotFound, and NotPossible when several are."""
    wanted = item.strip().replace("-", "").lower()
    if len(wanted) < _SHORTEST_ID_CHARACTERS:
        raise NotPossible(f'"{item}" is too short; give at least the last {_SHORTEST_ID_CHARACTERS} signs.')
    found = [
        row
        for row in rows
        if (row.digest if row.key is None else row.key.bytes).hex().endswith(wanted)
        or str(row.detail.get("ticket", "")).lower() == wanted
    ]
    if not found:
        raise NotFound(f'No parked operation is named "{item}". See: tillstamp-server parked list')
    if len(found) > 1:
        raise NotPossible(f'Several parked operations end with "{item}"; give more of the key.')
    return _place(found[0])


def _place(row: ParkedRow) -> tuple[object, ...]:
    return row.till_id, row.epoch, row.seq, row.digest


def _parked(row: ParkedRow, names: Mapping[Any, Any], cards: Mapping[Any, str]) -> Parked:
    named = names.get(row.till_id)
    return Parked(
        item=row.short_id,
        key=row.key,
        store="?" if named is None else named.store,
        till="?" if named is None else named.till,
        kind=row.kind,
        card_number=cards.get(row.card_id),
        code=row.code,
        ticket=row.detail.get("ticket"),
        problem=row.detail.get("problem"),
        received_at=row.received_at,
        happened_at=row.event_time,
    )


def _fate(one: Decided) -> Fate:
    row = one.row
    return Fate(row.short_id, row.key, row.kind, str(one.outcome), one.code, one.why)
