"""The page to which the till returns: scan a card."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import IdleView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface, set_role
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.emblem import Emblem
from desktop.ui.widgets.operation_list import OperationList

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_EMBLEM = 14 * UNIT
_EMBLEM_FROM = 60 * UNIT
_LARGE_EMBLEM = 32 * UNIT
_LARGE_FROM = 100 * UNIT


class IdlePage(QWidget):
    """ "Scan a card", a place to type, a search, a new card; beside them what happened last.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        typed(str): a card's number, or what somebody remembers of it.
        search_wanted: a card is to be found without its number.
        new_card: a new card is wanted.
        undo: the last act is to be taken back.
        row_chosen(str): an operation of the list was pressed; its key.
    """

    typed = Signal(str)
    search_wanted = Signal()
    new_card = Signal()
    undo = Signal()
    row_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("idle_page")
        self.view: IdleView | None = None
        self.number = QLineEdit()
        self.find_button = ActionButton(theme, tr(words.SEARCH_TITLE), Icon.SEARCH)
        self.new_button = ActionButton(theme, tr(words.NEW_CARD), Icon.PLUS)
        self.undo_button = ActionButton(theme, tr(words.UNDO), Icon.UNDO)
        self.rows = OperationList(theme)
        self._emblem = Emblem(theme, Icon.SCAN, _EMBLEM)
        self._title = make_label(Role.DISPLAY, tr(words.SCAN_A_CARD), wraps=True)
        make_page(self)
        self._build()

    def set_view(self, view: IdleView) -> None:
        """Show this."""
        self.view = view
        self.rows.set_rows(view.rows)

    def take_focus(self) -> None:
        """A number can be typed at once; what is scanned never lands in the field."""
        self.number.clear()
        self.number.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook. A large screen is read from further away. Where a result takes the room, the picture goes."""
        super().resizeEvent(event)
        self._emblem.setVisible(self.height() >= _EMBLEM_FROM)
        large = self.height() >= _LARGE_FROM
        side = _LARGE_EMBLEM if large else _EMBLEM
        self._emblem.setFixedSize(side, side)
        set_role(self._title, Role.GIANT if large else Role.DISPLAY)

    def _build(self) -> None:
        self.number.setObjectName("card_number")
        self.number.setPlaceholderText(tr(words.TYPE_NUMBER))
        self.number.setAccessibleName(tr(words.TYPE_NUMBER))
        self.number.returnPressed.connect(self._enter)
        self.find_button.setObjectName("find_card")
        self.find_button.set_key("F3")
        self.find_button.clicked.connect(self.search_wanted)
        self.new_button.setObjectName("new_card")
        self.new_button.set_key("F4")
        self.new_button.clicked.connect(self.new_card)
        self.undo_button.setObjectName("undo_last")
        self.undo_button.set_key("F8")
        self.undo_button.clicked.connect(self.undo)
        self.undo_button.hide()
        self.rows.setObjectName("last_operations")
        self.rows.row_chosen.connect(self.row_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_MARGIN)
        row.addLayout(self._invitation(), 5)
        row.addLayout(self._last(), 4)

    def _invitation(self) -> QVBoxLayout:
        plate = make_surface()
        inside = QVBoxLayout(plate)
        inside.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        inside.setSpacing(_GAP)
        self._title.setObjectName("scan_a_card")
        hint = make_label(Role.BODY, tr(words.SCAN_HINT), muted=True, wraps=True)
        inside.addStretch(1)
        inside.addWidget(self._emblem, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        inside.addStretch(1)
        inside.addWidget(self.number)
        column = QVBoxLayout()
        column.setSpacing(_GAP)
        column.addWidget(plate, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.find_button, 1)
        buttons.addWidget(self.new_button, 1)
        column.addLayout(buttons)
        return column

    def _last(self) -> QVBoxLayout:
        plate = make_surface()
        inside = QVBoxLayout(plate)
        inside.setContentsMargins(UNIT, _GAP, UNIT, UNIT)
        inside.setSpacing(UNIT)
        title = make_label(Role.STRONG, tr(words.OPERATIONS))
        title.setContentsMargins(_GAP, 0, _GAP, 0)
        inside.addWidget(title)
        inside.addWidget(self.rows, 1)
        column = QVBoxLayout()
        column.setSpacing(_GAP)
        column.addWidget(plate, 1)
        column.addWidget(self.undo_button)
        return column

    def _enter(self) -> None:
        typed = self.number.text()
        self.number.clear()
        if typed.strip():
            self.typed.emit(typed)
