"""The way back, which looks and is found the same on every page."""

from PySide6.QtWidgets import QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.theme import Theme


class BackButton(ActionButton):
    """Leads one step back. Escape itself is the window's affair; the button names it.

    Signals:
        clicked: QPushButton's own.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr(words.BACK), Icon.BACK, parent)
        self.setObjectName("back")
        self.set_key_hint("Esc")
