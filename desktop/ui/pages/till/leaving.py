"""Closing the program while operations wait."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.present import till_words
from desktop.present.language import NN_, ntr, tr
from desktop.present.views import Tone
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.emblem import Emblem

_MARGIN = 4 * UNIT
_GAP = 2 * UNIT
_WIDTH = 80 * UNIT
_WAIT = NN_("{count} operation waits", "{count} operations wait")


class LeavingPage(QWidget):
    """How much waits, and what becomes of it.

    Signals:
        close_chosen: close the program.
        stay_chosen: go on working.
    """

    close_chosen = Signal()
    stay_chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leaving_page")
        self.title = make_label(Role.HEADLINE, wraps=True)
        self.close_button = ActionButton(theme, tr(till_words.CLOSE), Icon.POWER)
        self.stay_button = ActionButton(theme, tr(till_words.STAY), Icon.BACK)
        self._emblem = Emblem(theme, Icon.CLOCK, 10 * UNIT)
        make_page(self)
        self._build()

    def set_waiting(self, count: int) -> None:
        """So many wait."""
        self.title.setText(ntr(*_WAIT, count))

    def take_focus(self) -> None:
        """Enter stays: who closes says so."""
        self.stay_button.setFocus()

    def _build(self) -> None:
        self.title.setObjectName("leaving_title")
        self.close_button.setObjectName("leaving_close")
        self.close_button.clicked.connect(self.close_chosen)
        self.stay_button.setObjectName("leaving_stay")
        self.stay_button.set_primary(primary=True)
        self.stay_button.set_key_hint("Esc")
        self.stay_button.clicked.connect(self.stay_chosen)
        self._emblem.set_tone(Icon.CLOCK, Tone.WAITING)
        plate = make_surface()
        plate.setMaximumWidth(_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        form.setSpacing(_GAP)
        form.addWidget(self._emblem, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, make_label(Role.BODY, tr(till_words.LEAVE_WAITING), wraps=True)):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            form.addWidget(label)
        form.addSpacing(UNIT)
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        row.addWidget(self.close_button, 1)
        row.addWidget(self.stay_button, 1)
        form.addLayout(row)
        centre_on(self, plate)
