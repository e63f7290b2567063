"""The queue: gapless numbers, verdicts that stay, rewinding, a new epoch, and what needs a look."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.rules.asks import Kind
from common.terms import Terms
from common.wire.operations import OPERATION, StampOperation
from common.wire.pull import Changes
from common.wire.push import Outcome
from desktop.cashier.counter.desk import writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.store import operations
from desktop.store.operations import QueueCounts, Queued, State, Trace
from desktop.store.recovery import numbering
from tests.desktop.shop import BEN, MINUTE, card_id, card_row, judged, pull, verdict
from tests.helpers.clock import START, ManualClock

OPEN_DOOR = Terms(cooldown_minutes=0, daily_limit=1_000)


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=OPEN_DOOR, cards=[card_row(1)])


def _stamped(till: Till, times: int = 1) -> list[Recorded]:
    done = []
    for _ in range(times):
        assert isinstance(till.clock, ManualClock)
        till.clock.advance(MINUTE)
        recorded = stamp(till, By(BEN), card_id(1))
        assert isinstance(recorded, Recorded)
        done.append(recorded)
    return done


def _waiting(till: Till, limit: int = 500, max_bytes: int = 2**20) -> list[Queued]:
    with till.book.read() as connection:
        return operations.waiting(connection, limit, max_bytes)


def _counts(till: Till) -> QueueCounts:
    with till.book.read() as connection:
        return operations.counts(connection)


def _state(till: Till, recorded: Recorded) -> State:
    with till.book.read() as connection:
        found = operations.find(connection, recorded.key)
    assert found is not None
    return found.state


def test_what_is_stored_is_what_is_sent(till: Till) -> None:
    (done,) = _stamped(till)
    (queued,) = _waiting(till)
    sent = OPERATION.validate_python(queued.wire())
    assert isinstance(sent, StampOperation)
    assert (sent.key, sent.seq, sent.card_id, sent.staff_id) == (done.key, 1, card_id(1), BEN)
    assert (sent.terms_version, sent.occurred_at, sent.count) == (1, START + MINUTE, 1)
    assert (sent.uptime_ms, sent.boot_id) == (till.clock.uptime_ms(), till.clock.boot_id())


def test_numbers_have_no_gap_and_the_batch_has_its_bounds(till: Till) -> None:
    done = _stamped(till, 5)
    assert [queued.seq for queued in _waiting(till)] == [1, 2, 3, 4, 5]
    assert [queued.key for queued in _waiting(till)] == [one.key for one in done]
    assert [queued.seq for queued in _waiting(till, limit=2)] == [1, 2]
    size = len(_waiting(till)[0].content)
    assert [queued.seq for queued in _waiting(till, max_bytes=size * 3)] == [1, 2]
    # One alone is always sent, or it would stop the queue for ever.
    assert [queued.seq for queued in _waiting(till, max_bytes=1)] == [1]


def _append_with_a_gap(till: Till) -> None:
    with writing(till) as desk:
        operation = desk.operation(StampOperation, By(BEN), card_id(1))
        assert isinstance(operation, StampOperation)
        gap = operation.model_copy(update={"seq": 7})
        operations.append(desk.connection, gap, Kind.STAMP, desk.at, Trace(stamps=1))


def test_a_hole_in_the_numbers_is_a_bug(till: Till) -> None:
    with pytest.raises(ValueError, match="hole"):
        _append_with_a_gap(till)
    assert _waiting(till) == []


def test_counts_follow_every_change(till: Till) -> None:
    assert _counts(till) == QueueCounts(0, None, 0, 0)
    first, second, third = _stamped(till, 3)
    assert _counts(till) == QueueCounts(3, START + MINUTE, 0, 0)
    judged(till, verdict(first.key, Outcome.REJECTED, ver=5, code="cooldown"))
    assert _counts(till) == QueueCounts(2, START + 2 * MINUTE, 1, 0)
    judged(till, verdict(second.key, Outcome.PARKED, ver=5), verdict(third.key, Outcome.ACCEPTED, ver=5))
    assert _counts(till) == QueueCounts(0, None, 1, 1)
    with till.book.write() as connection:
        assert operations.acknowledge(connection, first.key, START)
        assert not operations.acknowledge(connection, first.key, START)
        assert not operations.acknowledge(connection, third.key, START)
    assert _counts(till) == QueueCounts(0, None, 0, 1)
    with till.book.read() as connection:
        assert [one.key for one in operations.needing_attention(connection, 10)] == [second.key]


def test_a_final_verdict_stays_for_ever(till: Till) -> None:
    (done,) = _stamped(till)
    judged(till, verdict(done.key, Outcome.REJECTED, ver=5, code="cooldown"))
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=9))
    with till.book.read() as connection:
        found = operations.find(connection, done.key)
    assert found is not None
    assert found.state is State.REJECTED
    assert found.verdict is not None
    assert (found.verdict.code, found.verdict.ver) == ("cooldown", 5)


def test_a_parked_operation_is_decided_later_and_asks_for_a_look_again(till: Till) -> None:
    (done,) = _stamped(till)
    judged(till, verdict(done.key, Outcome.PARKED, ver=5))
    with till.book.write() as connection:
        operations.acknowledge(connection, done.key, START)
    # The answer to an old push, repeated, is older than what is known.
    judged(till, verdict(done.key, Outcome.PARKED, ver=5))
    assert _counts(till).parked == 0
    judged(till, verdict(done.key, Outcome.REJECTED, ver=8, code="too_old"))
    assert _counts(till) == QueueCounts(0, None, 1, 0)


def test_another_operations_reused_key_does_not_touch_ours(till: Till) -> None:
    done, _ = _stamped(till, 2)
    judged(till, verdict(done.key, Outcome.REJECTED, seq=2, ver=5, code="key_reused"))
    assert _state(till, done) is State.WAITING
    judged(till, verdict(done.key, Outcome.REJECTED, seq=1, ver=5, code="key_reused"))
    assert _state(till, done) is State.REJECTED


def test_a_verdict_on_an_unknown_key_is_passed_over(till: Till) -> None:
    (done,) = _stamped(till)
    unknown = verdict(done.key, Outcome.ACCEPTED, ver=5).model_copy(update={"key": None})
    judged(till, unknown)
    assert _state(till, done) is State.WAITING


def test_acked_is_the_last_before_what_waits(till: Till) -> None:
    def acked() -> int | None:
        with till.book.read() as connection:
            found = operations.acked(connection)
        return None if found is None else found.seq

    assert acked() is None
    first, second, _ = _stamped(till, 3)
    assert acked() is None
    judged(till, verdict(first.key, Outcome.ACCEPTED, ver=5), verdict(second.key, Outcome.PARKED, ver=5))
    assert acked() == 2
    with till.book.write() as connection:
        numbering.renumber(connection, 2)
    # Of another epoch: this one has none yet.
    assert acked() is None


def test_a_server_that_forgot_gets_everything_after_again(till: Till) -> None:
    first, second, third = _stamped(till, 3)
    judged(till, *(verdict(one.key, Outcome.ACCEPTED, ver=5) for one in (first, second)))
    with till.book.write() as connection:
        assert numbering.rewind(connection, 2) == 0
        assert numbering.rewind(connection, 1) == 1
    assert [queued.key for queued in _waiting(till)] == [second.key, third.key]
    # It had its verdict, and keeps it in the meantime: nobody needs to be told that it waits once more.
    assert (_counts(till).waiting, _state(till, second)) == (1, State.ACCEPTED)
    judged(till, verdict(second.key, Outcome.REJECTED, ver=3, code="cooldown"))
    assert [queued.key for queued in _waiting(till)] == [third.key]
    assert _state(till, second) is State.REJECTED


def test_a_new_epoch_numbers_what_waits_anew(till: Till) -> None:
    done = _stamped(till, 4)
    judged(till, *(verdict(one.key, Outcome.ACCEPTED, ver=5) for one in done[:2]))
    with till.book.write() as connection:
        numbering.renumber(connection, 3, have_seq=10)
        # The same answer again changes nothing.
        numbering.renumber(connection, 3, have_seq=0)
    assert [(queued.seq, queued.key) for queued in _waiting(till)] == [(11, done[2].key), (12, done[3].key)]
    _stamped(till)
    assert [queued.seq for queued in _waiting(till)] == [11, 12, 13]
    assert _counts(till).waiting == 3


def test_recent_operations_are_told_newest_first(till: Till) -> None:
    done = _stamped(till, 3)
    with till.book.read() as connection:
        recent = operations.recent(connection, 2)
    assert [one.key for one in recent] == [done[2].key, done[1].key]
    assert [(one.kind, one.stamps, one.staff_id, one.at) for one in recent[:1]] == [
        (Kind.STAMP, 1, BEN, START + timedelta(minutes=3))
    ]


def test_an_operation_closes_when_the_synced_rows_reach_its_verdict(till: Till) -> None:
    (done,) = _stamped(till)
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=5))
    empty = _open(till)
    assert empty == 1
    from_server = card_row(1, 1, ver=5)
    changes = _nothing().model_copy(update={"cards": [from_server]})
    pull(till, _nothing(), ver=4)
    assert _open(till) == 1
    pull(till, changes, ver=5)
    assert _open(till) == 0


def test_a_verdict_older_than_the_synced_rows_closes_at_once(till: Till) -> None:
    (done,) = _stamped(till)
    pull(till, Changes(cards=[card_row(1, 4, ver=5)]), ver=9)
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=5))
    assert _open(till) == 0


def _open(till: Till) -> int:
    with till.book.read() as connection:
        (count,) = connection.execute("SELECT count(*) FROM operations WHERE open = 1").fetchone()
    return int(count)


def _nothing() -> Changes:
    return Changes()


def test_an_act_never_reads_the_whole_queue(till: Till) -> None:
    """With 10,000 waiting operations every statement must cost what it costs with one: each goes through an index."""
    (done,) = _stamped(till)
    statements: list[str] = []
    with till.book.write() as connection:
        connection.set_trace_callback(statements.append)
    _stamped(till)
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=5))
    pull(till, _nothing(), ver=9)
    with till.book.write() as connection:
        operations.counts(connection)
        operations.acked(connection)
        numbering.rewind(connection, 0)
        operations.needing_attention(connection, 10)
        operations.recent(connection, 10)
        connection.set_trace_callback(None)
        asked = [one for one in statements if one.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))]
        plans = {one: connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchall() for one in asked}
    scans = [
        (statement, row[3])
        for statement, plan in plans.items()
        for row in plan
        # An index that holds only what is asked for may be read whole; so may the queue, by the few rows of LIMIT.
        if row[3].startswith("SCAN") and "operations" in row[3] and "INDEX" not in row[3] and "LIMIT" not in statement
    ]
    # Only a server that lost what it had judged makes the till go through its past.
    going_through_it = ("acknowledged_at = NULL", "SET offered = 1")
    assert [one for one, _ in scans if not any(part in one for part in going_through_it)] == []
    assert len(asked) > 10
