"""Push: one batch of the queue to the server, and its verdicts into the book.

What if it dies between any two steps? Before the answer: nothing was changed here, and the batch is sent again; the
keys make the server repeat its verdicts. After the answer, before the commit: the same. The verdicts also arrive by
pull.
"""

import json
import logging
import sqlite3
from typing import Final

from common.clock import Clock
from common.entropy import new_uuid
from common.version import VERSION
from common.wire.base import MAX_BODY_BYTES, PROTOCOL
from common.wire.operations import content_digest
from common.wire.park import AS_IN_A_PUSH, ParkRequest
from common.wire.push import MAX_ASKS, PushRequest, PushResponse, TillClock
from desktop.store import contact, identity, operations, synced
from desktop.store.agreement.mending import reported, unreported
from desktop.store.book import Book
from desktop.store.identity import Enrolment, Identity
from desktop.store.recovery import numbering
from desktop.store.setback import news, regained
from desktop.store.setback.news import Setback
from desktop.sync.line.answers import contact_of, read_answer
from desktop.sync.line.failures import Failure, NoProgress, NotOurs, NotOursReason
from desktop.sync.line.link import Answer, Link
from desktop.sync.outcomes import Pushed

PATH: Final = "/v1/sync/push"
PARK_PATH: Final = "/v1/sync/park"
DEADLINE_S: Final = 30.0

_ENVELOPE_BYTES: Final = 4_096
"""Room for everything in a request but its operations; 800 bytes in practice."""

_log = logging.getLogger(__name__)


def push_once(book: Book, link: Link, clock: Clock, *, limit: int) -> Pushed | Failure:
    """Send the oldest operations that wait, at most `limit`; with none, keep contact.

    Raises KnownTrouble of the book; the network's failures are values.
    """
    with book.read() as connection:
        asked = identity.load(connection)
        request = _request(connection, asked, clock, limit)
    answer = link.post(PATH, request.model_dump_json().encode(), deadline_s=DEADLINE_S)
    return _take(book, clock, asked, request, answer)


def park_once(book: Book, link: Link, clock: Clock) -> Pushed | Failure:
    """Hand in the oldest operation that waits as bytes that the server keeps unread, so that the queue goes on.

    A person looks at it there. Should the server know it after all, it answers its verdict.
    """
    with book.read() as connection:
        asked = identity.load(connection)
        # What it does not say must not count as said.
        request = _request(connection, asked, clock, 1).model_copy(update={"repaired_buckets": []})
        first = operations.waiting(connection, 1, MAX_BODY_BYTES)
    if not first:
        return Pushed(0, news=False, more=False)
    operation = request.operations[0]
    parking = ParkRequest(
        **request.model_dump(include=AS_IN_A_PUSH),
        **request.clock.model_dump(),
        seq=operation["seq"],
        key=operation["key"],
        kind=operation["kind"],
        card_id=operation.get("card_id"),
        digest=content_digest(first[0].content.encode()).hex(),
    )
    params = parking.model_dump(mode="json", exclude_none=True)
    answer = link.post(PARK_PATH, json.dumps(operation).encode(), deadline_s=DEADLINE_S, params=params)
    return _take(book, clock, asked, request, answer)


def _take(
    book: Book, clock: Clock, asked: Identity, request: PushRequest, answer: Answer | Failure
) -> Pushed | Failure:
    """Take an answer into the book, if it is one to this request."""
    if not isinstance(answer, Answer):
        return answer
    response = read_answer(answer, PushResponse)
    if isinstance(response, NotOurs):
        return response
    if response.nonce != request.nonce:
        return NotOurs(NotOursReason.WRONG_NONCE, answer.status)
    with book.write() as connection:
        return _apply(connection, asked, request, response, contact_of(answer, response.server_time, clock))


def _request(connection: sqlite3.Connection, asked: Identity, clock: Clock, limit: int) -> PushRequest:
    batch = operations.waiting(connection, limit, MAX_BODY_BYTES - _ENVELOPE_BYTES)
    counts = operations.counts(connection)
    now = clock.now()
    return PushRequest(
        protocol=PROTOCOL,
        nonce=new_uuid(now),
        epoch=asked.epoch,
        clock=TillClock(sent_at=now, boot_id=clock.boot_id(), uptime_ms=clock.uptime_ms()),
        acked=operations.acked(connection),
        pending=counts.waiting,
        oldest_pending_at=counts.oldest_waiting_at,
        app_version=VERSION,
        operations=[queued.wire() for queued in batch],
        next_seq=asked.next_seq,
        incarnation=asked.incarnation,
        missing_after=regained.awaited(connection),
        repaired_buckets=unreported(connection),
        # A revoked till gets no pages, and one that was enrolled under another name none of its old name's verdicts.
        asks=[] if batch else operations.parked(connection, MAX_ASKS),
    )


def _apply(
    connection: sqlite3.Connection,
    asked: Identity,
    request: PushRequest,
    response: PushResponse,
    made: contact.Contact,
) -> Pushed | NoProgress:
    till = identity.load(connection)
    contact.record(connection, made)
    identity.record_push(connection, made.server_time)
    if till.enrolment is Enrolment.UPDATE_NEEDED:
        identity.set_enrolment(connection, Enrolment.ENROLLED)
    reported(connection, request.repaired_buckets)
    synced.meet_incarnation(connection, response.incarnation)
    judged = _keep_verdicts(connection, request, response)
    if (till.till_id, till.epoch) == (asked.till_id, request.epoch):
        # Otherwise the till was enrolled again in the meantime, and this answer's numbers are of an older queue.
        judged += _regain(connection, response, made)
        _follow(connection, response, till.epoch)
    now_first = _first(connection)
    sent = len(request.operations)
    is_of_this_life = response.incarnation == request.incarnation
    if sent and is_of_this_life and now_first == (request.epoch, request.operations[0]["seq"]):
        return NoProgress()
    epoch_changed = response.epoch != request.epoch
    more = now_first is not None or response.missing_more
    return Pushed(sent, news=bool(judged) or epoch_changed, more=more, till_version=response.till_version)


def _keep_verdicts(connection: sqlite3.Connection, request: PushRequest, response: PushResponse) -> int:
    sent = {operation["key"] for operation in request.operations}
    known = [verdict for verdict in response.verdicts if str(verdict.key) in sent]
    if len(known) < len(response.verdicts):
        # A server that judges what it was not sent has mixed up two tills: nothing of it may touch the queue.
        strangers = [str(verdict.key) for verdict in response.verdicts if str(verdict.key) not in sent]
        _log.error("%d verdicts for operations that were not sent: %s", len(strangers), ", ".join(strangers[:10]))
    decided = [verdict for verdict in response.asked if verdict.key in request.asks]
    return operations.apply_verdicts(connection, known + decided)


def _regain(connection: sqlite3.Connection, response: PushResponse, made: contact.Contact) -> int:
    """Take in what this book lacks of its own, before what waits is numbered anew: some of it may be among that."""
    taken = regained.take_in(connection, response.missing)
    regained.await_behind(connection, response.missing_behind)
    news.tell(connection, response.standing, taken, made.server_time)
    if response.missing or response.standing == Setback.DIVERGED:
        _log.info("%s: %d operations of this till's own came back", response.standing, taken)
    return taken


def _follow(connection: sqlite3.Connection, response: PushResponse, epoch: int) -> None:
    """Go on where the server is: in its epoch, after its `have_seq`.

    Where the book cannot go back that far (it is numbered from later on), it asks for a new epoch by using it.
    """
    numbering.rewind(connection, response.have_seq, response.epoch)
    if response.epoch != epoch:
        numbering.renumber(connection, response.epoch, response.have_seq)
        return
    first = _first(connection)
    next_seq = first[1] if first is not None else identity.load(connection).next_seq
    if next_seq > response.have_seq + 1:
        _log.error("the queue starts at %d, the server has up to %d: a new epoch begins", next_seq, response.have_seq)
        numbering.renumber(connection, epoch + 1)


def _first(connection: sqlite3.Connection) -> tuple[int, int] | None:
    """Epoch and seq of the first operation that waits."""
    batch = operations.waiting(connection, 1, MAX_BODY_BYTES)
    return (identity.load(connection).epoch, batch[0].seq) if batch else None
