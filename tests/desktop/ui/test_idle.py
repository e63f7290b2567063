"""The page to which the till returns: a number, a name, a search, the last operations; and the way back to it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from common.card_code import format_number
from common.terms import PinPolicy, Terms
from desktop.cashier.engine import By, Till
from desktop.cashier.people.sign_in import sign_in
from desktop.cashier.stamp import stamp
from desktop.present.views import OperationState
from desktop.ui.pages.page import Page
from desktop.ui.timings import Timings
from tests.desktop import shop
from tests.desktop.ui.at_work import PATIENT, AtWork, at_work

UNNAMED = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF)
SOON_MS = 300


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    """Marie's card of 3 stamps, and one without a name."""
    return open_till(terms=UNNAMED, cards=[shop.card_row(1, 3, name="Marie Weber"), shop.card_row(2, 10)])


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, till: Till, tmp_path: Path) -> Iterator[AtWork]:
    with at_work(qtbot, qapp, till, tmp_path) as work:
        yield work


def card_shown(work: AtWork, place: int) -> None:
    card = work.window.pages.card
    number = format_number(shop.number(place))
    work.until(lambda: work.window.page is Page.CARD and card.view is not None and card.view.number == number)


def press_row(work: AtWork, place: int) -> None:
    rows = work.window.pages.idle.rows
    box = rows.visualRect(rows.model().index(place, 0))
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


@pytest.mark.parametrize("typed", [shop.number(1), format_number(shop.number(1))])
def test_twelve_digits_are_a_card(work: AtWork, typed: str) -> None:
    work.type_text(typed)
    work.press(Qt.Key.Key_Return)
    card_shown(work, 1)


@pytest.mark.parametrize("typed", ["marie", shop.number(1)[-4:]])
def test_anything_else_is_looked_for(work: AtWork, typed: str) -> None:
    work.type_text(typed)
    work.press(Qt.Key.Key_Return)
    work.on(Page.SEARCH)
    assert work.find(QLineEdit, "search_field").text() == typed
    work.until(lambda: [card.number for card in work.window.pages.search.found.cards] == [number_of(1)])
    work.press(Qt.Key.Key_Return)
    card_shown(work, 1)


def test_what_is_typed_on_goes_behind_what_was_typed_before(work: AtWork) -> None:
    work.type_text("ma")
    work.press(Qt.Key.Key_Return)
    work.on(Page.SEARCH)
    work.type_text("rie")
    assert work.find(QLineEdit, "search_field").text() == "marie"


@pytest.mark.parametrize("by", ["key", "touch"])
def test_a_card_is_found_without_its_number(work: AtWork, by: str) -> None:
    if by == "key":
        work.press(Qt.Key.Key_F3)
    else:
        work.click("find_card")
    work.on(Page.SEARCH)
    assert work.find(QLineEdit, "search_field").hasFocus()
    assert work.find(QLineEdit, "search_field").text() == ""


def test_a_row_shows_its_state_and_opens_its_card(work: AtWork) -> None:
    stamp(work.till, By(), shop.card_id(2))
    stamp(work.till, By(), shop.card_id(1))
    work.press(Qt.Key.Key_Escape)
    rows = work.window.pages.idle.rows
    work.until(lambda: len(rows.rows) == 2)
    assert [(row.what, row.state) for row in rows.rows] == [("1 stamp", OperationState.WAITING)] * 2
    press_row(work, 1)
    card_shown(work, 2)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.IDLE)
    rows.setFocus()
    work.press(Qt.Key.Key_Home)
    work.press(Qt.Key.Key_Return)
    card_shown(work, 1)


def test_a_row_without_a_card_opens_nothing(work: AtWork) -> None:
    for _ in range(3):
        sign_in(work.till, shop.BEN, "9999")
    work.press(Qt.Key.Key_Escape)
    work.until(lambda: len(work.window.pages.idle.rows.rows) == 1)
    press_row(work, 0)
    QTest.qWait(100)
    assert work.window.page is Page.IDLE


def test_a_result_stands_for_eight_seconds_and_its_undo_for_a_minute() -> None:
    assert (Timings().result_ms, Timings().undo_ms) == (8_000, 60_000)


def test_undo_outlives_its_result_on_the_idle_page(
    qtbot: QtBot, qapp: QApplication, till: Till, tmp_path: Path
) -> None:
    with at_work(qtbot, qapp, till, tmp_path, timings=replace(PATIENT, result_ms=SOON_MS, undo_ms=6 * SOON_MS)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.result()
        work.on(Page.IDLE)
        undo = work.window.pages.idle.undo_button
        assert undo.isVisible()
        assert not work.window.result.isVisible()
        work.until(lambda: not undo.isVisible())
        work.press(Qt.Key.Key_F8)
        QTest.qWait(100)
        assert work.counts().waiting == 1


def test_a_refusal_leads_home_too(qtbot: QtBot, qapp: QApplication, till: Till, tmp_path: Path) -> None:
    with at_work(qtbot, qapp, till, tmp_path, timings=replace(PATIENT, result_ms=SOON_MS)) as work:
        work.open_card(shop.token(1))
        work.scan("hello world")
        assert "not one of our cards" in work.result()
        work.on(Page.IDLE)
        assert not work.window.result.isVisible()


def number_of(place: int) -> str:
    return format_number(shop.number(place))
