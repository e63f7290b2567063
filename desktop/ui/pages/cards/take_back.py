"""Whether something is really to be taken back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import OperationRow
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_FORM_WIDTH = 80 * UNIT


class TakeBackPage(QWidget):
    """What would be taken back, a reason, and two buttons.

    Attributes:
        key: the operation in question; empty before the first.

    Signals:
        confirmed(str, str): take this operation back, for this reason (empty: the usual one).
        back: leave it as it is.
    """

    confirmed = Signal(str, str)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("take_back_page")
        self.key = ""
        self.what = make_label(Role.TITLE, wraps=True)
        self.when = make_label(Role.BODY, muted=True, wraps=True)
        self.reason = QLineEdit()
        self.yes_button = ActionButton(theme, tr(words.TAKE_BACK), Icon.UNDO)
        self.no_button = ActionButton(theme, tr(words.KEEP), Icon.BACK)
        make_page(self)
        self._build()

    def begin(self, row: OperationRow, card: str) -> None:
        """Ask about this operation of the card that is shown as `card`."""
        self.key = row.key
        self.what.setText(row.what)
        self.when.setText(" · ".join(part for part in (row.at_text, card, row.card_number) if part))
        self.reason.clear()

    def take_focus(self) -> None:
        """Enter takes it back: whoever came here pressed Void already."""
        self.yes_button.setFocus()

    def _build(self) -> None:
        self.what.setObjectName("take_back_what")
        self.reason.setObjectName("reason")
        self.reason.setPlaceholderText(tr(words.REASON))
        self.reason.setAccessibleName(tr(words.REASON))
        self.reason.setMaxLength(200)
        self.reason.returnPressed.connect(self._confirm)
        self.yes_button.setObjectName("take_back")
        self.yes_button.set_key("F3")
        self.yes_button.set_primary(primary=True)
        self.yes_button.clicked.connect(self._confirm)
        self.no_button.setObjectName("keep")
        self.no_button.set_key_hint("Esc")
        self.no_button.clicked.connect(self.back)
        plate = make_surface()
        plate.setMaximumWidth(_FORM_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        form.setSpacing(_GAP)
        form.addWidget(make_label(Role.HEADLINE, tr(words.TAKE_BACK_TITLE)))
        form.addSpacing(UNIT)
        form.addWidget(self.what)
        form.addWidget(self.when)
        form.addSpacing(UNIT)
        form.addWidget(self.reason)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.no_button)
        buttons.addWidget(self.yes_button)
        form.addLayout(buttons)
        centre_on(self, plate)

    def _confirm(self) -> None:
        self.confirmed.emit(self.key, self.reason.text())
