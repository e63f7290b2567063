"""The large button."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.ui.controls.action_button import ActionButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import TOUCH
from tests.desktop.ui.pixels import count, picture


@pytest.fixture
def button(theme: Theme, qtbot: QtBot) -> ActionButton:
    button = ActionButton(theme, "Stamp", Icon.STAMP)
    qtbot.addWidget(button)
    button.set_key_hint("F1")
    button.show()
    button.activateWindow()
    qtbot.waitUntil(button.isActiveWindow)
    return button


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_press_it(button: ActionButton, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(button.clicked, timeout=1_000):
        QTest.keyClick(button, key)


def test_it_is_a_touch_high_and_grows_with_its_words(button: ActionButton) -> None:
    before = button.sizeHint()
    assert before.height() >= TOUCH
    button.set_label("Stamp this card for the customer")
    assert button.sizeHint().width() > before.width()
    assert button.minimumSizeHint().width() < button.sizeHint().width()


def test_words_wrap_where_it_is_narrow_and_none_is_cut(button: ActionButton) -> None:
    button.set_label("Stamp this card for the customer, then hand it back")
    narrow = button.minimumSizeHint().width()
    assert button.heightForWidth(narrow) > button.heightForWidth(button.sizeHint().width())
    button.set_label("Kartenverlustmeldung")
    assert button.minimumSizeHint().width() == button.sizeHint().width()


def test_with_little_room_it_is_a_touch_high_and_no_more(button: ActionButton) -> None:
    width = button.sizeHint().width()
    button.set_low(low=True)
    assert button.heightForWidth(width) == TOUCH


@pytest.mark.parametrize(
    ("primary", "possible", "fill"), [(True, True, "accent"), (False, True, "surface"), (True, False, "sunken")]
)
def test_its_plate_says_what_it_is(
    button: ActionButton,
    theme: Theme,
    primary: bool,
    possible: bool,
    fill: str,
) -> None:
    button.set_primary(primary=primary)
    button.set_possible(possible=possible, why_not="Next stamp at 14:32")
    image = picture(button)
    assert count(image, getattr(theme.colours, fill)) > image.width() * image.height() / 2


def test_when_off_it_says_why_and_cannot_be_pressed(button: ActionButton, qtbot: QtBot) -> None:
    width = button.sizeHint().width()
    button.set_possible(possible=False, why_not="Next stamp at 14:32")
    assert button.sizeHint().width() > width
    assert button.accessibleDescription() == "Next stamp at 14:32, F1"
    with qtbot.assertNotEmitted(button.clicked):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    button.set_possible(possible=True, why_not="Next stamp at 14:32")
    assert (button.note, button.accessibleDescription()) == ("", "F1")


def test_the_focus_is_seen(button: ActionButton, theme: Theme) -> None:
    button.clearFocus()
    without = count(picture(button), theme.colours.accent)
    button.setFocus()
    assert count(picture(button), theme.colours.accent) > without + button.width()
