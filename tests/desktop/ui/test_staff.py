"""Who works at the till: names, the pad, the lock and its countdown, managers, and the till that is left alone."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from common import pin as pins
from common.terms import Terms
from desktop.cashier.engine import Till
from desktop.present import words
from desktop.ui.controls.choice import Choice
from desktop.ui.pages.page import Page
from desktop.ui.theme.millimetres import PAD_KEY_MM
from tests.desktop import shop
from tests.desktop.ui.at_work import PATIENT, AtWork, at_work
from tests.helpers.clock import ManualClock

KEYPAD = Qt.KeyboardModifier.KeypadModifier


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path) -> Iterator[AtWork]:
    """A till where everybody says who they are, with cards of 3 and of 10 stamps; a minute of its settings is short."""
    till = open_till(terms=Terms(timezone="Europe/Luxembourg"), cards=[shop.card_row(1, 3), shop.card_row(2, 10)])
    with at_work(qtbot, qapp, till, tmp_path, timings=replace(PATIENT, minute_ms=40)) as work:
        yield work


def pad_says(work: AtWork, *told: str) -> None:
    pad = work.window.pages.pin.pad
    work.until(lambda: all(part in pad.accessibleDescription() for part in told))


def countdown(work: AtWork) -> str:
    return work.window.pages.pin.pad.countdown


def sign_in(work: AtWork, name: str, pin: str) -> None:
    work.click("strip_person")
    work.enter_pin(name, pin)
    work.until(lambda: work.window.strip.person.text() == name)


def lock_ben(work: AtWork) -> None:
    work.click("strip_person")
    work.enter_pin("Ben", "9999")
    pad_says(work, "2 attempts left")
    work.type_pin("9999")
    pad_says(work, "1 attempt left")
    work.type_pin("9999")
    pad_says(work, "Locked until 11:30")


def test_two_touches_and_a_pin_change_who_works_and_the_card_stays(work: AtWork) -> None:
    sign_in(work, "Ben", "1357")
    work.open_card(shop.token(1))
    work.click("strip_person")
    work.on(Page.STAFF)
    work.click("staff_Ana")
    work.on(Page.PIN)
    work.type_pin("4821")
    work.on(Page.CARD)
    work.until(lambda: work.window.strip.person.text() == "Ana")
    work.press(Qt.Key.Key_F1)
    assert work.result().startswith("Stamped: 4 of 10.")
    with work.till.book.read() as connection:
        assert connection.execute("SELECT staff_id FROM operations").fetchone()[0] == str(shop.ANA)


def test_the_number_pad_of_the_keyboard_enters_a_pin(work: AtWork) -> None:
    work.click("strip_person")
    work.on(Page.STAFF)
    work.click("staff_Ben")
    work.on(Page.PIN)
    for digit in "1357":
        QTest.keyClicks(work.window.pages.pin.pad, digit, KEYPAD)
        QTest.qWait(150)
    QTest.keyClick(work.window.pages.pin.pad, Qt.Key.Key_Enter, KEYPAD)
    work.until(lambda: work.window.strip.person.text() == "Ben")


@pytest.mark.parametrize(
    ("width", "height", "dots_per_inch"),
    [(1024, 600, 170.0), (1920, 1080, 220.0)],
    ids=["a small till's 7 inches", "a tablet's 10 inches"],
)
def test_keys_are_fifteen_millimetres_on_dense_screens_too(
    work: AtWork, width: int, height: int, dots_per_inch: float
) -> None:
    work.window.resize(width, height)
    work.click("strip_person")
    work.on(Page.STAFF)
    work.click("staff_Ben")
    work.on(Page.PIN)
    keys = [key for key in work.window.pages.pin.pad.findChildren(QPushButton) if key.accessibleName().isdigit()]
    assert len(keys) == 10
    for key in keys:
        assert min(key.width(), key.height()) / dots_per_inch * 25.4 >= PAD_KEY_MM


def test_while_a_pin_is_checked_the_pad_says_so_and_takes_no_digit(
    work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash itself is held back until the pad was looked at; what it runs on is noted."""
    looked, threads, really = threading.Event(), [], pins.matches

    def held_back(pin: str, **more: object) -> bool:
        threads.append(threading.current_thread().name)
        looked.wait(30)
        return really(pin, **more)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(pins, "matches", held_back)
    work.click("strip_person")
    work.enter_pin("Ben", "1357")
    pad_says(work, words.CHECKING)
    work.until(lambda: bool(threads))
    work.type_text("13")
    QTest.mouseClick(work.window.pages.pin.pad.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert work.window.pages.pin.pad.entered == 0
    looked.set()
    work.until(lambda: work.window.strip.person.text() == "Ben")
    assert threads == ["acts"]


def test_who_turned_away_while_it_was_checked_is_not_signed_in(work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, really = threading.Event(), pins.matches

    def held_back(pin: str, **more: object) -> bool:
        looked.wait(30)
        return really(pin, **more)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(pins, "matches", held_back)
    work.click("strip_person")
    work.enter_pin("Ben", "1357")
    pad_says(work, words.CHECKING)
    work.press(Qt.Key.Key_Escape)
    looked.set()
    work.on(Page.STAFF)
    QTest.qWait(100)
    assert (work.window.page, work.opened.counter.session.worker) == (Page.STAFF, None)


def test_attempts_left_are_said_to_who_comes_back(work: AtWork) -> None:
    work.click("strip_person")
    work.enter_pin("Ben", "9999")
    pad_says(work, "Wrong PIN, 2 attempts left")
    work.press(Qt.Key.Key_Escape)
    work.on(Page.STAFF)
    work.click("staff_Ben")
    work.on(Page.PIN)
    pad_says(work, "Ben", "2 attempts left")


def test_a_lock_counts_down_and_the_pad_opens_by_itself(work: AtWork, clock: ManualClock) -> None:
    lock_ben(work)
    work.until(lambda: countdown(work) == "Locked for 30:00")
    clock.advance(timedelta(minutes=17, seconds=26))
    work.until(lambda: countdown(work) == "Locked for 12:34")
    work.type_text("1357")
    assert work.window.pages.pin.pad.entered == 0
    clock.advance(timedelta(minutes=12, seconds=33))
    work.until(lambda: countdown(work) == "Locked for 0:01")
    clock.advance(timedelta(seconds=1))
    work.until(lambda: countdown(work) == "")
    work.type_pin("1357")
    work.until(lambda: work.window.strip.person.text() == "Ben")


def test_a_lock_that_was_there_before_counts_down_too(work: AtWork, clock: ManualClock) -> None:
    lock_ben(work)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.STAFF)
    clock.advance(timedelta(minutes=29))
    work.click("staff_Ben")
    work.on(Page.PIN)
    work.until(lambda: countdown(work) == "Locked for 1:00")
    work.press(Qt.Key.Key_Escape)
    work.on(Page.STAFF)
    work.click("staff_Ana")
    work.on(Page.PIN)
    pad_says(work, "Ana")
    assert countdown(work) == ""


def test_a_manager_unlocks_from_the_colleagues_own_pad_and_signs_nobody_out(work: AtWork, clock: ManualClock) -> None:
    sign_in(work, "Ana", "4821")
    lock_ben(work)
    work.press(Qt.Key.Key_F9)
    work.on(Page.STAFF)
    assert [person.name for person in work.window.pages.staff.tiles.people] == ["Ana"]
    work.enter_pin("Ana", "4821")
    pad_says(work, "Ben")
    work.until(lambda: work.window.page is Page.PIN and countdown(work) == "")
    assert work.window.strip.person.text() == "Ana"
    work.type_pin("1357")
    work.until(lambda: work.window.strip.person.text() == "Ben")
    work.on(Page.IDLE)


def test_a_manager_who_turns_back_leaves_the_pad_locked(work: AtWork) -> None:
    lock_ben(work)
    work.press(Qt.Key.Key_F9)
    work.on(Page.STAFF)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.PIN)
    pad_says(work, "Ben", "Locked until 11:30")
    work.press(Qt.Key.Key_Escape)
    work.on(Page.STAFF)
    assert [person.name for person in work.window.pages.staff.tiles.people] == ["Ana", "Ben", "Cleo"]
    work.press(Qt.Key.Key_Escape)
    work.on(Page.IDLE)


def test_a_manager_approves_and_whoever_works_goes_on_working(work: AtWork, clock: ManualClock) -> None:
    sign_in(work, "Ben", "1357")
    work.open_card(shop.token(2))
    work.press(Qt.Key.Key_F2)
    assert work.result().startswith("Hand out: Free coffee")
    clock.advance(timedelta(minutes=2))
    work.press(Qt.Key.Key_F3)
    work.on(Page.TAKE_BACK)
    work.press(Qt.Key.Key_F3)
    work.enter_pin("Ana", "4821")
    work.until(lambda: work.result().startswith("Taken back: 10 of 10."))
    assert (work.window.page, work.window.strip.person.text()) == (Page.CARD, "Ben")
    with work.till.book.read() as connection:
        row = connection.execute("SELECT staff_id, approved_by FROM operations WHERE kind = 'void'").fetchone()
    assert row == (str(shop.BEN), str(shop.ANA))


def test_the_minutes_until_the_lock_are_changed_while_somebody_works(work: AtWork) -> None:
    sign_in(work, "Ben", "1357")
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.click("menu_settings")
    work.on(Page.SETTINGS)
    choice = work.find(Choice, "lock_minutes")
    least = min(choice.buttons, key=int)
    button = choice.buttons[least]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    work.until(lambda: work.window.strip.person.text() == "Sign in")
    assert work.window.page is Page.IDLE
