"""Handshake: what a push says of its till's numbering, beside what the server has, and what follows from it.

A till whose book is an older copy is behind: it is sent the operations that it recorded and no longer has, and goes on
in a new epoch. Two books under one name diverge: each keeps its branch, every operation of both is judged once, and the
branch that arrives second goes on in a new epoch. No verdict hangs on any of this: the key of an operation decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row

from common.times import to_wire
from common.wire.base import MAX_BODY_BYTES, MAX_OPERATIONS
from common.wire.push import MissingOperation, MissingPlace, Outcome, PushRequest, Verdict
from server.store.attention import AttentionKind
from server.store.operations import acked_fits, operations_after, other_branch
from server.store.tills import Till
from server.sync.intake import Incoming
from server.sync.known import Answer
from server.sync.record import Record
from server.sync.recovery.receipt import Seal, sealed
from server.sync.step import Claim, Position, Step, compare


@dataclass(frozen=True, slots=True)
class Missing:
    """What a till lacks of its own. `more`: there is more behind the last."""

    operations: Sequence[MissingOperation] = ()
    more: bool = False


NOTHING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Handshake:
    """One push's till and the server, compared.

    Attributes:
        server: where the server is with this till, before the push.
        claim: what the push says of it.
    """

    server: Position
    claim: Claim
    request: PushRequest

    def step(self, *, collides: bool = False) -> Step:
        return compare(self.server, self.claim, collides=collides)


def shake_hands(connection: Connection, till: Till, request: PushRequest, incoming: Sequence[Incoming]) -> Handshake:
    """Read what the till says of itself; one statement, where it says that something has a verdict."""
    acked, fits = request.acked, True
    if acked is not None:
        fits = acked_fits(connection, till, epoch=request.epoch, seq=acked.seq, key=acked.key, have_seq=till.have_seq)
    claim = Claim(request.epoch, 0 if acked is None else acked.seq, fits, _last_seq(request, incoming))
    return Handshake(Position(till.epoch, till.have_seq), claim, request)


def _last_seq(request: PushRequest, incoming: Sequence[Incoming]) -> int | None:
    """The last seq that the till has given. A till that does not say tells it by what has a verdict and what waits."""
    if request.next_seq is not None:
        return request.next_seq - 1
    if request.acked is None:
        return None
    return max([request.acked.seq + request.pending, *(item.seq for item in incoming if item.seq is not None)])


def goes_on_at(step: Step, reached: Position, claim: Claim) -> Position:
    """Where the till goes on, of a server that has reached so far: in a new epoch, where the old numbers mean two
    things. A till of an older epoch joins the present one."""
    anew = step is Step.DIVERGED or (step is Step.TILL_BEHIND and claim.epoch == reached.epoch)
    return Position(reached.epoch + 1, 0) if anew else reached


def find_missing(connection: Connection, till: Till, handshake: Handshake, step: Step, seal: Seal | None) -> Missing:
    """What to send to a till that lost a part of its past, or was promised more of it. Nothing to one that was revoked.

    What the book has all the same, because it waits there or is in this very batch, may be among it: the till knows it
    by its key.
    """
    request, place = handshake.request, handshake.request.missing_after
    if place is None and step in (Step.TILL_BEHIND, Step.DIVERGED):
        place = MissingPlace(epoch=request.epoch, seq=handshake.claim.acked_seq)
    if place is None or till.revoked_at is not None:
        return NOTHING
    rows = operations_after(connection, till, place, MAX_OPERATIONS + 1)
    taken, size = 0, 0
    for row in rows[:MAX_OPERATIONS]:
        size += row.size
        if taken and size > MAX_BODY_BYTES:
            break
        taken += 1
    return Missing([_missing(row, seal) for row in rows[:taken]], more=taken < len(rows))


def _missing(row: Row[Any], seal: Seal | None) -> MissingOperation:
    said = row._mapping
    verdict = {name: said[name] for name in Verdict.model_fields if name in said} | {"seq": row.verdict_seq}
    outcome = Outcome(row.outcome)
    return MissingOperation(
        epoch=row.epoch,
        operation={**row.content, "seq": row.seq},
        verdict=sealed(Verdict.model_validate(verdict | {"outcome": outcome}), bytes(row.digest), seal),
        stamps=row.stamps,
    )


def notice_divergence(connection: Connection, record: Record, handshake: Handshake, collided: Answer | None) -> None:
    """Tell the merchant, naming both operations of the seq where the branches part; once, until somebody says it is
    dealt with: two machines at work would add an item with every push."""
    request = handshake.request
    if collided is not None:
        seq, key, at = collided.row.seq or 0, collided.row.key, collided.row.event_time or record.received_at
    elif request.acked is not None:
        seq, key, at = request.acked.seq, request.acked.key, record.received_at
    else:
        raise ValueError("a till diverges by what it sends or by what it says has a verdict")
    epoch = handshake.server.epoch
    other = other_branch(connection, record.till, epoch=epoch, seq=seq, key=key)
    if other.told:
        return
    detail = {
        "seq": seq,
        "epoch": epoch,
        "key": None if key is None else str(key),
        "at": to_wire(at),
        "other_key": None if other.key is None else str(other.key),
        "other_at": None if other.at is None else to_wire(other.at),
    }
    record.attend(AttentionKind.TILL_DIVERGED, key=key, detail=detail)
