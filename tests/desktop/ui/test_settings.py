"""The settings page: each choice is seen at once, and at the next start."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.cashier.engine import Till
from desktop.preferences import Look, Preferences, TextSize, read_preferences
from desktop.present import language
from desktop.present.language import Language
from desktop.ui.controls.choice import Choice
from desktop.ui.pages.page import Page
from desktop.ui.theme.tokens import Role, SchemeName
from tests.desktop.ui.at_work import AtWork, at_work


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A process speaks one language; the next test expects English."""
    yield
    language.use(Language.ENGLISH)


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path) -> Iterator[AtWork]:
    with at_work(qtbot, qapp, open_till(), tmp_path) as work:
        yield work


def choose(work: AtWork, name: str, value: str) -> None:
    QTest.mouseClick(button(work, name, value), Qt.MouseButton.LeftButton)


def button(work: AtWork, name: str, value: str) -> QPushButton:
    return work.find(Choice, name).buttons[value]


def open_settings(work: AtWork) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.click("menu_settings")
    work.on(Page.SETTINGS)


def test_the_colours_change_while_the_window_is_open(work: AtWork, tmp_path: Path) -> None:
    open_settings(work)
    window = work.window
    choose(work, "look", Look.DARK)
    work.until(lambda: work.opened.scheme is SchemeName.DARK)
    assert read_preferences(tmp_path).look is Look.DARK
    assert work.window is window
    assert button(work, "look", Look.DARK).isChecked()


def test_larger_texts_make_the_window_anew_on_the_same_page(work: AtWork, tmp_path: Path) -> None:
    open_settings(work)
    before = work.window
    size_before = work.opened.font(Role.BODY).pixelSize()
    choose(work, "text_size", TextSize.LARGER)
    work.in_another_window(before)
    work.on(Page.SETTINGS)
    work.until(lambda: button(work, "text_size", TextSize.LARGER).isChecked())
    assert work.opened.font(Role.BODY).pixelSize() > size_before
    assert read_preferences(tmp_path).text_size is TextSize.LARGER
    work.press(Qt.Key.Key_Escape)
    work.on(Page.MENU)


def test_the_keys_of_the_strip_work_in_the_new_window_at_once(work: AtWork) -> None:
    open_settings(work)
    worker = Event()
    work.opened.counter.preferences = replace(work.opened.counter.preferences, text_size=TextSize.LARGER)
    work.opened.counter.look(worker.wait, lambda _: None)
    try:
        work.opened.restyle(rebuild=True)
        work.until(work.window.isActiveWindow)
        work.press(Qt.Key.Key_F10)
        assert work.window.page is Page.MENU
    finally:
        worker.set()


def test_two_choices_in_quick_succession_are_both_made(work: AtWork, tmp_path: Path) -> None:
    open_settings(work)
    choose(work, "look", Look.DARK)
    choose(work, "stamp_on_scan", "on")
    work.until(lambda: work.opened.scheme is SchemeName.DARK and read_preferences(tmp_path).stamp_on_scan)
    assert read_preferences(tmp_path).look is Look.DARK


@pytest.mark.parametrize(("name", "value"), [("look", Look.DARK), ("text_size", TextSize.LARGE), ("language", "de")])
def test_a_choice_keeps_the_focus(work: AtWork, name: str, value: str) -> None:
    open_settings(work)
    button(work, name, value).setFocus()
    work.press(Qt.Key.Key_Space)
    work.until(lambda: work.opened.counter.preferences != Preferences() and button(work, name, value).isChecked())
    work.until(lambda: button(work, name, value).hasFocus())
    work.press(Qt.Key.Key_Escape)
    work.on(Page.MENU)


def test_escape_leads_back_step_by_step(work: AtWork) -> None:
    open_settings(work)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.MENU)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.IDLE)


def test_a_choice_that_cannot_be_kept_is_told_and_not_made(work: AtWork, tmp_path: Path) -> None:
    (tmp_path / "preferences.new").mkdir()
    open_settings(work)
    choose(work, "look", Look.DARK)
    assert "preferences.json" in work.result()
    assert work.opened.scheme is SchemeName.LIGHT
    assert button(work, "look", Look.SYSTEM).isChecked()
