"""The shift: who gave and took back how much, and the button that opens or closes it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import number_text, tr
from desktop.present.pages.people.shift_view import ShiftView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.pages.scrolled import scrolled
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HAIRLINE, UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_HEADINGS = (words.CASHIER, words.STAMPS, words.REWARDS, words.VOIDS)
_FIGURE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
"""Qt turns it round where one reads from right to left."""
_SHARES = (3, 2, 2, 2)
"""How the columns share the width: figures stay near enough to their name to be read across."""


class ShiftPage(QWidget):
    """When the shift began, a line of figures for each cashier, what waits.

    Attributes:
        view: what is shown; None before the first.
        confirming: it is being asked whether the shift is really to be closed.

    Signals:
        open_requested: begin a shift.
        close_requested: end it.
        back: away from here, or leave the shift open after all.
    """

    open_requested = Signal()
    close_requested = Signal()
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shift_page")
        self.view: ShiftView | None = None
        self.confirming = False
        self.headline = make_label(Role.TITLE, wraps=True)
        self.by = make_label(Role.BODY, muted=True, wraps=True)
        self.ask = make_label(Role.TITLE, tr(words.CLOSE_SHIFT_ASK), wraps=True)
        self.waiting = make_label(Role.BODY, wraps=True)
        self.rejected = make_label(Role.BODY, wraps=True)
        self.main_button = ActionButton(theme, tr(words.OPEN_SHIFT), Icon.CLOCK)
        self.back_button = BackButton(theme)
        self._figures = QWidget()
        self._grid = QGridLayout(self._figures)
        make_page(self)
        self._build()

    def set_view(self, view: ShiftView) -> None:
        """Show this."""
        if view == self.view:
            return
        self.view = view
        self.headline.setText(view.headline)
        self.by.setText(view.by)
        self.by.setVisible(bool(view.by))
        self.waiting.setText(view.waiting_text)
        self.rejected.setText(view.rejected_text)
        self.rejected.setVisible(bool(view.rejected_text))
        self._fill(view)
        self.confirm(asking=self.confirming and view.is_open and view.waiting > 0)

    def confirm(self, *, asking: bool) -> None:
        """Ask whether to close it although something waits; or stop asking."""
        self.confirming = asking
        self.ask.setVisible(asking)
        is_open = self.view is not None and self.view.is_open
        label = words.CLOSE_SHIFT_YES if asking else words.CLOSE_SHIFT if is_open else words.OPEN_SHIFT
        self.main_button.set_label(tr(label))
        self.back_button.set_label(tr(words.KEEP_SHIFT if asking else words.BACK))

    def take_focus(self) -> None:
        """Escape leads away, Enter does what the shift is waiting for."""
        self.main_button.setFocus()

    def _build(self) -> None:
        for name in ("headline", "by", "ask", "waiting", "rejected"):
            getattr(self, name).setObjectName(f"shift_{name}")
        self.main_button.setObjectName("shift_button")
        self.main_button.set_key("F1")
        self.main_button.set_primary(primary=True)
        self.main_button.clicked.connect(self._press)
        self.back_button.clicked.connect(self.back)
        plate = make_surface()
        inside = QVBoxLayout(plate)
        inside.setContentsMargins(_MARGIN, _GAP, _MARGIN, _GAP)
        inside.setSpacing(UNIT)
        head = QHBoxLayout()
        head.addWidget(self.headline, 3)
        head.addWidget(self.by, 2)
        self.by.setAlignment(_FIGURE)
        inside.addLayout(head)
        inside.addWidget(self._scrolled(), 1)
        inside.addWidget(self.ask)
        inside.addWidget(self.waiting)
        inside.addWidget(self.rejected)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.main_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.SHIFT_TITLE)))
        column.addWidget(plate, 1)
        column.addLayout(buttons)
        self.ask.hide()

    def _scrolled(self) -> QScrollArea:
        self._figures.setObjectName("shift_figures")
        self._figures.setAccessibleName(tr(words.SHIFT_FIGURES))
        self._grid.setContentsMargins(0, UNIT, 0, UNIT)
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(UNIT)
        for column, share in enumerate(_SHARES):
            self._grid.setColumnStretch(column, share)
        return scrolled(self._figures, self)

    def _fill(self, view: ShiftView) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place in range(self._grid.rowCount()):
            self._grid.setRowStretch(place, 0)
        if not view.rows:
            self._grid.addWidget(make_label(Role.BODY, view.hint, muted=True, wraps=True), 0, 0, 1, len(_HEADINGS))
            self._grid.setRowStretch(1, 1)
            return
        for column, heading in enumerate(_HEADINGS):
            self._put(make_label(Role.BODY, tr(heading), muted=True), 0, column)
        for place, row in enumerate(view.rows, 1):
            self._grid.addWidget(_rule(), 2 * place - 1, 0, 1, len(_HEADINGS))
            self._put(make_label(Role.TITLE, row.name, wraps=True), 2 * place, 0)
            for column, figure in enumerate((row.stamps, row.rewards, row.voids), 1):
                self._put(make_label(Role.HEADLINE, number_text(figure), muted=not figure), 2 * place, column)
        self._grid.setRowStretch(2 * len(view.rows) + 1, 1)

    def _put(self, label: QLabel, row: int, column: int) -> None:
        if column:
            label.setAlignment(_FIGURE)
        self._grid.addWidget(label, row, column)

    def _press(self) -> None:
        view = self.view
        if view is None:
            return
        if not view.is_open:
            self.open_requested.emit()
        elif view.waiting and not self.confirming:
            self.confirm(asking=True)
        else:
            self.confirm(asking=False)
            self.close_requested.emit()


def _rule() -> QFrame:
    """A hairline between two cashiers."""
    rule = QFrame()
    rule.setProperty("plate", "rule")
    rule.setFixedHeight(HAIRLINE)
    return rule
