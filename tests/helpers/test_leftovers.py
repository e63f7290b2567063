"""The guards themselves: a guard that never fails guards nothing."""

import logging
import threading

import pytest
import structlog

from tests.helpers import leftovers
from tests.helpers.leftovers import no_leaked_threads, no_stray_logs


def test_a_thread_left_running_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "PATIENCE_S", 0.01)
    release = threading.Event()
    thread = threading.Thread(target=release.wait, name="forgotten")
    with pytest.raises(AssertionError, match="threads left running: forgotten"), no_leaked_threads():
        thread.start()
    release.set()
    thread.join()


def test_a_thread_that_ends_a_moment_later_is_no_leak() -> None:
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    with no_leaked_threads():
        thread.start()
        threading.Timer(0.05, release.set).start()


@pytest.mark.logs
def test_a_stray_warning_is_quoted() -> None:
    with pytest.raises(AssertionError, match="WARNING shop: drawer open"), no_stray_logs(expected=False):
        logging.getLogger("shop").warning("drawer %s", "open")
    with no_stray_logs(expected=False):
        logging.getLogger("shop").info("drawer shut")


@pytest.mark.logs
def test_lines_of_structlog_are_seen(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AssertionError, match="drawer_open"), no_stray_logs(expected=False):
        structlog.get_logger("shop").warning("drawer_open", till=17)
    assert "till=17" in caplog.text


def test_a_marker_without_a_line_is_refused() -> None:
    with pytest.raises(AssertionError, match="nothing was logged"), no_stray_logs(expected=True):
        pass
