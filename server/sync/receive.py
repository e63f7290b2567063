"""Receive: one push, from its body to its answer, in one transaction that may be sent again at any time.

The steps: authenticate and lock the till; find the keys that are known; lock the cards and read their history; judge
in seq order; write; commit; answer. If the server dies before the commit, nothing has happened; if the answer is lost
after it, the same batch finds its keys known and gets the same verdicts.

Where that transaction fails in a way that nobody expected, the batch is judged in parts, and what fails alone is parked
(parking/apart.py).
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, Engine

from common.ids import MerchantId
from common.wire.operations import KNOWN_KINDS, content_digest
from common.wire.park import AS_IN_A_PUSH, ParkRequest
from common.wire.problem import ProblemCode
from common.wire.push import PushRequest, PushResponse, TillClock, Verdict
from server.store.agreement.repairs import report_repairs
from server.store.attention import AttentionKind
from server.store.engine import DatabaseBusy, in_transaction
from server.store.fence.entrance import enter
from server.store.operations import read_known
from server.store.tills import Till, find_till, read_boots, record_contact, update_till
from server.sync.event_time import EventClock, booted_at
from server.sync.handshake import Handshake, Missing, find_missing, goes_on_at, notice_divergence, shake_hands
from server.sync.history import Card
from server.sync.intake import Incoming, Unopened, in_sequence, read_operations
from server.sync.known import Answer, stored_answer
from server.sync.parking.apart import judge_apart, new_ticket, with_bytes
from server.sync.reconcile import boots_of, judge_batch
from server.sync.record import Record, write_record
from server.sync.recovery.course import Course, Life
from server.sync.recovery.ending import end
from server.sync.step import Position, Step

_log = logging.getLogger(__name__)

CLOCK_OFF_MAX: Final = timedelta(minutes=2)


def receive(
    engine: Engine,
    token_sha256: bytes,
    request: PushRequest,
    *,
    received_at: datetime,
    incarnation: str,
    receipt_key: bytes | None = None,
    body: bytes | None = None,
) -> PushResponse | ProblemCode:
    """Judge and record a batch. `body` is where it was read from: what is parked is kept as it stands there.

    Without a `receipt_key` no receipts are given, and none is good. Raises DatabaseBusy; what was recorded until then
    is answered again when the batch is sent again.
    """

    life = Life(incarnation, receipt_key)

    def judge(incoming: Sequence[Incoming], already: int = 0) -> PushResponse | ProblemCode:
        said = request.model_copy(update={"pending": max(0, request.pending - already)}) if already else request
        return _answer(engine, token_sha256, said, incoming, received_at, life)

    try:
        return judge(with_bytes(read_operations(request.operations), body))
    except DatabaseBusy:
        raise
    except Exception:
        if not request.operations:
            raise
        return judge_apart(request.operations, body, judge)


def park(
    engine: Engine,
    token_sha256: bytes,
    request: ParkRequest,
    raw: bytes,
    *,
    received_at: datetime,
    incarnation: str,
    receipt_key: bytes | None = None,
) -> PushResponse | ProblemCode:
    """Park an operation that a till could not push, without reading it; a known key gets the verdict that it has.

    Raises DatabaseBusy.
    """
    unopened = Unopened(
        seq=request.seq,
        key=request.key,
        kind=request.kind if request.kind in KNOWN_KINDS else None,
        card_id=request.card_id,
        raw=raw,
        digest=content_digest(raw) if request.digest is None else bytes.fromhex(request.digest),
        ticket=new_ticket(),
    )
    push = PushRequest(
        **request.model_dump(include=AS_IN_A_PUSH),
        clock=TillClock(sent_at=request.sent_at, boot_id=request.boot_id, uptime_ms=request.uptime_ms),
        operations=[None],
    )

    answer = _answer(engine, token_sha256, push, [unopened], received_at, Life(incarnation, receipt_key))
    if isinstance(answer, PushResponse) and any(not verdict.replayed for verdict in answer.verdicts):
        _log.warning("an operation is parked, ticket %s: a till could not push it", unopened.ticket)
    return answer


def _answer(
    engine: Engine,
    token_sha256: bytes,
    request: PushRequest,
    incoming: Sequence[Incoming],
    received_at: datetime,
    life: Life,
) -> PushResponse | ProblemCode:
    def work(connection: Connection) -> tuple[PushResponse, MerchantId | None] | ProblemCode:
        till = find_till(connection, token_sha256, lock=True)
        if till is None:
            return ProblemCode.TOKEN_INVALID
        course = Course(connection, till, life)
        answer = _Push(connection, till, request, received_at, course).answer(incoming)
        return answer, till.merchant_id if course.is_over(received_at) else None

    def end_recovery(connection: Connection, merchant_id: MerchantId) -> None:
        enter(connection, merchant_id)
        end(connection, merchant_id, now=received_at)

    answered = in_transaction(engine, work)
    if isinstance(answered, ProblemCode):
        return answered
    answer, recovered = answered
    if recovered is not None:
        # In a transaction of its own. If we die before it, the next push, of whichever till, ends the recovery.
        try:
            in_transaction(engine, partial(end_recovery, merchant_id=recovered))
        except Exception:
            # This push is done, and its till is told so; what fails here is tried again with the next.
            _log.exception("a recovery could not be ended yet")
    return answer


def _position(till: Till, request: PushRequest, handshake: Handshake) -> Position:
    """A till that cannot rewind asks for the next epoch by using it; in it the server has nothing yet.

    Not where the server forgot that the till is in that epoch: the till is told how far the server is, and sends what
    is missing.
    """
    begins_epoch = request.epoch == till.epoch + 1 and handshake.step() is not Step.SERVER_BEHIND
    return Position(request.epoch, 0) if begins_epoch else Position(till.epoch, till.have_seq)


class _Push:
    """One attempt at one push, inside its transaction."""

    def __init__(
        self, connection: Connection, till: Till, request: PushRequest, received_at: datetime, course: Course
    ) -> None:
        self._connection = connection
        self._till = till
        self._request = request
        self._received_at = received_at
        self._course = course
        # What a till sends that does not know of this life of the data is not taken: it comes again, with the receipts
        # that the till has. A request that the network kept for long has none, and would be judged anew.
        self._is_of_this_life = request.incarnation in (None, course.told)
        self._position = Position(till.epoch, till.have_seq)
        self._record = Record(till, till.epoch, received_at)

    def answer(self, incoming: Sequence[Incoming]) -> PushResponse:
        self._notice_clock()
        handshake = shake_hands(self._connection, self._till, self._request, incoming)
        self._position = _position(self._till, self._request, handshake)
        self._record.epoch = self._position.epoch
        batch: list[tuple[int, Incoming]] = []
        if self._request.epoch == self._position.epoch and self._is_of_this_life:
            batch = list(in_sequence(incoming, self._position.have_seq))
        clock = self._meet(batch)
        answers: list[Answer] = []
        changed: list[Card] = []
        if batch:
            answers, changed = judge_batch(
                self._connection,
                self._record,
                batch,
                have_seq=self._position.have_seq,
                clock=clock,
                course=self._course,
            )
        reached = Position(self._position.epoch, max([self._position.have_seq, *(seq for seq, _ in batch)]))
        step, goes_on, missing = self._follow(handshake, answers, reached)
        # Before the record, whose version every other till of the merchant waits for until we commit.
        had_seq = self._position.have_seq
        repeats = sum(answer.replayed and (seq > had_seq) for (seq, _), answer in zip(batch, answers, strict=True))
        self._leave(clock, goes_on, judged=len(batch), repeats=repeats)
        if self._request.repaired_buckets:
            report_repairs(self._connection, self._till, self._request.repaired_buckets, at=self._received_at)
        claim = handshake.claim
        handed_in = reached.epoch == claim.epoch and reached.have_seq >= claim.acked_seq
        comes_again = bool(incoming) and not self._is_of_this_life
        has_more = comes_again or (handshake.step() is Step.SERVER_BEHIND and not handed_in)
        self._course.note_report(has_more=has_more, now=self._received_at)
        ver = write_record(self._connection, self._record, changed)
        return PushResponse(
            nonce=self._request.nonce,
            incarnation=self._course.told,
            server_time=self._received_at,
            epoch=goes_on.epoch,
            have_seq=goes_on.have_seq,
            verdicts=[answer.verdict(ver, self._course.seal) for answer in answers],
            standing=step,
            missing=list(missing.operations),
            missing_more=missing.more,
            asked=self._asked(),
        )

    def _follow(
        self, handshake: Handshake, answers: Sequence[Answer], reached: Position
    ) -> tuple[Step, Position, Missing]:
        """What follows from how the two stand: where the till goes on, and what it is sent of its own."""
        collided = self._collided(answers)
        step = handshake.step(collides=collided is not None)
        if step is Step.DIVERGED:
            notice_divergence(self._connection, self._record, handshake, collided)
        missing = find_missing(self._connection, self._till, handshake, step, self._course.seal)
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
        boot_ids = boots_of(item for _, item in batch) | {sent.boot_id}
        now = booted_at(received_at, sent.uptime_ms)
        record_contact(self._connection, self._till, boot_id=sent.boot_id, received_at=received_at, booted_at=now)
        return EventClock(received_at, sent, read_boots(self._connection, self._till, boot_ids))

    def _collided(self, answers: Sequence[Answer]) -> Answer | None:
        """The first operation that comes as something new under a seq that was used before."""
        had_seq = self._position.have_seq
        return next((one for one in answers if not one.replayed and (one.row.seq or 0) <= had_seq), None)

    def _asked(self) -> list[Verdict]:
        """Verdicts that the till asks for once more. Of the same merchant's operations it may know any by its key."""
        if not self._request.asks:
            return []
        known = read_known(self._connection, self._till, self._request.asks)
        answers = [(row.seq, stored_answer(row)) for row in known.values()]
        return [answer.again(seq).verdict(None, self._course.seal) for seq, answer in answers]

    def _leave(self, clock: EventClock, goes_on: Position, *, judged: int, repeats: int) -> None:
        """Write what this contact told of the till itself. What was judged just now waits there no longer.

        `repeats` of its seqs are used up, and leave no row: an audit would miss them.
        """
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
            repeats=repeats,
        )
