"""The end of a recovery: what awaited it is decided, everything in one order over all tills, in one transaction.

First what came with a receipt is replayed, in the order of the lost ledger; then what came without is judged, in the
order in which it arrived. Until then nothing of it has taken effect, and after a crash before the commit nothing has.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from common.ids import MerchantId, OperationKey, TillId
from common.wire.operations import OPERATION
from common.wire.push import Outcome, WireCode
from server.store.attention import AttentionKind, insert_attention
from server.store.cards import insert_aliases, insert_codes, write_cards
from server.store.engine import in_one_flight
from server.store.ledger import insert_transactions, mark_voided
from server.store.operations import VerdictRow
from server.store.parking.decided import Resolution, change_verdicts, resolve_parked
from server.store.program import TermsHistory, read_terms
from server.store.recovery import recoveries
from server.store.recovery.awaiting import AwaitingRow, read_awaiting
from server.store.recovery.recoveries import EndedBy
from server.store.tills import Till, read_tills
from server.store.versions import next_version
from server.sync.effects import Effects
from server.sync.history import History, Timed, read_history
from server.sync.parking.apart import new_ticket
from server.sync.reconcile import Reconciler
from server.sync.record import Record
from server.sync.recovery.course import is_due, named_by, replayable
from server.sync.recovery.offered import Had
from server.sync.recovery.replay import Replay

_AT_ONCE: Final = 500
_ANOTHER_WAS_IN_THE_WAY: Final = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)

_log = logging.getLogger(__name__)

_RESOLVE = text("""
UPDATE attention SET resolved_at = :now, resolution = :resolution
 WHERE merchant_id = :merchant_id AND kind = 'recovery' AND resolved_at IS NULL
""")


@dataclass(frozen=True, slots=True)
class Ended:
    """What the end of a recovery decided."""

    replayed: int
    judged: int


def end(connection: Connection, merchant_id: MerchantId, *, now: datetime, by: EndedBy | None = None) -> Ended | None:
    """End the recovery under way: with `by` whatever is missing, else if it is due. None when there is none to end.

    Pushes hold it open while they add to it, and wait here while it ends.
    """
    recovery = recoveries.lock_open(connection, merchant_id, alone=True)
    ended_by = None if recovery is None else by or is_due(connection, merchant_id, recovery, now)
    if recovery is None or ended_by is None:
        return None
    deciding = _Deciding(connection, merchant_id, read_tills(connection, merchant_id), now)
    replayed = judged = 0
    while rows := read_awaiting(connection, merchant_id, _AT_ONCE):
        deciding.decide_warily(rows)
        with_receipt = sum(row.receipted is not None for row in rows)
        replayed, judged = replayed + with_receipt, judged + len(rows) - with_receipt
    recoveries.end(connection, merchant_id, recovery, ended_by, now=now, replayed=replayed, judged=judged)
    resolution = f"ended ({ended_by}): {replayed} brought back, {judged} judged"
    connection.execute(_RESOLVE, {"merchant_id": merchant_id, "now": now, "resolution": resolution})
    return Ended(replayed, judged)


class _Deciding:
    """Decides what awaited the end, some hundred operations at a time, of whatever tills."""

    def __init__(
        self, connection: Connection, merchant_id: MerchantId, tills: Mapping[TillId, Till], now: datetime
    ) -> None:
        self._connection = connection
        self._merchant_id = merchant_id
        self._tills = tills
        self._now = now
        self._terms: dict[TillId, TermsHistory] = {}

    def decide_warily(self, rows: Sequence[AwaitingRow]) -> None:
        """An operation over which we fail is set aside for a person, and keeps nothing from ending."""
        try:
            with self._connection.begin_nested():
                self._decide(rows)
        except Exception as error:
            if isinstance(error, DBAPIError) and isinstance(error.orig, _ANOTHER_WAS_IN_THE_WAY):
                raise
            if len(rows) > 1:
                half = len(rows) // 2
                self.decide_warily(rows[:half])
                self.decide_warily(rows[half:])
            else:
                self._set_aside(rows[0], error)

    def _set_aside(self, row: AwaitingRow, error: Exception) -> None:
        ticket = new_ticket()
        _log.error("an operation is parked, ticket %s: a recovery failed over it", ticket, exc_info=error)
        operation = OPERATION.validate_python(row.content | {"seq": row.seq})
        code = WireCode.SERVER_ERROR
        record = Record(self._till(row), row.epoch, self._now)
        record.attend_operation(AttentionKind.PARKED, operation, operation.card_id, {"code": code, "ticket": ticket})
        verdict = VerdictRow(
            row.key, row.seq, Outcome.PARKED, code, {"ticket": ticket}, row.event_time, card_id=operation.card_id
        )
        insert_attention(self._connection, self._merchant_id, raised_at=self._now, rows=record.attention)
        ver = next_version(self._connection, self._merchant_id)
        change_verdicts(self._connection, record.till, ver=ver, decided_at=self._now, rows=[verdict])

    def _decide(self, rows: Sequence[AwaitingRow]) -> None:
        hads = {row.key: Had.from_json(row.receipted) for row in rows if row.receipted is not None}
        batch = [self._timed(row, hads.get(row.key)) for row in rows]
        named, codes = named_by(hads.values())
        named |= {timed.operation.card_id for timed in batch if timed.operation.card_id is not None}
        first = self._till(rows[0])
        history = read_history(self._connection, first, batch, named, more_codes=codes)
        record = Record(first, first.epoch, self._now)
        reconciler = Reconciler(history, record)
        replay = Replay(history, record, Effects(history, record))
        verdicts: list[VerdictRow] = []
        tills: dict[OperationKey, Till] = {}
        for row, timed in zip(rows, batch, strict=True):
            tills[timed.operation.key] = history.till = record.till = self._till(row)
            had = hads.get(row.key)
            record.received_at = self._now if had is not None else row.received_at
            verdict = reconciler.decide(timed) if had is None else replay.replay(timed, had)
            if verdict.outcome is Outcome.PARKED:
                history.park(timed.operation.card_id)
            verdicts.append(verdict)
        self._write(record, history, verdicts, tills)

    def _write(
        self,
        record: Record,
        history: History,
        verdicts: Sequence[VerdictRow],
        tills: Mapping[OperationKey, Till],
    ) -> None:
        connection, merchant_id = self._connection, self._merchant_id
        by_till: dict[TillId, list[Any]] = {}
        for key, transaction in record.transactions.items():
            by_till.setdefault(tills[key].till_id, []).append(transaction)
        with in_one_flight(connection):
            insert_attention(connection, merchant_id, raised_at=self._now, rows=record.attention)
            insert_codes(connection, merchant_id, record.codes)
            mark_voided(connection, merchant_id, record.voided)
        resolved = [
            Resolution(row.key, tills[row.key].till_id, row.seq, f"brought back: {row.outcome}")
            for row in verdicts
            if row.key is not None and row.seq is not None and row.receipted is not None
        ]
        ver = next_version(connection, merchant_id)
        changed = [card.to_row() for card in history.cards.values() if card.changed]
        with in_one_flight(connection):
            write_cards(connection, merchant_id, ver=ver, rows=changed)
            insert_aliases(connection, merchant_id, ver=ver, rows=record.aliases)
            change_verdicts(connection, record.till, ver=ver, decided_at=self._now, rows=verdicts)
            resolve_parked(connection, record.till, at=self._now, rows=resolved)
            for till_id, transactions in by_till.items():
                insert_transactions(connection, self._tills[till_id], ver=ver, rows=transactions)

    def _timed(self, row: AwaitingRow, had: Had | None) -> Timed:
        operation = OPERATION.validate_python(row.content | {"seq": row.seq})
        terms = self._terms_of(self._till(row))
        if had is not None:
            return replayable(operation, had, terms, row.event_time)
        in_force = terms.in_force(operation.terms_version, row.event_time)
        return Timed(operation, operation.ask(), row.event_time, in_force)

    def _till(self, row: AwaitingRow) -> Till:
        return self._tills[TillId(row.till_id)]

    def _terms_of(self, till: Till) -> TermsHistory:
        if till.till_id not in self._terms:
            self._terms[till.till_id] = read_terms(self._connection, till)
        return self._terms[till.till_id]
