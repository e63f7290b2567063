"""The scanner over real windows, by real key events: as the platform sends them, with timestamps, and by
QTest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.flow.scan_burst import ScannerSetup
from desktop.ui.scanner import Scanner
from tests.helpers.keyboard import Keyboard, calm

TOKEN = "TS1-0123456789ABCDEFGHJKMNPQRS"
ATTEMPTS = 5
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


@dataclass
class Page:
    """A window with a text field, a number and a button, and all that the scanner said over it."""

    window: QWidget
    text: QLineEdit
    number: QSpinBox
    button: QPushButton
    pressed: list[str] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[Page]:
    window = QWidget()
    qtbot.addWidget(window)
    page = Page(window, QLineEdit(), QSpinBox(), QPushButton("Redeem"))
    layout = QVBoxLayout(window)
    for widget in (page.text, page.number, page.button):
        layout.addWidget(widget)
    page.button.setAutoDefault(True)
    page.button.clicked.connect(lambda: page.pressed.append("button"))
    scanner = Scanner(ScannerSetup())
    scanner.scanned.connect(page.scans.append)
    scanner.half_scanned.connect(page.halves.append)
    scanner.repeated.connect(page.repeats.append)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    scanner.install(qapp)
    yield page
    qapp.removeEventFilter(scanner)


@pytest.mark.parametrize("gap_ms", [5, 20, 50])
@pytest.mark.parametrize("focus", ["text", "number", "button"])
@pytest.mark.parametrize("end", ["⏎", "\t"])
def test_a_scan_reaches_nothing_but_the_scanner(page: Page, gap_ms: int, focus: str, end: str) -> None:
    focused = {"text": page.text, "number": page.number, "button": page.button}[focus]
    focused.setFocus()
    Keyboard().keys(TOKEN + end, gap_ms)
    calm()
    assert page.scans == [TOKEN]
    assert (page.text.text(), page.number.value(), page.pressed) == ("", 0, [])
    assert focused.hasFocus()


@pytest.mark.parametrize("gap_ms", [5, 20])
def test_a_scan_in_real_time_through_qt_s_own_test_keys(page: Page, gap_ms: int) -> None:
    handle = page.window.windowHandle()
    page.button.setFocus()
    # A machine that is busy with other tests tears one scan apart; a scanner that does not know them, each.
    for _ in range(ATTEMPTS):
        page.scans.clear()
        page.pressed.clear()
        for character in TOKEN:
            QTest.keyClick(handle, ord(character))
            QTest.qWait(gap_ms)
        QTest.keyClick(handle, Qt.Key.Key_Return)
        calm()
        if page.scans == [TOKEN]:
            break
    assert (page.scans, page.pressed) == ([TOKEN], [])


@pytest.mark.parametrize("to_window", [True, False])
def test_typing_at_human_speed_arrives_whole_and_in_order(page: Page, *, to_window: bool) -> None:
    page.text.setFocus()
    typed = "Marie 4821"
    for character in typed:
        if to_window:
            QTest.keyClick(page.window.windowHandle(), ord(character))
        else:
            QTest.keyClick(page.text, ord(character))
        QTest.qWait(120)  # QTest's own delay has no effect on a window
    calm()
    assert (page.text.text(), page.scans, page.halves) == (typed, [], [])


def test_keys_rolled_over_each_other_arrive_in_order_before_a_control_key(page: Page) -> None:
    page.text.setFocus()
    Keyboard().keys("abc", 30)
    assert page.text.text() == ""
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_Backspace)
    assert page.text.text() == "ab"


def test_a_scan_in_the_middle_of_typing_leaves_the_typing_alone(page: Page) -> None:
    page.text.setFocus()
    keyboard = Keyboard()
    for part, gap_ms in (("M", 0), ("a", 200), (TOKEN + "⏎", 5), ("x", 200)):
        keyboard.keys(part, gap_ms)
        calm()
    assert (page.text.text(), page.scans) == ("Max", [TOKEN])


def test_a_key_that_is_held_down_repeats_into_the_field(page: Page) -> None:
    page.text.setFocus()
    keyboard = Keyboard()
    keyboard.keys("a", 500)
    for _ in range(9):
        keyboard.at_ms += 30
        keyboard.press("a", repeats=True)
    calm()
    assert (page.text.text(), page.scans, page.halves) == ("a" * 10, [], [])


def test_space_held_back_still_presses_the_button_once(page: Page) -> None:
    page.button.setFocus()
    Keyboard().keys(" ", 200)
    assert page.pressed == []
    calm()
    assert page.pressed == ["button"]
    assert not page.button.isDown()


class ReleaseEar(QLineEdit):
    """A field that keeps the keys whose release it got."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.released: list[int] = []

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's own method name)
        self.released.append(event.key())


def test_not_even_a_release_of_a_scan_arrives(page: Page) -> None:
    """A button goes down on a press and acts on the release: a release alone must not get through."""
    ear = ReleaseEar(page.window)
    ear.show()
    ear.setFocus()
    keyboard = Keyboard()
    for character in "123456789⏎":  # each released only after the last was pressed
        keyboard.at_ms += 5
        keyboard.send(QEvent.Type.KeyPress, character)
    for character in "123456789⏎":
        keyboard.send(QEvent.Type.KeyRelease, character)
    calm()
    assert (page.scans, ear.released) == (["123456789"], [])
    keyboard.press("5")
    calm()
    assert ear.released == [int(Qt.Key.Key_5)]


def test_enter_by_hand_presses_the_button_at_once(page: Page) -> None:
    page.button.setFocus()
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_Return)
    assert page.pressed == ["button"]


def test_a_half_scan_is_reported_and_lands_nowhere(page: Page) -> None:
    page.text.setFocus()
    Keyboard().keys(TOKEN[:20], 5)
    calm()
    assert (page.halves, page.text.text(), page.scans) == ([TOKEN[:20]], "", [])


def test_the_same_card_twice_counts_once(page: Page) -> None:
    keyboard = Keyboard()
    keyboard.keys(TOKEN + "⏎", 5)
    calm()
    keyboard.keys(TOKEN + "⏎", 5)
    assert (page.scans, page.repeats) == ([TOKEN], [TOKEN])


def test_timestamps_of_another_keyboard_do_not_make_it_two_scans(page: Page) -> None:
    keyboard = Keyboard()
    keyboard.keys(TOKEN + "⏎", 5)
    calm()
    keyboard.at_ms += 3_600_000
    keyboard.keys(TOKEN + "⏎", 5)
    assert (page.scans, page.repeats) == ([TOKEN], [TOKEN])


def test_carriage_return_and_line_feed_are_one_end(page: Page) -> None:
    page.button.setFocus()
    Keyboard().keys(TOKEN + "⏎⏎", 5)
    calm()
    assert (page.scans, page.pressed) == ([TOKEN], [])
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_Return)
    assert page.pressed == ["button"]


def test_a_scan_over_a_dialog_does_not_answer_it(page: Page, qtbot: QtBot) -> None:
    dialog = QDialog(page.window)
    qtbot.addWidget(dialog)
    button = QPushButton("Yes", dialog)
    button.setDefault(True)
    button.clicked.connect(dialog.accept)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    Keyboard().keys(TOKEN + "⏎", 5)
    assert page.scans == [TOKEN]
    assert dialog.isVisible()


def test_a_burst_survives_a_busy_window(page: Page) -> None:
    """Keys that queued up behind a long paint come late together, after the timer that would have given up."""
    page.text.setFocus()
    keyboard = Keyboard()
    keyboard.keys(TOKEN[:15], 20)
    QTest.qSleep(250)
    QTimer.singleShot(1, page.window, lambda: keyboard.keys(TOKEN[15:] + "⏎", 20))
    calm()
    assert (page.scans, page.halves, page.text.text()) == ([TOKEN], [], "")


def test_typing_that_queued_up_behind_a_busy_window_is_still_typing(page: Page) -> None:
    page.text.setFocus()
    Keyboard().keys("Marianne⏎", 110)
    calm()
    assert (page.text.text(), page.scans, page.halves) == ("Marianne", [], [])


def test_a_shortcut_on_a_plain_character_fires_by_hand_and_not_by_a_scan(page: Page) -> None:
    fired: list[str] = []
    shortcut = QShortcut(QKeySequence("5"), page.window)
    shortcut.activated.connect(lambda: fired.append("5"))
    enter = QShortcut(QKeySequence("Return"), page.window)
    enter.activated.connect(lambda: fired.append("enter"))
    handle = page.window.windowHandle()
    page.button.setFocus()
    for character in "1234567890":
        QTest.keyClick(handle, ord(character))
    QTest.keyClick(handle, Qt.Key.Key_Return)
    calm()
    assert (fired, page.scans) == ([], ["1234567890"])
    QTest.keyClick(handle, ord("5"))
    calm()
    QTest.keyClick(handle, Qt.Key.Key_Return)
    assert fired == ["5", "enter"]


def test_a_field_that_went_away_while_its_key_was_held_back_is_no_trouble(page: Page, qtbot: QtBot) -> None:
    dialog = QDialog(page.window)
    qtbot.addWidget(dialog)
    field = QLineEdit(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(field, ord("a"))
    field.deleteLater()
    calm()
    assert (page.scans, page.halves) == ([], [])


def test_the_mouse_works_in_between(page: Page) -> None:
    Keyboard().keys("12", 5)
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton, NO_MODIFIER, QPoint(5, 5))
    assert page.pressed == ["button"]
