"""What the server did not accept, or has in review, until somebody has seen it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import OperationRow
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.operation_list import OperationList

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT


class AttentionPage(QWidget):
    """Each operation with its card, its time, who did it, and why in plain words.

    Attributes:
        rows: the list.

    Signals:
        acknowledged(str): somebody has seen the row marked; its key.
        back: enough of this.
    """

    acknowledged = Signal(str)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attention_page")
        self.rows = OperationList(theme)
        self.seen_button = ActionButton(theme, tr(words.ACKNOWLEDGE), Icon.CHECK)
        self.back_button = ActionButton(theme, tr(words.BACK), Icon.BACK)
        make_page(self)
        self._build()

    def set_rows(self, rows: tuple[OperationRow, ...]) -> None:
        """Show these. One is always marked, so that one key ticks them off one by one."""
        self.rows.set_rows(rows)
        if rows and not self.rows.current_key():
            self.rows.setCurrentIndex(self.rows.model().index(0, 0))
        self.seen_button.set_possible(possible=bool(rows))
        self.seen_button.set_primary(primary=bool(rows))

    def take_focus(self) -> None:
        """Arrows walk the list."""
        self.rows.setFocus()

    def _build(self) -> None:
        self.rows.setObjectName("attention_list")
        self.rows.setAccessibleName(tr(words.ATTENTION_TITLE))
        self.rows.set_empty_text(tr(words.NO_ATTENTION))
        self.seen_button.setObjectName("acknowledge")
        self.seen_button.set_key("F1")
        self.seen_button.clicked.connect(self._acknowledge)
        self.back_button.setObjectName("back")
        self.back_button.set_key_hint("Esc")
        self.back_button.clicked.connect(self.back)
        plate = make_surface()
        inside = QVBoxLayout(plate)
        inside.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        inside.addWidget(self.rows)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.seen_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.ATTENTION_TITLE)))
        column.addWidget(make_label(Role.BODY, tr(words.ATTENTION_HINT), muted=True, wraps=True))
        column.addWidget(plate, 1)
        column.addLayout(buttons)

    def _acknowledge(self) -> None:
        key = self.rows.current_key()
        if key:
            self.acknowledged.emit(key)
