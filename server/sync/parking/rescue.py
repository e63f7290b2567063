"""Rescue: a queue that its till could not send any more is judged as that till's, once, in its order.

Its operations are numbered in an epoch of their own, so that a till that comes back to life, or was enrolled again,
counts on undisturbed. Should it send the same operations after all, their keys are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine

from common.ids import MerchantId, TillId
from common.wire.push import TillClock
from server.store.engine import DatabaseBusy, in_transaction, limit_lock_waits
from server.store.operations import read_known
from server.store.parking.rescued import RESCUED_EPOCH, read_rescued
from server.store.tills import Till, read_boots, read_till
from server.sync.event_time import EventClock
from server.sync.intake import Incoming, Readable, Unopened
from server.sync.known import Answer, digests_of
from server.sync.parking.apart import read_warily, unopened
from server.sync.reconcile import boots_of, judge_batch
from server.sync.record import Record, write_record
from server.sync.recovery.course import Course, Life

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Rescue:
    """A queue in a file: what each operation says, and its bytes as they stand there."""

    merchant_id: MerchantId
    till_id: TillId
    operations: Sequence[tuple[dict[str, Any], bytes]]


def receive_rescued(engine: Engine, rescue: Rescue, *, received_at: datetime) -> list[Answer]:
    """Judge and record a queue; the answer to each operation, in its order. Safe to repeat. Raises DatabaseBusy."""
    answers: list[Answer] = []
    for first in range(0, len(rescue.operations), _AT_ONCE):
        portion = [read_warily({**said, "seq": 1}, raw) for said, raw in rescue.operations[first : first + _AT_ONCE]]
        raws = [raw for _, raw in rescue.operations[first : first + _AT_ONCE]]
        answers += _portion(engine, rescue, portion, raws, received_at)
    return answers


def _portion(
    engine: Engine, rescue: Rescue, items: Sequence[Incoming], raws: Sequence[bytes], received_at: datetime
) -> list[Answer]:
    def work(connection: Connection) -> list[Answer]:
        limit_lock_waits(connection)
        till = read_till(connection, rescue.merchant_id, rescue.till_id, lock=True)
        return _judge(connection, till, items, received_at)

    try:
        return in_transaction(engine, work)
    except DatabaseBusy:
        raise
    except Exception as error:
        if len(items) == 1:
            if isinstance(items[0], Unopened):
                raise
            return _portion(engine, rescue, [unopened(items[0], raws[0], error)], raws, received_at)
    half = len(items) // 2
    return _portion(engine, rescue, items[:half], raws[:half], received_at) + _portion(
        engine, rescue, items[half:], raws[half:], received_at
    )


def _judge(connection: Connection, till: Till, items: Sequence[Incoming], received_at: datetime) -> list[Answer]:
    record = Record(till, RESCUED_EPOCH, received_at)
    batch, last_seq = _numbered(connection, till, items)
    # Nobody knows what the till's clocks said when the file was written: a boot that was never in contact is believed.
    sent = TillClock(sent_at=received_at, boot_id="rescue", uptime_ms=0)
    clock = EventClock(received_at, sent, read_boots(connection, till, boots_of(items)))
    # Without a key: what a file offers with a receipt is judged like the rest, and waits like it for a recovery's end.
    course = Course(connection, till, Life("", None))
    answers, changed = judge_batch(connection, record, batch, have_seq=last_seq, clock=clock, course=course)
    write_record(connection, record, changed)
    return answers


def _numbered(connection: Connection, till: Till, items: Sequence[Incoming]) -> tuple[list[tuple[int, Incoming]], int]:
    """The items with their numbers, and the last that was given before. What is known gets no new one."""
    rescued = read_rescued(connection, till)
    keys = [item.key for item in items if item.key is not None]
    known: dict[UUID, frozenset[bytes]] = {
        key: digests_of(row) for key, row in read_known(connection, till, keys).items()
    }
    given: dict[tuple[UUID, bytes], int] = dict(rescued.reused)
    batch: list[tuple[int, Incoming]] = []
    seq = rescued.last_seq
    for item in items:
        if item.key is None:
            raise ValueError("an operation without a key is not imported")
        what = (item.key, item.digest)
        first = known.get(item.key)
        if first is not None and (item.digest in first or isinstance(item, Unopened)):
            batch.append((given.get(what, rescued.last_seq), item))
            continue
        if what not in given:
            seq += 1
            given[what] = seq
            known.setdefault(item.key, frozenset({item.digest}))
        batch.append((given[what], _with_seq(item, given[what])))
    return batch, rescued.last_seq


def _with_seq(item: Incoming, seq: int) -> Incoming:
    if isinstance(item, Readable):
        return replace(item, seq=seq, operation=item.operation.model_copy(update={"seq": seq}))
    return replace(item, seq=seq)
