"""The runner: one thread that survives whatever comes, and leaves none behind."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from desktop.store.identity import Enrolment
from desktop.store.operations import State
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import Busy, Failure, Unreachable, UnreachableReason
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Pulled
from desktop.sync.runner import Runner
from desktop.sync.state import Bug, SyncState
from desktop.trouble import DiskFull, SecretsUnreachable
from tests.desktop.sync.scripted_server import free_port, problem, serving, silent
from tests.desktop.sync.small_hub import SmallHub
from tests.helpers.books import TestTill

PATIENCE_MS = 20_000
"""Far more than anything here takes; only a failing test waits that long."""


def eager() -> float:
    """No jitter at all: a back-off ends at once."""
    return 0.0


def patient() -> float:
    """The longest back-off: a second after the first failure."""
    return 1.0


@contextmanager
def running(till: TestTill, url: str, jitter: Callable[[], float] = eager) -> Iterator[Runner]:
    exchange = Exchange(till.book, Link(ServerAddress(url), "till-token", till.clock), till.clock)
    runner = Runner(till.book, lambda: exchange, till.clock, jitter)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def test_it_makes_contact_and_sends_what_is_recorded(till: TestTill) -> None:
    with serving(SmallHub()) as server, running(till, server.url) as runner:
        assert runner.wait_until(lambda: runner.state.online is True, PATIENCE_MS)
        (key,) = till.stamp()
        runner.wake()
        assert runner.wait_until(lambda: till.state(key) is State.ACCEPTED, PATIENCE_MS)
        assert runner.wait_until(lambda: runner.state.waiting == 0, PATIENCE_MS)


def test_it_knows_what_version_tills_are_to_have(till: TestTill) -> None:
    hub = SmallHub()
    hub.twist = lambda answer: answer.update(till_version="0.2.0")
    with serving(hub) as server, running(till, server.url) as runner:
        assert runner.wait_until(lambda: runner.state.till_version == "0.2.0", PATIENCE_MS)
        # A server that says it no longer has taken it back.
        hub.twist = lambda _: None
        till.stamp()
        runner.wake()
        assert runner.wait_until(lambda: runner.state.till_version is None, PATIENCE_MS)


def test_verdicts_bring_a_pull_at_once(till: TestTill) -> None:
    hub = SmallHub()
    with serving(hub) as server, running(till, server.url) as runner:
        assert runner.wait_until(lambda: hub.pulls >= 1, PATIENCE_MS)
        till.stamp()
        runner.wake()
        assert runner.wait_until(lambda: till.identity().synced_ver == 2, PATIENCE_MS)


def test_stop_leaves_no_thread_even_in_the_middle_of_a_request(till: TestTill) -> None:
    closing, before = threading.Event(), set(threading.enumerate())
    with serving(silent(closing)) as server:
        served = set(threading.enumerate())
        with running(till, server.url) as runner:
            while not server.requests:
                closing.wait(0.01)
        left = [thread for thread in set(threading.enumerate()) - served if thread.name == "sync"]
        closing.set()
    assert left == []
    failure = runner.state.failure
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.CANCELLED, "stop gives the request up, and does not sit it out"
    assert {thread.name for thread in set(threading.enumerate()) - before} == set()


def test_stop_without_start_is_harmless(till: TestTill) -> None:
    def never() -> Exchange:
        raise AssertionError("nobody started it")

    Runner(till.book, never, till.clock, eager).stop()


def test_a_keyring_out_of_reach_is_shown_and_tried_again(till: TestTill) -> None:
    tries = [SecretsUnreachable("locked"), SecretsUnreachable("locked")]
    with serving(SmallHub()) as server:

        def connect() -> Exchange:
            if tries:
                raise tries.pop()
            return Exchange(till.book, Link(ServerAddress(server.url), "till-token", till.clock), till.clock)

        told: list[SyncState] = []
        runner = Runner(till.book, connect, till.clock, eager)
        runner.observe(told.append)
        runner.start()
        assert runner.wait_until(lambda: runner.state.online is True, PATIENCE_MS)
        assert runner.state.trouble is None
        runner.stop()
    assert isinstance(told[0].trouble, SecretsUnreachable)


def test_observers_are_told_of_changes_only(till: TestTill) -> None:
    told: list[SyncState] = []
    with serving(SmallHub()) as server:
        exchange = Exchange(till.book, Link(ServerAddress(server.url), "till-token", till.clock), till.clock)
        runner = Runner(till.book, lambda: exchange, till.clock, eager)
        runner.observe(told.append)
        runner.start()
        assert runner.wait_until(lambda: bool(told) and told[-1].online is True, PATIENCE_MS)
        till.stamp(2)
        runner.wake()
        assert runner.wait_until(lambda: till.counts().waiting == 0, PATIENCE_MS)
        runner.stop()
    assert all(one != other for one, other in pairwise(told))


@pytest.mark.logs
def test_an_observer_that_fails_ends_nothing(till: TestTill) -> None:
    def broken(_: SyncState) -> None:
        raise RuntimeError("a bug in a window")

    with serving(SmallHub()) as server:
        exchange = Exchange(till.book, Link(ServerAddress(server.url), "till-token", till.clock), till.clock)
        runner = Runner(till.book, lambda: exchange, till.clock, eager)
        runner.observe(broken)
        runner.start()
        (key,) = till.stamp()
        runner.wake()
        assert runner.wait_until(lambda: till.state(key) is State.ACCEPTED, PATIENCE_MS)
        runner.stop()


def test_it_drains_when_the_network_returns(till: TestTill) -> None:
    port = free_port()
    with running(till, f"http://127.0.0.1:{port}", patient) as runner:
        (key,) = till.stamp()
        runner.wake()
        assert runner.wait_until(lambda: runner.state.offline_since is not None, PATIENCE_MS)
        assert runner.wait_until(lambda: runner.state.waiting == 1, PATIENCE_MS)
        assert runner.state.online is False
        with serving(SmallHub(), port=port):
            runner.hurry()
            assert runner.wait_until(lambda: till.state(key) is State.ACCEPTED, PATIENCE_MS)
            assert runner.wait_until(lambda: runner.state.offline_since is None, PATIENCE_MS)


def test_waking_does_not_cut_a_back_off_short_but_hurry_does(till: TestTill) -> None:
    hub = SmallHub()
    hub.answers["push"] += [problem(500, "internal")] * 30
    with serving(hub) as server, running(till, server.url, lambda: 600.0) as runner:
        till.stamp()
        assert runner.wait_until(lambda: len(hub.answers["push"]) == 29, PATIENCE_MS)
        runner.wake()
        assert runner.wait_until(lambda: hub.pulls > 1, PATIENCE_MS), "pull does not wait for push"
        assert len(hub.answers["push"]) == 29
        runner.hurry()
        assert runner.wait_until(lambda: len(hub.answers["push"]) == 28, PATIENCE_MS)


def test_busy_is_offline_and_its_time_is_kept(till: TestTill) -> None:
    hub = SmallHub()
    for lane in hub.answers.values():
        lane.append(problem(503, "busy", Retry_After="300"))
    with serving(hub) as server, running(till, server.url) as runner:
        assert runner.wait_until(lambda: runner.state.failure == Busy(503, 300_000, "busy"), PATIENCE_MS)
        assert runner.state.online is False
        runner.hurry()
        assert not runner.wait_until(lambda: bool(hub.batches), 300)


def test_an_unknown_token_stops_it_and_is_shown(till: TestTill) -> None:
    hub = SmallHub()
    hub.answers["push"].append(problem(401, "token_invalid"))
    with serving(hub) as server, running(till, server.url) as runner:
        till.stamp()
        assert runner.wait_until(lambda: runner.state.enrolment is Enrolment.MUST_ENROL_AGAIN, PATIENCE_MS)
        requests = len(server.requests)
        runner.hurry()
        assert not runner.wait_until(lambda: len(server.requests) > requests, 300)
    assert till.counts().waiting == 1


def test_a_new_enrolment_connects_anew_after_the_old_one_was_stopped(till: TestTill) -> None:
    hub = SmallHub()
    hub.answers["push"].append(problem(401, "token_invalid"))
    tokens = ["new-token", "old-token"]
    with serving(hub) as server:

        def connect() -> Exchange:
            return Exchange(till.book, Link(ServerAddress(server.url), tokens.pop(), till.clock), till.clock)

        runner = Runner(till.book, connect, till.clock, eager)
        runner.start()
        (key,) = till.stamp()
        assert runner.wait_until(lambda: runner.state.enrolment is Enrolment.MUST_ENROL_AGAIN, PATIENCE_MS)
        runner.reconnect()
        assert runner.wait_until(lambda: till.state(key) is State.ACCEPTED, PATIENCE_MS)
        runner.stop()
    assert server.requests[-1].headers["authorization"] == "Bearer new-token"


def test_426_goes_on_working_and_is_shown(till: TestTill) -> None:
    hub = SmallHub()
    for lane in hub.answers.values():
        lane.append(problem(426, "update_needed"))
    with serving(hub) as server, running(till, server.url) as runner:
        assert runner.wait_until(lambda: runner.state.enrolment is Enrolment.UPDATE_NEEDED, PATIENCE_MS)
        assert runner.state.trouble is None


class Scripted(Exchange):
    """The real exchange, whose first steps fail as the test says."""

    failing: list[Exception]

    def pull(self, limit: int) -> Pulled | Failure:
        if self.failing:
            raise self.failing.pop(0)
        return super().pull(limit)


@pytest.mark.logs
def test_a_bug_is_loud_shown_and_survived(till: TestTill, caplog: pytest.LogCaptureFixture) -> None:
    told: list[SyncState] = []
    with serving(SmallHub()) as server:
        exchange = Scripted(till.book, Link(ServerAddress(server.url), "till-token", till.clock), till.clock)
        exchange.failing = [ZeroDivisionError("a bug")]
        runner = Runner(till.book, lambda: exchange, till.clock, eager)
        runner.observe(told.append)
        runner.start()
        assert runner.wait_until(lambda: till.identity().last_pull_at is not None, PATIENCE_MS)
        assert runner.wait_until(lambda: runner.state.trouble is None, PATIENCE_MS)
        runner.stop()
    assert Bug.UNEXPECTED in [state.trouble for state in told]
    assert "ZeroDivisionError" in caplog.text
    assert "till-token" not in caplog.text


def test_trouble_with_the_book_is_shown_and_survived(till: TestTill) -> None:
    told: list[SyncState] = []
    trouble = DiskFull(Path("till.db"))
    with serving(SmallHub()) as server:
        exchange = Scripted(till.book, Link(ServerAddress(server.url), "till-token", till.clock), till.clock)
        exchange.failing = [trouble]
        runner = Runner(till.book, lambda: exchange, till.clock, eager)
        runner.observe(told.append)
        runner.start()
        assert runner.wait_until(lambda: till.identity().last_pull_at is not None, PATIENCE_MS)
        runner.stop()
    assert trouble in [state.trouble for state in told]


@pytest.mark.logs
def test_a_book_that_cannot_be_read_is_tried_again(till: TestTill) -> None:
    with till.book.write() as connection:
        connection.execute("ALTER TABLE book RENAME TO mislaid")
    with serving(SmallHub()) as server, running(till, server.url) as runner:
        assert runner.wait_until(lambda: runner.state.trouble is Bug.UNEXPECTED, PATIENCE_MS)
        with till.book.write() as connection:
            connection.execute("ALTER TABLE mislaid RENAME TO book")
        runner.wake()
        assert runner.wait_until(lambda: runner.state.online is True and runner.state.trouble is None, PATIENCE_MS)


def test_waiting_for_what_never_comes_ends(till: TestTill) -> None:
    with running(till, f"http://127.0.0.1:{free_port()}", patient) as runner:
        assert not runner.wait_until(lambda: False, 100)
        assert runner.wait_until(lambda: isinstance(runner.state.failure, Unreachable), PATIENCE_MS)
    failure = runner.state.failure
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.REFUSED
