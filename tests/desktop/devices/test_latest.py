"""A device does what it was asked last, and never works off a pile."""

import threading

import pytest

from desktop.devices.latest import Latest

PATIENCE_S = 20.0


def test_of_what_waits_only_the_newest_is_done() -> None:
    done: list[int] = []
    begun, go_on, last = threading.Event(), threading.Event(), threading.Event()

    def do(thing: int) -> None:
        done.append(thing)
        begun.set()
        assert go_on.wait(PATIENCE_S)
        if thing == 99:
            last.set()

    latest = Latest("device", do)
    latest.put(0)
    assert begun.wait(PATIENCE_S)
    for thing in range(1, 100):
        latest.put(thing)
    go_on.set()
    assert last.wait(PATIENCE_S)
    latest.close()
    assert done == [0, 99]


def test_what_waits_when_it_is_closed_is_dropped() -> None:
    done: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def do(thing: int) -> None:
        done.append(thing)
        begun.set()
        assert go_on.wait(PATIENCE_S)

    latest = Latest("device", do)
    latest.put(1)
    assert begun.wait(PATIENCE_S)
    latest.put(2)
    threading.Timer(0.05, go_on.set).start()
    latest.close()
    assert not latest.put(3)
    assert done == [1]


@pytest.mark.logs
def test_a_bug_is_logged_and_the_next_is_done() -> None:
    done = threading.Event()

    def do(thing: int) -> None:
        if thing == 1:
            begun.set()
            raise ValueError("a bug")
        done.set()

    begun = threading.Event()
    latest = Latest("device", do)
    latest.put(1)
    assert begun.wait(PATIENCE_S)
    latest.put(2)
    assert done.wait(PATIENCE_S)
    latest.close()


def test_one_that_was_never_asked_has_no_thread() -> None:
    before = threading.active_count()
    latest: Latest[int] = Latest("device", lambda _: None)
    assert threading.active_count() == before
    latest.close()
