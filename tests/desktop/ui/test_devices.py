"""Slips and sounds from the window: a real socket is the printer, a real program the player."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.devices.sound import NoSpeaker
from desktop.devices.tones import Sound
from desktop.preferences import Preferences, read_preferences, write_preferences
from desktop.present.pages.result_view import confirming
from desktop.ui.controls.choice import Choice
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.devices.a_printer import NO_PAPER, READY, APrinter
from tests.desktop.ui.at_work import PATIENCE_MS, AtWork, at_work

FREE = Terms(pin_policy=PinPolicy.OFF, cooldown_minutes=0, daily_limit=100)

Open = Callable[..., AbstractContextManager[AtWork]]


class Ear(NoSpeaker):
    """A speaker of none that remembers what it would have played."""

    player = "an ear"

    def __init__(self) -> None:
        self.heard: list[Sound] = []

    def play(self, sound: Sound) -> None:
        self.heard.append(sound)


@pytest.fixture
def device() -> Iterator[APrinter]:
    with APrinter() as device:
        yield device


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def opened(
    qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path, ear: Ear
) -> Callable[[str], AbstractContextManager[AtWork]]:
    """`opened(address)`: a till with this printer, and two cards."""

    def at(address: str) -> AbstractContextManager[AtWork]:
        write_preferences(tmp_path, Preferences(printer=address))
        till = open_till(terms=FREE, cards=[shop.card_row(1, 7), shop.card_row(2, 10)])
        return at_work(qtbot, qapp, till, tmp_path, speaker=ear)

    return at


def named(device: APrinter) -> str:
    return f"127.0.0.1:{device.port}"


def slips(device: APrinter, count: int) -> bool:
    return len(device.slips) == count


def open_settings(work: AtWork) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.click("menu_settings")
    work.on(Page.SETTINGS)


def test_a_stamp_and_a_reward_are_printed_by_themselves(opened: Open, device: APrinter) -> None:
    with opened(named(device)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.until(partial(slips, device, 1))
        assert b"8 of 10\n" in device.slips[0]
        assert b"Copy" not in device.slips[0]
        work.open_card(shop.token(2))
        with work.qtbot.waitSignal(work.opened.bridge.printer_told, timeout=PATIENCE_MS):
            work.press(Qt.Key.Key_F2)
        assert b"0 of 10\n" in device.slips[1]
        # A slip is a courtesy: that it was printed is no news.
        assert work.result().startswith("Hand out: ")


def test_what_is_taken_back_is_not_printed(opened: Open, device: APrinter) -> None:
    with opened(named(device)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.until(partial(slips, device, 1))
        work.press(Qt.Key.Key_F8)
        work.until(lambda: work.balance_shown() == "7 of 10")
        assert len(device.slips) == 1


def test_a_slip_and_a_copy_are_printed_from_the_card(opened: Open, device: APrinter) -> None:
    with opened(named(device)) as work:
        work.open_card(shop.token(1))
        open_further(work)
        work.click("print_slip")
        assert work.result() == "Printed: The slip is at the printer."
        work.press(Qt.Key.Key_6)
        work.until(partial(slips, device, 2))
        assert [b"Copy\n" in slip for slip in device.slips] == [False, True]
        assert all(b"7 of 10\n" in slip for slip in device.slips)


def test_in_a_training_nothing_is_printed(opened: Open, device: APrinter) -> None:
    with opened(named(device)) as work:
        work.press(Qt.Key.Key_F10)
        work.click("menu_training")
        work.on(Page.TRAINING)
        work.click("training_begin")
        work.until(lambda: work.opened.counter.real is not None)
        work.click("training_begun")
        work.on(Page.CARD)
        open_further(work)
        work.click("print_slip")
        assert work.result() == "Not printed: In a training nothing is printed."
        assert device.slips == []


def test_without_a_printer_no_slip_is_offered(opened: Open) -> None:
    with opened("") as work:
        work.open_card(shop.token(1))
        open_further(work)
        further = work.window.pages.further
        assert not further.slip_button.isVisible()
        assert not further.copy_button.isVisible()


def open_further(work: AtWork) -> None:
    work.click("further")
    work.on(Page.CARD_MORE)


def test_a_printer_without_paper_holds_no_stamp_up_and_is_said_in_the_strip(opened: Open, device: APrinter) -> None:
    device.answer = NO_PAPER
    with opened(named(device)) as work:
        work.open_card(shop.token(1))
        for count in (8, 9):
            work.press(Qt.Key.Key_F1)
            work.until(partial(balance, work, f"{count} of 10"))
        work.until(lambda: work.window.strip.notice.text() == "Printer out of paper")
        assert "Stamped" in work.result()
        work.click("strip_notice")
        work.on(Page.NOTICE)
        assert "put in a new roll" in work.text("notice_detail")
        work.click("notice_button")
        device.answer = READY
        work.open_card(shop.token(2))
        work.press(Qt.Key.Key_F1)
        work.until(partial(slips, device, 1))
        work.until(lambda: work.window.strip.notice.text() == "")


def balance(work: AtWork, said: str) -> bool:
    return work.balance_shown() == said


def test_a_test_slip_says_how_it_went(opened: Open, device: APrinter) -> None:
    with opened(named(device)) as work:
        open_settings(work)
        work.click("print_test_slip")
        assert work.result() == "Printed: The slip is at the printer."
        assert b"Test slip\n" in device.slips[0]
        device.hangs_up = True
        work.window.clear_result()
        work.click("print_test_slip")
        assert work.result().startswith("Not printed: The printer does not answer")


def test_a_printer_is_named_in_the_settings_and_tried_at_once(opened: Open, device: APrinter, tmp_path: Path) -> None:
    with opened("") as work:
        open_settings(work)
        work.click("print_test_slip")
        assert work.result().startswith("Not printed: There is no printer")
        field = work.find(QLineEdit, "printer")
        field.setFocus()
        field.setText(f" {named(device)} ")
        work.press(Qt.Key.Key_Return)
        work.until(lambda: read_preferences(tmp_path).printer == named(device))
        work.click("print_test_slip")
        work.until(partial(slips, device, 1))


def test_what_names_no_printer_is_told_and_not_kept(opened: Open, tmp_path: Path) -> None:
    with opened("") as work:
        open_settings(work)
        field = work.find(QLineEdit, "printer")
        field.setFocus()
        field.setText("the one at the window")
        work.press(Qt.Key.Key_Return)
        assert work.result().startswith("Not printed: There is no printer of this name")
        assert read_preferences(tmp_path).printer == ""


def test_each_result_is_heard(opened: Open, ear: Ear) -> None:
    with opened("") as work:
        work.until(lambda: work.opened.counter.sync.online is False)
        work.open_card(shop.token(1))
        assert ear.heard == []
        work.press(Qt.Key.Key_F1)
        work.until(lambda: ear.heard == [Sound.PROVISIONAL])
        work.scan("TS1-0000")
        work.until(lambda: ear.heard == [Sound.PROVISIONAL, Sound.REFUSED])


def test_what_is_not_the_end_of_anything_yet_is_not_heard(opened: Open, ear: Ear) -> None:
    with opened("") as work:
        work.window.show_result(confirming(), stays=True)
        assert ear.heard == []


def test_sounds_are_switched_off_in_the_settings_and_can_still_be_tried(opened: Open, ear: Ear) -> None:
    with opened("") as work:
        open_settings(work)
        switch = work.find(Choice, "sound")
        switch.buttons["off"].click()
        work.until(lambda: not work.opened.counter.preferences.sound)
        work.scan("TS1-0000")
        work.result()
        assert ear.heard == []
        work.click("play_a_sound")
        work.until(lambda: ear.heard == [Sound.DONE])


def test_a_computer_without_a_player_says_so_when_it_is_tried(opened: Open, ear: Ear) -> None:
    ear.player = ""
    with opened("") as work:
        open_settings(work)
        work.click("play_a_sound")
        assert work.result().startswith("No sound: ")
