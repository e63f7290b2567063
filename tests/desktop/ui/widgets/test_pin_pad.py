"""The PIN pad, by mouse and by every kind of keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.present import words
from desktop.present.views import PinView
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import TOUCH
from desktop.ui.widgets.pin_pad import PinPad
from tests.desktop.ui.pixels import count, picture, shows

KEYPAD = Qt.KeyboardModifier.KeypadModifier


@pytest.fixture
def pad(theme: Theme, qtbot: QtBot) -> PinPad:
    pad = PinPad(theme)
    qtbot.addWidget(pad)
    pad.set_view(PinView("Ana Weber"))
    pad.show()
    pad.activateWindow()
    qtbot.waitUntil(pad.isActiveWindow)
    pad.setFocus()
    return pad


def key(pad: PinPad, name: str) -> QPushButton:
    return next(button for button in pad.findChildren(QPushButton) if button.accessibleName() == name)


@pytest.mark.parametrize(
    ("typed", "entered"), [("4821", "4821"), ("48210", "48210"), ("482107", "482107"), ("48210799", "482107")]
)
@pytest.mark.parametrize("by", ["mouse", "keyboard", "keypad"])
def test_enter_sends_the_digits_once_and_lets_them_go(
    pad: PinPad, qtbot: QtBot, typed: str, entered: str, by: str
) -> None:
    for digit in typed:
        if by == "mouse":
            QTest.mouseClick(key(pad, digit), Qt.MouseButton.LeftButton)
        else:
            modifier = KEYPAD if by == "keypad" else Qt.KeyboardModifier.NoModifier
            QTest.keyClicks(pad, digit, modifier)
    with qtbot.waitSignal(pad.pin_entered, timeout=1_000) as sent:
        if by == "mouse":
            QTest.mouseClick(key(pad, words.PIN_ENTER), Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(pad, Qt.Key.Key_Return if by == "keyboard" else Qt.Key.Key_Enter)
    assert sent.args == [entered]
    assert pad.entered == 0
    assert not any(entered in str(value) for value in vars(pad).values())


@pytest.mark.parametrize("typed", ["", "1", "482"])
def test_fewer_than_four_digits_are_not_sent(pad: PinPad, qtbot: QtBot, typed: str) -> None:
    for digit in typed:
        QTest.keyClicks(pad, digit)
    assert not key(pad, words.PIN_ENTER).isEnabled()
    with qtbot.assertNotEmitted(pad.pin_entered):
        QTest.keyClick(pad, Qt.Key.Key_Return)
    assert pad.entered == len(typed)


def test_back_takes_one_digit_away(pad: PinPad, qtbot: QtBot) -> None:
    for digit in "48":
        QTest.keyClicks(pad, digit)
    QTest.mouseClick(key(pad, words.PIN_BACK), Qt.MouseButton.LeftButton)
    assert pad.entered == 1
    QTest.keyClick(pad, Qt.Key.Key_Backspace)
    assert pad.entered == 0
    assert not key(pad, words.PIN_BACK).isEnabled()


def test_escape_clears_and_cancels(pad: PinPad, qtbot: QtBot) -> None:
    QTest.keyClicks(pad, "4")
    with qtbot.waitSignal(pad.cancelled, timeout=1_000):
        QTest.keyClick(pad, Qt.Key.Key_Escape)
    assert pad.entered == 0


def test_letters_are_no_digits(pad: PinPad, qtbot: QtBot) -> None:
    for letter in "abc-":
        QTest.keyClicks(pad, letter)
    assert pad.entered == 0


def test_who_is_locked_cannot_type(pad: PinPad, qtbot: QtBot) -> None:
    QTest.keyClicks(pad, "4")
    pad.set_view(PinView("Ana Weber", "Locked until 14:32", accepts=False))
    assert pad.entered == 0
    QTest.keyClicks(pad, "4")
    QTest.mouseClick(key(pad, "4"), Qt.MouseButton.LeftButton)
    assert pad.entered == 0
    assert "Locked until 14:32" in pad.accessibleDescription()


def test_another_person_finds_no_digits_of_the_one_before(pad: PinPad, qtbot: QtBot) -> None:
    for digit in "482":
        QTest.keyClicks(pad, digit)
    pad.set_view(PinView("Ben"))
    assert pad.entered == 0


def test_a_wrong_pin_is_said_in_red(pad: PinPad, theme: Theme) -> None:
    assert not shows(pad, theme.colours.person.ink)
    pad.set_view(PinView("Ana Weber", "4 attempts left", wrong=True))
    assert shows(pad, theme.colours.person.ink)


def test_only_dots_are_shown_and_nothing_is_read_aloud_but_their_number(pad: PinPad, qtbot: QtBot) -> None:
    QTest.keyClicks(pad, "1")
    one = picture(pad)
    QTest.keyClick(pad, Qt.Key.Key_Backspace)
    QTest.keyClicks(pad, "9")
    assert picture(pad) == one
    assert pad.accessibleDescription() == "Ana Weber, 1 digit entered"


def test_keys_are_large_and_the_focus_is_seen(pad: PinPad, theme: Theme) -> None:
    for digit in range(10):
        assert min(key(pad, str(digit)).width(), key(pad, str(digit)).height()) >= TOUCH
    focused = count(picture(pad), theme.colours.accent)
    pad.clearFocus()
    assert count(picture(pad), theme.colours.accent) < focused
