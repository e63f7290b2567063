"""What the window does by itself, and on which thread: the way home, the lock, and never the book where it paints."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.store.book import Book
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import PATIENT, at_work
from tests.helpers.clock import ManualClock

UNNAMED = Terms(pin_policy=PinPolicy.OFF, timezone="Europe/Luxembourg")
SOON_MS = 400


def test_a_result_is_over_and_the_card_goes(
    open_till: Callable[..., Till], qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1)])
    with at_work(qtbot, qapp, till, tmp_path, timings=replace(PATIENT, result_ms=SOON_MS)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.result()
        work.on(Page.IDLE)
        assert not work.window.result.isVisible()


def test_a_card_that_nobody_acted_on_stays(
    open_till: Callable[..., Till], qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1)])
    with at_work(qtbot, qapp, till, tmp_path, timings=replace(PATIENT, result_ms=1)) as work:
        work.open_card(shop.token(1))
        qtbot.wait(100)
        assert work.window.page is Page.CARD


def test_a_till_that_is_left_alone_signs_out(
    open_till: Callable[..., Till], qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    till = open_till(cards=[shop.card_row(1)])
    with at_work(qtbot, qapp, till, tmp_path, timings=replace(PATIENT, lock_ms=2_000)) as work:
        work.click("strip_person")
        work.enter_pin("Ben", "1357")
        work.until(lambda: work.window.strip.person.text() == "Ben")
        work.until(lambda: work.window.strip.person.text() == "Sign in")


def test_a_line_that_stays_away_is_said_without_anybody_asking(
    open_till: Callable[..., Till], clock: ManualClock, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    till = open_till(terms=UNNAMED)
    with at_work(qtbot, qapp, till, tmp_path) as work:
        work.until(lambda: work.opened.counter.sync.online is False)
        work.until(lambda: work.window.strip.link.text() == "Online")
        clock.advance(timedelta(seconds=5))
        work.until(lambda: work.window.strip.link.text() == "Offline since 11:00")


def test_undo_goes_after_its_minute(
    open_till: Callable[..., Till], qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1)])
    with at_work(qtbot, qapp, till, tmp_path, timings=replace(PATIENT, undo_ms=SOON_MS)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.until(work.window.result.undo_button.isVisible)
        work.until(lambda: not work.window.result.undo_button.isVisible())


class WatchedBook(Book):
    """A book that knows on which threads it was opened for reading and writing."""

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        _note()
        with super().read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        _note()
        with super().write() as connection:
            yield connection


SEEN: set[str] = set()


def _note() -> None:
    SEEN.add(threading.current_thread().name)


def test_the_thread_that_paints_never_touches_the_book(
    open_till: Callable[..., Till], qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    made = open_till(cards=[shop.card_row(1), shop.card_row(2, 10)])
    copy = tmp_path / "watched" / "till.db"
    copy.parent.mkdir()
    with made.book.write() as connection:
        connection.execute("SELECT 1")
    made.book.close()
    shutil.copyfile(made.book.path, copy)
    with WatchedBook.open(copy) as book, at_work(qtbot, qapp, replace(made, book=book), tmp_path) as work:
        SEEN.clear()
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.enter_pin("Ben", "1357")
        work.result()
        work.open_card(shop.token(2))
        work.press(Qt.Key.Key_F2)
        work.until(lambda: work.result().startswith("Hand out"))
        work.press(Qt.Key.Key_F3)
        work.on(Page.TAKE_BACK)
        work.press(Qt.Key.Key_Escape)
        work.press(Qt.Key.Key_F4)
        work.press(Qt.Key.Key_Escape)
        work.press(Qt.Key.Key_F5)
        work.on(Page.IDLE)
        assert "acts" in SEEN
        seen = SEEN - {"acts", "sync"}
    assert seen == set()
