"""Reconcile: judge the operations of a batch, each by the history as the ones before it left it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from common.ids import CardId, OperationKey
from common.ledger import TransactionKind
from common.rules.asks import Kind
from common.rules.judge import SERVER_TOLERANCE, Approved, judge
from common.rules.refusals import DetailValue, RefusalCode
from common.terms import Terms, business_date
from common.times import to_wire
from common.wire.operations import OperationBase
from common.wire.push import Outcome, WireCode
from server.store.attention import AttentionKind
from server.store.operations import VerdictRow
from server.store.program import read_terms
from server.store.tills import Till
from server.sync.effects import Effects
from server.sync.event_time import EventClock
from server.sync.history import Card, History, Timed, read_history
from server.sync.intake import Broken, Incoming, Readable, Unopened
from server.sync.known import Answer, KnownOperations, read_known_operations
from server.sync.record import Record
from server.sync.recovery.course import Course, awaiting, named_by, replayable
from server.sync.recovery.offered import Had
from server.sync.recovery.replay import Replay

# What a parked operation, once accepted, could turn into a yes must wait behind it, not fail before it.
_WAITS_BEHIND_PARKED: Final = frozenset(
    {RefusalCode.CARD_NOT_FOUND, RefusalCode.ORIGINAL_NOT_FOUND, RefusalCode.INSUFFICIENT_STAMPS}
)

# Two contacts may place the same moment this much apart: network jitter, no reason to suspect anybody.
_BACKDATED_TOLERANCE: Final = timedelta(seconds=2)


class Reconciler:
    """Judges the operations of one till in the order they were sent."""

    def __init__(self, history: History, record: Record) -> None:
        self._history = history
        self._record = record
        self._effects = Effects(history, record)
        self._offline_max = timedelta(days=history.till.offline_days_max)

    def decide(self, new: Timed | Broken) -> VerdictRow:
        """The verdict of one new operation. What it changes is seen by the next one."""
        return self._decide_broken(new) if isinstance(new, Broken) else self._decide(new)

    def set_aside(self, item: Unopened, event_time: datetime | None) -> VerdictRow:
        """The verdict of an operation that only its bytes tell of: it is parked, and no card is looked at for it."""
        card_id = None if item.card_id is None else self._history.resolve(item.card_id)
        detail = {"code": WireCode.SERVER_ERROR, "ticket": item.ticket}
        self._record.attend(AttentionKind.PARKED, key=item.key, card_id=card_id, detail=detail)
        told = {"ticket": item.ticket}
        return VerdictRow(
            item.key, item.seq, Outcome.PARKED, WireCode.SERVER_ERROR, told, event_time=event_time, card_id=card_id
        )

    def _decide(self, timed: Timed) -> VerdictRow:
        operation, terms = timed.operation, timed.terms
        if self._history.till.revoked_at is not None:
            return self._park(timed, WireCode.TILL_REVOKED)
        if terms is None:
            return self._park(timed, WireCode.UNKNOWN_TERMS)
        if self._is_too_old(timed):
            return self._park(timed, WireCode.TOO_OLD)
        if self._is_backdated(timed.event_time):
            self._attend(AttentionKind.BACKDATED, operation)
        return self._judge(timed, terms)

    def decide_again(self, timed: Timed) -> VerdictRow:
        """The verdict of an operation that was parked. What it was parked for is lifted: a person has looked at it."""
        return self._park(timed, WireCode.UNKNOWN_TERMS) if timed.terms is None else self._judge(timed, timed.terms)

    def reject(self, timed: Timed, code: WireCode) -> VerdictRow:
        """The verdict of an operation that a person rejects."""
        return self._reject(timed, timed.terms, None, code, {})

    def _judge(self, timed: Timed, terms: Terms) -> VerdictRow:
        operation = timed.operation
        card = self._history.card_of(operation)
        standing = self._history.standing(timed, card)
        answer = judge(terms, standing, timed.ask, timed.event_time, tolerance=SERVER_TOLERANCE)
        if isinstance(answer, Approved):
            return self._accept(timed, terms, card, answer)
        if answer.code in _WAITS_BEHIND_PARKED and self._card_id(operation) in self._history.parked_cards:
            return self._park(timed, WireCode.BEHIND_PARKED)
        detail = {name: _to_json(value) for name, value in answer.detail.items()}
        return self._reject(timed, terms, card, answer.code, detail)

    def _decide_broken(self, item: Broken) -> VerdictRow:
        """The verdict of an operation that has a key of its own, and says nothing that can be judged."""
        card_id = None if item.card_id is None else self._history.resolve(item.card_id)
        if item.outcome is Outcome.PARKED:
            self._record.attend(AttentionKind.PARKED, key=item.key, card_id=card_id, detail={"code": item.code})
        elif item.kind == Kind.REDEEM:
            self._record.attend(AttentionKind.LOSS, key=item.key, card_id=card_id, detail={"code": item.code})
        return VerdictRow(item.key, item.seq, item.outcome, item.code, {"problem": item.problem}, card_id=card_id)

    def _is_too_old(self, timed: Timed) -> bool:
        """Never an enrol: everything that was recorded on its card since would lose it."""
        age = self._record.received_at - timed.event_time
        return age > self._offline_max and timed.operation.kind is not Kind.ENROL

    def _is_backdated(self, event_time: datetime) -> bool:
        """Before the till's last contact with an empty queue: it should have been sent then."""
        empty_at = self._history.till.empty_queue_at
        return empty_at is not None and event_time < empty_at - _BACKDATED_TOLERANCE

    def _park(self, timed: Timed, code: WireCode) -> VerdictRow:
        card_id = self._card_id(timed.operation)
        self._attend(AttentionKind.PARKED, timed.operation, {"code": code})
        return self._verdict(timed, Outcome.PARKED, code=code, card_id=card_id)

    def _reject(
        self, timed: Timed, terms: Terms | None, card: Card | None, code: str, detail: dict[str, Any]
    ) -> VerdictRow:
        operation, history = timed.operation, self._history
        kind, card_id = operation.kind, self._card_id(operation)
        if kind is Kind.REDEEM:
            # The reward was handed out, and the card did not pay for it.
            self._attend(
                AttentionKind.LOSS, operation, {"code": code, "reward": None if terms is None else terms.reward}
            )
        if kind in (Kind.STAMP, Kind.REDEEM) and card_id is not None:
            history.remember(timed, TransactionKind(kind), card_id, rejected=True)
        return self._verdict(
            timed,
            Outcome.REJECTED,
            terms,
            code=code,
            detail=detail,
            balance_after=None if card is None else card.totals.stamp_count,
            card_id=card_id,
        )

    def _accept(self, timed: Timed, terms: Terms, named: Card | None, approved: Approved) -> VerdictRow:
        applied = self._effects.apply(timed, terms, named, approved)
        card = applied.card
        return self._verdict(
            timed,
            Outcome.ACCEPTED,
            terms,
            detail=applied.detail,
            balance_after=None if card is None else card.totals.stamp_count,
            card_id=None if card is None else card.row.card_id,
            merged_into=approved.merged_into,
            number=applied.number,
        )

    def _verdict(
        self,
        timed: Timed,
        outcome: Outcome,
        terms: Terms | None = None,
        code: str | None = None,
        detail: dict[str, Any] | None = None,
        **said: Any,
    ) -> VerdictRow:
        operation = timed.operation
        return VerdictRow(
            key=operation.key,
            seq=operation.seq,
            outcome=outcome,
            code=code,
            detail=detail or {},
            event_time=timed.event_time,
            business_date=None if terms is None else business_date(terms, timed.event_time),
            terms_version=None if terms is None else terms.version,
            **said,
        )

    def _card_id(self, operation: OperationBase) -> CardId | None:
        return None if operation.card_id is None else self._history.resolve(operation.card_id)

    def _attend(self, kind: AttentionKind, operation: OperationBase, detail: dict[str, Any] | None = None) -> None:
        self._record.attend_operation(kind, operation, self._card_id(operation), detail or {})


def _to_json(value: DetailValue) -> int | str:
    if isinstance(value, datetime):
        return to_wire(value)
    return value if isinstance(value, int) else str(value)


def judge_batch(
    connection: Connection,
    record: Record,
    batch: Sequence[tuple[int, Incoming]],
    *,
    have_seq: int,
    clock: EventClock,
    course: Course,
) -> tuple[list[Answer], list[Card]]:
    """Judge what is new of a batch, in its order, into `record`; the answers to all of it, and the cards that changed.

    Locks the cards. `have_seq` is the last seq that this till has used before. While a recovery is under way nothing is
    judged and no card looked at; what a receipt proves is not judged at all.
    """
    till = record.till
    known = read_known_operations(connection, till, record, have_seq, batch)
    hads = course.prove(record, batch, known)
    timed = _timed(connection, till, batch, known, clock, hads)
    waits = course.recovery is not None
    named, codes = named_by(hads.values())
    named |= {item.card_id for _, item in batch if item.card_id is not None and not isinstance(item, Unopened)}
    unopened = {item.card_id for _, item in batch if item.card_id is not None and isinstance(item, Unopened)}
    if waits:
        named, codes, unopened = set(), [], named | unopened
    history = read_history(connection, till, [] if waits else list(timed.values()), named, unopened, codes)
    reconciler = Reconciler(history, record)
    replay = Replay(history, record, Effects(history, record))

    def verdict_of(item: Incoming) -> VerdictRow:
        if isinstance(item, Unopened):
            event_time = None if item.operation is None else clock.event_time(item.operation)
            return reconciler.set_aside(item, event_time)
        if isinstance(item, Broken):
            return reconciler.decide(item)
        had = hads.get(item.key)
        if waits:
            return awaiting(timed[item.key], had)
        return reconciler.decide(timed[item.key]) if had is None else replay.replay(timed[item.key], had)

    answers: list[Answer] = []
    for seq, item in batch:
        answer = known.answer_to(seq, item)
        if answer is None:
            answer = known.keep(seq, item, verdict_of(item))
        elif isinstance(item, Readable) and item.key in hads and not known.is_decided(item):
            answer = known.bring(item, verdict_of(item))
        if answer.row.outcome is Outcome.PARKED:
            history.park(item.card_id)
        answers.append(answer)
    return answers, [card for card in history.cards.values() if card.changed]


def boots_of(incoming: Iterable[Incoming]) -> set[str]:
    """The boots that operations were recorded in, as far as can be read."""
    operations = (None if isinstance(item, Broken) else item.operation for item in incoming)
    return {operation.boot_id for operation in operations if operation is not None}


def _timed(
    connection: Connection,
    till: Till,
    batch: Sequence[tuple[int, Incoming]],
    known: KnownOperations,
    clock: EventClock,
    hads: Mapping[OperationKey, Had],
) -> dict[OperationKey, Timed]:
    """When each new operation happened, and the terms to judge it by. Of a key that comes twice, the first."""
    terms = read_terms(connection, till)
    timed: dict[OperationKey, Timed] = {}
    for _, item in batch:
        if isinstance(item, Readable) and item.key not in timed and (item.key not in known or item.key in hads):
            event_time = clock.event_time(item.operation)
            if item.key in hads:
                timed[item.key] = replayable(item.operation, hads[item.key], terms, event_time)
                continue
            in_force = terms.in_force(item.operation.terms_version, event_time)
            timed[item.key] = Timed(item.operation, item.operation.ask(), event_time, in_force)
    return timed
