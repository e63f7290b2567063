"""Receive: one push, from its body to its answer, in one transaction that may be sent again at any time.

The steps: authenticate and lock the till; find the keys that are known; lock the cards and read their history; judge
in seq order; write; commit; answer. If the server dies before the commit, nothing has happened; if the answer is lost
after it, the same batch finds its keys known and gets the same verdicts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, Engine

from common.ids import OperationKey
from common.wire.problem import ProblemCode
from common.wire.push import Outcome, PushRequest, PushResponse
from server.store.attention import AttentionKind
from server.store.engine import in_transaction
from server.store.program import read_terms
from server.store.tills import Till, find_till, read_boots, record_contact, update_till
from server.sync.event_time import EventClock, booted_at
from server.sync.handshake import Handshake, Missing, find_missing, goes_on_at, notice_divergence, shake_hands
from server.sync.history import Card, Timed, read_history
from server.sync.intake import Incoming, Readable, in_sequence, read_operations
from server.sync.known import Answer, KnownOperations, read_known_operations
from server.sync.receipt import Seal, issue
from server.sync.reconcile import Reconciler
from server.sync.record import Record, write_record
from server.sync.step import Position, Step

CLOCK_OFF_MAX: Final = timedelta(minutes=2)


def receive(
    engine: Engine,
    token_sha256: bytes,
    request: PushRequest,
    *,
    received_at: datetime,
    incarnation: str,
    receipt_key: bytes | None = None,
) -> PushResponse | ProblemCode:
    """Judge and record a batch. Raises DatabaseBusy; of the batch then nothing has happened, or all of it.

    Without a `receipt_key` no receipts are given, and none is good.
    """
    incoming = read_operations(request.operations)

    def work(connection: Connection) -> PushResponse | ProblemCode:
        till = find_till(connection, token_sha256, lock=True)
        if till is None:
            return ProblemCode.TOKEN_INVALID
        seal = None if receipt_key is None else partial(issue, receipt_key, till.merchant_id, incarnation)
        return _Push(connection, till, request, received_at, seal).answer(incoming, incarnation)

    return in_transaction(engine, work)


def _position(till: Till, request: PushRequest) -> Position:
    """A till that cannot rewind asks for the next epoch by using it; in it the server has nothing yet."""
    begins_epoch = request.epoch == till.epoch + 1
    return Position(request.epoch, 0) if begins_epoch else Position(till.epoch, till.have_seq)


class _Push:
    """One attempt at one push, inside its transaction."""

    def __init__(
        self, connection: Connection, till: Till, request: PushRequest, received_at: datetime, seal: Seal | None
    ) -> None:
        self._connection = connection
        self._till = till
        self._request = request
        self._received_at = received_at
        self._seal = seal
        self._position = _position(till, request)
        self._record = Record(till, self._position.epoch, received_at)

    def answer(self, incoming: Sequence[Incoming], incarnation: str) -> PushResponse:
        self._notice_clock()
        handshake = shake_hands(self._connection, self._till, self._request, incoming)
        batch: list[tuple[int, Incoming]] = []
        if self._request.epoch == self._position.epoch:
            batch = list(in_sequence(incoming, self._position.have_seq))
        clock = self._meet(batch)
        answers: list[Answer] = []
        changed: list[Card] = []
        if batch:
            answers, changed = self._judge(batch, clock)
        reached = Position(self._position.epoch, max([self._position.have_seq, *(seq for seq, _ in batch)]))
        step, goes_on, missing = self._follow(handshake, answers, reached)
        # Before the record, whose version every other till of the merchant waits for until we commit.
        self._leave(clock, goes_on, judged=len(batch))
        ver = write_record(self._connection, self._record, changed)
        return PushResponse(
            nonce=self._request.nonce,
            incarnation=incarnation,
            server_time=self._received_at,
            epoch=goes_on.epoch,
            have_seq=goes_on.have_seq,
            verdicts=[answer.verdict(ver, self._seal) for answer in answers],
            standing=step,
            missing=list(missing.operations),
            missing_more=missing.more,
        )

    def _follow(
        self, handshake: Handshake, answers: Sequence[Answer], reached: Position
    ) -> tuple[Step, Position, Missing]:
        """What follows from how the two stand: where the till goes on, and what it is sent of its own."""
        collided = self._collided(answers)
        step = handshake.step(collides=collided is not None)
        if step is Step.DIVERGED:
            notice_divergence(self._connection, self._record, handshake, collided)
        missing = find_missing(self._connection, self._till, handshake, step, self._seal)
        return step, goes_on_at(step, reached, handshake.claim), missing

    def _notice_clock(self) -> None:
        """A till that is far off raises one item a day; how far off never decides a verdict."""
        off = self._request.clock.sent_at - self._received_at
        self._warned_on = None
        if abs(off) > CLOCK_OFF_MAX and self._till.clock_warned_on != self._received_at.date():
            self._warned_on = self._received_at.date()
            self._record.attend(AttentionKind.CLOCK, detail={"off_s": round(off.total_seconds())})

    def _meet(self, batch: Sequence[tuple[int, Incoming]]) -> EventClock:
        """Record the contact, and learn from it what the till's clocks mean."""
        sent, received_at = self._request.clock, self._received_at
        boot_ids = {item.operation.boot_id for _, item in batch if isinstance(item, Readable)} | {sent.boot_id}
        now = booted_at(received_at, sent.uptime_ms)
        record_contact(self._connection, self._till, boot_id=sent.boot_id, received_at=received_at, booted_at=now)
        return EventClock(received_at, sent, read_boots(self._connection, self._till, boot_ids))

    def _judge(self, batch: Sequence[tuple[int, Incoming]], clock: EventClock) -> tuple[list[Answer], list[Card]]:
        known = read_known_operations(self._connection, self._till, self._record, self._position.have_seq, batch)
        timed = self._time(batch, known, clock)
        named = {item.card_id for _, item in batch if item.card_id is not None}
        history = read_history(self._connection, self._till, list(timed.values()), named)
        reconciler = Reconciler(history, self._record)

        answers: list[Answer] = []
        for seq, item in batch:
            answer = known.answer_to(seq, item)
            if answer is None:
                verdict = reconciler.decide(timed[item.key] if isinstance(item, Readable) else item)
                answer = known.keep(seq, item, verdict)
            if answer.row.outcome is Outcome.PARKED:
                history.park(item.card_id)
            answers.append(answer)
        return answers, [card for card in history.cards.values() if card.changed]

    def _time(
        self, batch: Sequence[tuple[int, Incoming]], known: KnownOperations, clock: EventClock
    ) -> dict[OperationKey, Timed]:
        """When each new operation happened, and the terms to judge it by. Of a key that comes twice, the first."""
        terms = read_terms(self._connection, self._till)
        timed: dict[OperationKey, Timed] = {}
        for _, item in batch:
            if isinstance(item, Readable) and item.key not in known and item.key not in timed:
                event_time = clock.event_time(item.operation)
                in_force = terms.in_force(item.operation.terms_version, event_time)
                timed[item.key] = Timed(item.operation, item.operation.ask(), event_time, in_force)
        return timed

    def _collided(self, answers: Sequence[Answer]) -> Answer | None:
        """The first operation that comes as something new under a seq that was used before."""
        had_seq = self._position.have_seq
        return next((one for one in answers if not one.replayed and (one.row.seq or 0) <= had_seq), None)

    def _leave(self, clock: EventClock, goes_on: Position, *, judged: int) -> None:
        """Write what this contact told of the till itself. What was judged just now waits there no longer."""
        request = self._request
        pending = max(0, request.pending - judged)
        queue_is_empty = request.pending == 0 and not request.operations
        update_till(
            self._connection,
            self._till,
            epoch=goes_on.epoch,
            have_seq=goes_on.have_seq,
            app_version=request.app_version,
            received_at=self._received_at,
            pending=pending,
            oldest_pending_at=request.oldest_pending_at if pending else None,
            empty_queue_at=clock.sending_time() if queue_is_empty else None,
            clock_warned_on=self._warned_on,
        )
