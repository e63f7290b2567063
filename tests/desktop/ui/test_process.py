"""The window as a process of its own: its beginning, its end, and why it may not begin."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.stamp import stamp
from tests.desktop import shop

SOURCES = Path(__file__).parents[3]


def start(folder: Path, **environment: str) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    kept.pop("QT_QPA_PLATFORM", None)
    return subprocess.Popen(
        [sys.executable, "-m", "desktop", "--data-dir", str(folder)],
        cwd=SOURCES,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(open_till: Callable[..., Till], book_path: Path) -> Path:
    """The data folder of a till that had its first snapshot."""
    open_till(cards=[shop.card_row(1)]).book.close()
    return book_path.parent


def test_without_a_display_it_says_so_and_ends(folder: Path) -> None:
    process = start(folder)
    said, complained = process.communicate(timeout=60)
    assert (process.returncode, said) == (1, "")
    assert complained.startswith("There is no display")
    assert complained.count("\n") == 1


def test_a_display_that_is_none_is_told_apart(folder: Path) -> None:
    process = start(folder, DISPLAY=":987")
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complained.startswith("There is no display")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_says_ready_once_painted_and_ends_when_told(folder: Path, ending: signal.Signals) -> None:
    process = start(folder, QT_QPA_PLATFORM="offscreen", TILLSTAMP_SAY_READY="1")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(ending)
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 0
    # Qt's offscreen platform says one line of its own.
    assert [line for line in complained.splitlines() if "propagateSizeHints" not in line] == []


def test_a_second_start_on_the_same_book_says_who_has_it(open_till: Callable[..., Till], book_path: Path) -> None:
    open_till()
    process = start(book_path.parent, QT_QPA_PLATFORM="offscreen")
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complained == "Tillstamp is already open on this till. Use that window, or close it first.\n"


def test_a_second_start_ends_silently_and_the_first_comes_forward(folder: Path) -> None:
    first = start(folder, QT_QPA_PLATFORM="offscreen", TILLSTAMP_SAY_READY="1")
    assert first.stdout is not None
    assert first.stdout.readline() == "ready\n"
    try:
        second = start(folder)
        said, complained = second.communicate(timeout=60)
        assert (second.returncode, said, complained) == (0, "", "")
        assert not (folder / "show-window").exists()
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert first.returncode == 0


def test_a_signal_ends_it_without_a_question_though_operations_wait(
    open_till: Callable[..., Till], book_path: Path
) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[shop.card_row(1)])
    stamp(till, NOBODY, shop.card_id(1))
    till.book.close()
    process = start(book_path.parent, QT_QPA_PLATFORM="offscreen", TILLSTAMP_SAY_READY="1")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_book_that_is_damaged_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "till.db").write_bytes(b"no book at all, " * 400)
    process = start(tmp_path, QT_QPA_PLATFORM="offscreen")
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "cannot be read" in complained
    assert "Traceback" not in complained
