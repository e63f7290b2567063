"""The one thread crossing: in order, in the right thread, and nothing after the end."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from desktop.sync.state import SyncState
from desktop.trouble import KnownTrouble, NotEnrolled
from desktop.ui.bridge import Act, Bridge


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[Bridge]:
    bridge = Bridge()
    bridge.start()
    yield bridge
    bridge.close()


def fail(trouble: KnownTrouble) -> None:
    raise AssertionError(f"no trouble was expected: {trouble!r}")


def test_acts_are_done_elsewhere_and_told_here_in_order(bridge: Bridge, qtbot: QtBot) -> None:
    did: list[str] = []
    told: list[tuple[int, str]] = []

    def do(number: int) -> int:
        did.append(threading.current_thread().name)
        return number

    def done(number: int) -> None:
        told.append((number, threading.current_thread().name))

    for number in range(5):
        bridge.run(Act(partial(do, number), done, fail))
    qtbot.waitUntil(lambda: len(told) == 5)
    assert did == ["acts"] * 5
    assert told == [(number, threading.main_thread().name) for number in range(5)]


def test_known_trouble_is_told_to_whoever_asked(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[KnownTrouble] = []

    def do() -> None:
        raise NotEnrolled

    bridge.run(Act(do, lambda _: told.clear(), told.append))
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], NotEnrolled)


@pytest.mark.logs
def test_a_bug_is_logged_and_the_next_act_is_done(bridge: Bridge, qtbot: QtBot) -> None:
    told: list[int] = []
    with qtbot.waitSignal(bridge.broke):
        bridge.run(Act(lambda: 1 // 0, told.append, fail))
    bridge.run(Act(lambda: 7, told.append, fail))
    qtbot.waitUntil(lambda: told == [7])


def test_what_was_handed_over_before_the_end_is_done_and_told_to_nobody(qtbot: QtBot) -> None:
    bridge = Bridge()
    bridge.start()
    did: list[int] = []
    told: list[None] = []
    for number in range(3):
        bridge.run(Act(partial(did.append, number), told.append, fail))
    bridge.close()
    qtbot.wait(50)
    assert (did, told) == ([0, 1, 2], [])


def test_a_bridge_that_was_never_started_closes(qtbot: QtBot) -> None:
    Bridge().close()


def test_the_runners_news_arrive_here(bridge: Bridge, qtbot: QtBot) -> None:
    heard: list[tuple[SyncState, str]] = []
    bridge.sync_changed.connect(lambda state: heard.append((state, threading.current_thread().name)))
    news = SyncState(waiting=3)
    thread = threading.Thread(target=bridge.tell_sync, args=(news,))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(news, threading.main_thread().name)]
