"""The last operations, each with its state."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import OperationRow
from desktop.ui.theme.paint import focus_ring, line_of_text
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, RADIUS_SMALL, UNIT, Role
from desktop.ui.widgets.operation_delegate import ROW_ROLE, OperationDelegate

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class OperationModel(QAbstractListModel):
    """The rows as Qt wants them.

    Attributes:
        rows: those shown, newest first.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[OperationRow, ...] = ()

    def set_rows(self, rows: tuple[OperationRow, ...]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Qt's hook."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's hook. Read aloud, a row is one sentence."""
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            told = (row.at_text, row.what, row.card_number, tr(words.STATE[row.state]), row.sentence)
            return ", ".join(part for part in told if part)
        return None


class OperationList(QListView):
    """Time, what, which card and the state of each operation; a rejected one says why.

    Attributes:
        rows: those shown, newest first.

    Signals:
        row_chosen(str): Enter or a click on a row; the operation's key.
        row_current(str): the row marked has changed; its key, or an empty text for none.
    """

    row_chosen = Signal(str)
    row_current = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = OperationModel(self)
        self._empty_text = tr(words.NO_OPERATIONS)
        self.setModel(self._rows)
        self._delegate = OperationDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(tr(words.OPERATIONS))
        theme.changed.connect(self.viewport().update)
        self.clicked.connect(self._choose)
        self.selectionModel().currentChanged.connect(self._tell_current)

    @property
    def rows(self) -> tuple[OperationRow, ...]:
        """Those shown, newest first."""
        return self._rows.rows

    def set_rows(self, rows: tuple[OperationRow, ...]) -> None:
        """Show these rows. The row that was marked stays marked, wherever it is now."""
        if rows == self._rows.rows:
            return
        marked, scrolled = self.current_key(), self.verticalScrollBar().value()
        self._rows.set_rows(rows)
        place = next((place for place, row in enumerate(rows) if row.key == marked), None)
        if place is not None:
            self.setCurrentIndex(self._rows.index(place))
        self.verticalScrollBar().setValue(scrolled)

    def hide_sentences(self) -> None:
        """Draw the rows without their sentences, which stand elsewhere. They are still read aloud."""
        self._delegate.sentences = False
        self.scheduleDelayedItemsLayout()

    def set_empty_text(self, text: str) -> None:
        """What to say when there is no row."""
        self._empty_text = text
        self.viewport().update()

    def current_key(self) -> str:
        """Key of the row marked; empty for none."""
        index = self.currentIndex()
        return self._rows.rows[index.row()].key if index.isValid() else ""

    def minimumSizeHint(self) -> QSize:
        """One row, and narrow: words wrap."""
        return QSize(30 * UNIT, 9 * UNIT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the row marked. (Qt's own `activated` comes twice where a style activates on one click.)"""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook: the rows, or that there is none."""
        super().paintEvent(event)
        if self._rows.rows:
            return
        painter = QPainter(self.viewport())
        box = self.viewport().rect().toRectF()
        centre = Qt.AlignmentFlag.AlignHCenter
        muted = self._theme.colours.text_muted
        line_of_text(painter, box, self._empty_text, self._theme.font(Role.BODY), muted, centre)
        if self.hasFocus():
            focus_ring(painter, box, RADIUS_SMALL + HALF, self._theme.colours.accent)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook: sentences wrap anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _choose(self, index: QModelIndex) -> None:
        self.row_chosen.emit(self._rows.rows[index.row()].key)

    def _tell_current(self) -> None:
        self.row_current.emit(self.current_key())
