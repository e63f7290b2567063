"""The theme on a real application: fonts, palette, style sheet, and the change of scheme."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.preferences import Preferences, TextSize
from desktop.ui.theme.style import make_style_sheet
from desktop.ui.theme.theme import Theme, scheme_of
from desktop.ui.theme.tokens import SCHEMES, TOUCH, TYPE_SCALE, Role, SchemeName
from tests.desktop.ui.pixels import shows


def test_the_palette_and_the_font_are_of_the_scheme(theme: Theme, qapp: QApplication) -> None:
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.colours.page
    assert qapp.palette().color(QPalette.ColorRole.Accent).name() == theme.colours.accent
    assert qapp.font().pixelSize() == TYPE_SCALE[Role.BODY].size_px


@pytest.mark.parametrize("role", Role)
def test_a_label_takes_the_font_of_its_role(theme: Theme, qtbot: QtBot, role: Role) -> None:
    label = QLabel("Scan a card")
    label.setProperty("role", role.value)
    qtbot.addWidget(label)
    label.show()
    step = TYPE_SCALE[role]
    assert (label.font().pixelSize(), int(label.font().weight())) == (step.size_px, step.weight)
    assert (theme.font(role).pixelSize(), int(theme.font(role).weight())) == (step.size_px, step.weight)


@pytest.mark.parametrize("kind", [QPushButton, QLineEdit])
def test_qt_s_own_controls_are_a_touch_high_and_do_not_move_with_the_focus(
    theme: Theme, qtbot: QtBot, kind: type[QPushButton] | type[QLineEdit]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    first, second = kind("Cancel"), kind("Cancel")
    column.addWidget(first)
    column.addWidget(second)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    assert first.sizeHint() == second.sizeHint()
    assert first.sizeHint().height() >= TOUCH
    assert shows(first, theme.colours.accent)
    assert not shows(second, theme.colours.accent)


@pytest.mark.parametrize("scheme", SchemeName)
def test_the_style_sheet_names_no_colour_but_the_table_s(scheme: SchemeName) -> None:
    sheet = make_style_sheet(SCHEMES[scheme], TextSize.NORMAL)
    known = repr(SCHEMES[scheme])
    named = {word.strip(";,") for word in sheet.split() if word.startswith("#")}
    assert named
    assert all(colour in known for colour in named)


def test_another_scheme_is_told_once(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(SchemeName.LIGHT)
    told: list[SchemeName] = []
    theme.changed.connect(lambda: told.append(theme.scheme))
    theme.use(SchemeName.LIGHT, TextSize.NORMAL, qapp)
    theme.use(SchemeName.DARK, TextSize.NORMAL, qapp)
    qapp.setStyleSheet("")
    assert told == [SchemeName.DARK]
    assert theme.colours == SCHEMES[SchemeName.DARK]


def test_a_desktop_that_says_nothing_gets_the_light_scheme(qapp: QApplication) -> None:
    assert scheme_of(Preferences()) is SchemeName.LIGHT  # offscreen knows of no preference
