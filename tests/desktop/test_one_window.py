"""The doorbell between a first window and a second start, between two threads; two processes are in `ui`."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.one_window import Doorbell, ask_to_show


@pytest.fixture
def at_home(tmp_path: Path) -> Iterator[list[bool]]:
    """Somebody who answers, and how often they did."""
    rings: list[bool] = []
    gone = threading.Event()
    bell = Doorbell(tmp_path)

    def answer() -> None:
        while not gone.wait(0.005):
            if bell.rang():
                rings.append(True)

    thread = threading.Thread(target=answer)
    thread.start()
    yield rings
    gone.set()
    thread.join()


def test_who_is_at_home_answers_each_ring_once(tmp_path: Path, at_home: list[bool]) -> None:
    assert ask_to_show(tmp_path, patience_s=30)
    assert ask_to_show(tmp_path, patience_s=30)
    assert len(at_home) == 2
    assert list(tmp_path.iterdir()) == []


def test_nobody_at_home_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    assert not ask_to_show(tmp_path, patience_s=0.05)
    assert list(tmp_path.iterdir()) == []


def test_a_ring_from_before_the_window_opened_is_not_answered_by_it(tmp_path: Path) -> None:
    (tmp_path / "show-window").touch()
    assert not Doorbell(tmp_path).rang()


def test_a_folder_that_cannot_be_written_is_nobody_at_home(tmp_path: Path) -> None:
    assert not ask_to_show(tmp_path / "missing", patience_s=0.05)
