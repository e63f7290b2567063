"""How one operation is drawn in a list."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import OperationRow, OperationState, Tone
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import disc, focus_ring, line_of_text, paragraph, plate, text_height, text_width
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HAIRLINE, HALF, RADIUS_SMALL, UNIT, Role

ROW_ROLE = Qt.ItemDataRole.UserRole + 1

LOOKS = {
    OperationState.WAITING: (Tone.WAITING, Icon.CLOCK),
    OperationState.CONFIRMED: (Tone.OK, Icon.CHECK),
    OperationState.REJECTED: (Tone.PERSON, Icon.CROSS),
    OperationState.PARKED: (Tone.WAITING, Icon.PAUSE),
}

_ROW = 9 * UNIT
_PAD = 2 * UNIT
_MARK = 5 * UNIT
_TEXT_LEFT = _PAD + _MARK + _PAD
_LINE = 3 * UNIT
_NOTE_LINE = 20
_VOID_CHIP = 5 * UNIT
_VOID_ICON = 2 * UNIT

_Index = QModelIndex | QPersistentModelIndex


class OperationDelegate(QStyledItemDelegate):
    """Draws an `OperationRow`: mark, what and which card, time and state; under them the sentence, if there is one.

    Attributes:
        sentences: whether sentences are drawn.
    """

    def __init__(self, theme: Theme, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self.sentences = True
        self._theme = theme
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002  (Qt's signature)
        """A row is one touch high and more, and grows with its sentence."""
        row: OperationRow = index.data(ROW_ROLE)
        width = self._view.viewport().width()
        return QSize(width, _ROW + self._sentence_height(row, width))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Qt's hook."""
        row: OperationRow = index.data(ROW_ROLE)
        colours = self._theme.colours
        tone, icon = LOOKS[row.state]
        ink = colours.tone(tone)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            plate(painter, box.adjusted(HALF, HALF, -HALF, -HALF), colours.sunken, RADIUS_SMALL)
        head = QRectF(box.left(), box.top(), box.width(), _ROW)
        mark = QRectF(head.left() + _PAD, head.center().y() - _MARK / 2, _MARK, _MARK)
        disc(painter, mark, ink.soft)
        paint_icon(painter, icon, ink.ink, mark.adjusted(10, 10, -10, -10))
        if row.voidable:
            head.setRight(self._paint_void(painter, head))
        self._paint_head(painter, head, row, ink.ink)
        if row.sentence and self.sentences:
            width = box.width() - _TEXT_LEFT - _PAD
            sentence_box = QRectF(box.left() + _TEXT_LEFT, head.bottom() - HALF, width, box.height())
            paragraph(painter, sentence_box, row.sentence, self._theme.font(Role.BODY), colours.text)
        if index.row() + 1 < index.model().rowCount():
            rule = QRectF(box.left() + _TEXT_LEFT, box.bottom() - HAIRLINE, box.width() - _TEXT_LEFT - _PAD, HAIRLINE)
            plate(painter, rule, colours.line, 0)
        if state & QStyle.StateFlag.State_HasFocus:
            focus_ring(painter, box, RADIUS_SMALL + HALF, colours.accent)
        painter.restore()

    def _paint_head(self, painter: QPainter, head: QRectF, row: OperationRow, ink: str) -> None:
        """Two lines: what, and the card under it; at the right the state, and the time under it."""
        colours, strong, caption = self._theme.colours, self._theme.font(Role.STRONG), self._theme.font(Role.CAPTION)
        body = self._theme.font(Role.BODY)
        top = head.center().y() - (_LINE + _NOTE_LINE) / 2
        right_width = max(text_width(body, tr(words.STATE[row.state])), text_width(caption, row.at_text))
        right = QRectF(head.right() - _PAD - right_width, top, right_width, _LINE)
        left = QRectF(head.left() + _TEXT_LEFT, top, right.left() - 2 * UNIT - head.left() - _TEXT_LEFT, _LINE)
        note_left = QRectF(left.left(), top + _LINE, left.width(), _NOTE_LINE)
        note_right = QRectF(right.left(), top + _LINE, right.width(), _NOTE_LINE)
        end = Qt.AlignmentFlag.AlignRight
        line_of_text(painter, left, row.what, strong, colours.text)
        line_of_text(painter, note_left, row.card_number, caption, colours.text_muted)
        line_of_text(painter, right, tr(words.STATE[row.state]), body, ink, end)
        line_of_text(painter, note_right, row.at_text, caption, colours.text_muted, end)

    def _paint_void(self, painter: QPainter, head: QRectF) -> float:
        """The row can be pressed to take it back: an arrow and the word; returns where the rest must end."""
        colours, caption = self._theme.colours, self._theme.font(Role.CAPTION)
        width = text_width(caption, tr(words.VOID_ROW))
        chip = QRectF(0, 0, width + _VOID_ICON + HALF + 2 * UNIT, _VOID_CHIP)
        chip.moveCenter(head.center())
        chip.moveRight(head.right() - _PAD)
        plate(painter, chip, colours.surface, RADIUS_SMALL, colours.edge)
        left, middle = chip.left() + UNIT, chip.center().y()
        paint_icon(
            painter, Icon.UNDO, colours.text_muted, QRectF(left, middle - _VOID_ICON / 2, _VOID_ICON, _VOID_ICON)
        )
        left += _VOID_ICON + HALF
        line_of_text(painter, QRectF(left, chip.top(), width, chip.height()), tr(words.VOID_ROW), caption, colours.text)
        return chip.left()

    def _sentence_height(self, row: OperationRow, width: int) -> int:
        if not (row.sentence and self.sentences):
            return 0
        text = text_height(self._theme.font(Role.BODY), row.sentence, width - _TEXT_LEFT - _PAD)
        return text + 2 * UNIT - HALF
