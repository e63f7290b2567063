"""Search in the window: results while one types, by keys, by touch and by scan."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.cashier.engine import Till
from desktop.present import words
from desktop.present.language import tr
from desktop.ui.pages.page import Page
from desktop.ui.widgets.found_list import FoundList
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork, at_work

CARDS = [
    shop.card_row(1, 3, name="Jérôme Weiß", phone="+352 621 12 47 11", email="jerome@example.com"),
    shop.card_row(2, 1, name="Jerominus Klein"),
    shop.card_row(3, 0, name="Anna Weber", phone="0691 445 566"),
]


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path) -> Iterator[AtWork]:
    with at_work(qtbot, qapp, open_till(cards=CARDS), tmp_path) as work:
        work.press(Qt.Key.Key_F10)
        work.on(Page.MENU)
        work.press(Qt.Key.Key_1)
        work.on(Page.SEARCH)
        yield work


def _names(work: AtWork) -> list[str]:
    return [card.name for card in work.window.pages.search.found.cards]


def _await(work: AtWork, *names: str) -> None:
    work.until(lambda: _names(work) == list(names))


def _shown(work: AtWork, place: int) -> None:
    number = f"{shop.number(place)[:4]}-{shop.number(place)[4:8]}-{shop.number(place)[8:]}"
    card = work.window.pages.card
    work.until(lambda: work.window.page is Page.CARD and card.view is not None and card.view.number == number)


def test_the_results_follow_what_is_typed(work: AtWork) -> None:
    work.type_text("jerom")
    _await(work, "Jérôme Weiß", "Jerominus Klein")
    work.type_text("e")
    _await(work, "Jérôme Weiß")
    work.press(Qt.Key.Key_Backspace)
    _await(work, "Jérôme Weiß", "Jerominus Klein")
    work.type_text("zz")
    _await(work)


def test_contacts_are_masked(work: AtWork) -> None:
    work.type_text("weiss")
    _await(work, "Jérôme Weiß")
    (card,) = work.window.pages.search.found.cards
    model = work.window.pages.search.found.model()
    read_aloud = str(model.data(model.index(0, 0)))
    for told in (card.contact, read_aloud):
        assert "•••• 4711" in told
        assert "j•••@example.com" in told
        assert "621" not in told
        assert "jerome@" not in told


def test_enter_opens_the_first_even_before_the_results_are_there(work: AtWork) -> None:
    work.window.pages.search.field.setText("anna")
    work.press(Qt.Key.Key_Return)
    _shown(work, 3)


def test_arrows_walk_the_results_and_enter_opens_one(work: AtWork) -> None:
    work.type_text("jer")
    _await(work, "Jérôme Weiß", "Jerominus Klein")
    work.press(Qt.Key.Key_Down)
    work.press(Qt.Key.Key_Down)
    work.press(Qt.Key.Key_Up)
    work.press(Qt.Key.Key_Up)
    assert work.window.pages.search.field.hasFocus()
    work.press(Qt.Key.Key_Down)
    work.press(Qt.Key.Key_Down)
    work.press(Qt.Key.Key_Return)
    _shown(work, 2)


def test_a_touch_opens_a_card(work: AtWork) -> None:
    work.type_text("jer")
    _await(work, "Jérôme Weiß", "Jerominus Klein")
    found = work.find(FoundList, "cards_found")
    place = found.visualRect(found.model().index(1, 0)).center()
    QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)
    _shown(work, 2)


def test_a_scan_opens_its_card_whatever_is_typed(work: AtWork) -> None:
    work.type_text("anna")
    work.scan(shop.token(1))
    _shown(work, 1)


def test_nothing_of_a_search_stays_for_the_next(work: AtWork) -> None:
    work.type_text("anna")
    _await(work, "Anna Weber")
    work.press(Qt.Key.Key_Escape)
    work.on(Page.IDLE)
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.click("menu_search")
    work.on(Page.SEARCH)
    assert (work.window.pages.search.field.text(), _names(work)) == ("", [])
    assert tr(words.SEARCH_HINT)
