"""One of a few: a row of buttons of which one is on."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from desktop.ui.theme.tokens import TOUCH, UNIT


class Choice(QWidget):
    """Buttons side by side.

    Attributes:
        buttons: one for each value.

    Signals:
        chosen(str): somebody chose this value; not emitted by `choose`.
    """

    chosen = Signal(str)

    def __init__(self, name: str, labels: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.buttons = {value: QPushButton(label) for value, label in labels.items()}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        for value, button in self.buttons.items():
            button.setCheckable(True)
            button.setMinimumHeight(TOUCH)
            button.setAccessibleName(f"{name}: {button.text()}")
            button.clicked.connect(lambda _checked=False, value=value: self.chosen.emit(value))
            self._group.addButton(button)
            row.addWidget(button, 1)

    def take_focus(self) -> None:
        """The focus to the button that is on."""
        button = self._group.checkedButton()
        if button is not None:
            button.setFocus()

    def choose(self, value: str) -> None:
        """Show that this value is the one."""
        self.buttons[value].setChecked(True)
