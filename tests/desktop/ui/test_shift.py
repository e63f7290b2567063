"""The shift in the window: opened, counted, closed with a queue that stays."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import By, Till
from desktop.cashier.people.shift import read_shift
from desktop.cashier.stamp import stamp
from desktop.store import operations
from desktop.store.book import Book
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork, at_work

UNNAMED = Terms(pin_policy=PinPolicy.OFF, cooldown_minutes=0)
Open = Callable[[Till], AbstractContextManager[AtWork]]


@pytest.fixture
def work_at(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Open:
    return lambda till: at_work(qtbot, qapp, till, tmp_path)


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=UNNAMED, cards=[shop.card_row(place, 3) for place in (1, 2, 3)])


def _go_to_shift(work: AtWork) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.click("menu_shift")
    work.on(Page.SHIFT)


def _label(work: AtWork) -> str:
    return work.find(ActionButton, "shift_button").text()


def test_a_day_at_the_till(till: Till, work_at: Open) -> None:
    with work_at(till) as work:
        _go_to_shift(work)
        assert work.text("shift_headline") == "No shift yet"
        work.press(Qt.Key.Key_F1)
        work.until(lambda: _label(work) == "Close the shift")
        assert "Open since 10:00" in work.text("shift_headline")
        stamp(till, By(shop.BEN), shop.card_id(1))
        stamp(till, By(shop.BEN), shop.card_id(2))
        stamp(till, By(shop.ANA), shop.card_id(3))
        work.press(Qt.Key.Key_Escape)
        _go_to_shift(work)
        page = work.window.pages.shift
        work.until(lambda: page.view is not None and len(page.view.rows) == 3)
        assert page.view is not None
        figures = [(row.name, row.stamps, row.rewards, row.voids) for row in page.view.rows]
        assert figures == [("Ben", 2, 0, 0), ("Ana", 1, 0, 0), ("All together", 3, 0, 0)]


def test_closing_with_a_queue_asks_first_and_loses_nothing(till: Till, work_at: Open, book_path: Path) -> None:
    with work_at(till) as work:
        _go_to_shift(work)
        work.click("shift_button")
        work.until(lambda: _label(work) == "Close the shift")
        for place in (1, 2, 3):
            stamp(till, By(shop.BEN), shop.card_id(place))
        work.press(Qt.Key.Key_Escape)
        _go_to_shift(work)
        work.until(lambda: "3 operations still wait" in work.text("shift_waiting"))
        work.click("shift_button")
        assert "They stay on this till" in work.text("shift_waiting")
        assert work.window.pages.shift.ask.isVisible()
        work.press(Qt.Key.Key_Escape)
        work.until(lambda: not work.window.pages.shift.ask.isVisible())
        report = read_shift(till)
        assert report is not None
        assert report.is_open
        assert work.window.page is Page.SHIFT
        work.click("shift_button")
        work.click("shift_button")
        work.until(lambda: _label(work) == "Open the shift")
        assert work.counts().waiting == 3
        assert "10:00" in work.text("shift_headline")
    till.book.close()
    with Book.open(book_path) as book, book.read() as connection:
        assert len(operations.waiting(connection, 10, 10**6)) == 3


def test_without_a_queue_it_closes_at_once(till: Till, work_at: Open) -> None:
    with work_at(till) as work:
        _go_to_shift(work)
        work.click("shift_button")
        work.until(lambda: _label(work) == "Close the shift")
        work.click("shift_button")
        work.until(lambda: _label(work) == "Open the shift")
        assert work.text("shift_waiting") == "Everything was sent."
