"""The list of the last operations."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.present.views import OperationRow, OperationState
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import TOUCH
from desktop.ui.widgets.operation_list import OperationList
from tests.desktop.ui.pixels import shows

SENTENCE = "This card had a stamp at 14:12 in Gare. The next one could be given at 14:27."


def row(key: str, state: OperationState = OperationState.CONFIRMED, sentence: str = "") -> OperationRow:
    return OperationRow(key, "14:32", "1 stamp", "1234-5678-9012", state, sentence)


@pytest.fixture
def operations(theme: Theme, qtbot: QtBot) -> OperationList:
    operations = OperationList(theme)
    qtbot.addWidget(operations)
    operations.setStyleSheet(f"background: {theme.colours.surface}")
    operations.resize(480, 400)
    operations.show()
    operations.activateWindow()
    qtbot.waitUntil(operations.isActiveWindow)
    return operations


@pytest.mark.parametrize(
    ("state", "ink", "word"),
    [
        (OperationState.WAITING, "waiting", "Waiting"),
        (OperationState.CONFIRMED, "ok", "Confirmed"),
        (OperationState.REJECTED, "person", "Rejected"),
        (OperationState.PARKED, "waiting", "In review"),
    ],
)
def test_a_state_has_its_colour_and_its_word(
    operations: OperationList, theme: Theme, state: OperationState, ink: str, word: str
) -> None:
    operations.set_rows((row("a", state),))
    assert shows(operations, getattr(theme.colours, ink).ink)
    assert shows(operations, getattr(theme.colours, ink).soft)
    others = {"waiting", "ok", "person"} - {ink}
    assert not any(shows(operations, getattr(theme.colours, other).ink) for other in others)
    assert word in operations.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_rejected_row_says_why_in_a_row_of_its_own_height(operations: OperationList) -> None:
    operations.set_rows((row("a"), row("b", OperationState.REJECTED, SENTENCE)))
    model = operations.model()
    plain, rejected = (operations.visualRect(model.index(place, 0)) for place in (0, 1))
    assert plain.height() >= TOUCH
    assert rejected.height() > plain.height()
    assert SENTENCE in model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    wide = rejected.height()
    operations.resize(280, 400)
    operations.doItemsLayout()
    assert operations.visualRect(model.index(1, 0)).height() > wide


def test_the_marked_row_stays_marked_wherever_it_goes(operations: OperationList) -> None:
    operations.set_rows((row("a"), row("b")))
    operations.setCurrentIndex(operations.model().index(1, 0))
    assert operations.current_key() == "b"
    operations.set_rows((row("c"), row("a"), row("b")))
    assert operations.current_key() == "b"
    operations.set_rows((row("c"),))
    assert operations.current_key() == ""


@pytest.mark.parametrize("by", ["mouse", "enter"])
def test_a_row_can_be_chosen(operations: OperationList, qtbot: QtBot, by: str) -> None:
    operations.set_rows((row("a"), row("b")))
    index = operations.model().index(1, 0)
    operations.setFocus()
    operations.setCurrentIndex(index)
    with qtbot.waitSignal(operations.row_chosen, timeout=1_000) as chosen:
        if by == "mouse":
            place = operations.visualRect(index).center()
            QTest.mouseClick(operations.viewport(), Qt.MouseButton.LeftButton, pos=place)
        else:
            QTest.keyClick(operations, Qt.Key.Key_Return)
    assert chosen.args == ["b"]


def test_marking_a_row_is_told(operations: OperationList, qtbot: QtBot) -> None:
    operations.set_rows((row("a"), row("b")))
    with qtbot.waitSignal(operations.row_current, timeout=1_000) as marked:
        operations.setCurrentIndex(operations.model().index(1, 0))
    assert marked.args == ["b"]


def test_a_change_of_state_is_shown(operations: OperationList, theme: Theme) -> None:
    waiting = row("a", OperationState.WAITING)
    operations.set_rows((waiting,))
    operations.set_rows((replace(waiting, state=OperationState.CONFIRMED),))
    assert shows(operations, theme.colours.ok.ink)
    assert not shows(operations, theme.colours.waiting.ink)


def test_an_empty_list_says_so(operations: OperationList, theme: Theme) -> None:
    assert shows(operations, theme.colours.text_muted)
    operations.set_rows((row("a"),))
    operations.set_rows(())
    operations.set_empty_text("")
    assert not shows(operations, theme.colours.text_muted)
