"""How one operation is drawn in a list."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import OperationRow, OperationState, Tone
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import (
    disc,
    focus_ring,
    line_height,
    line_of_text,
    paragraph,
    plate,
    text_height,
    text_width,
)
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
_GAP = 2 * UNIT
_MARK = 5 * UNIT
_TEXT_LEFT = _PAD + _MARK + _PAD
_VOID_CHIP = 5 * UNIT
_VOID_ICON = 2 * UNIT
_WORDS_FROM = 60 * UNIT

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of a row go, counted from where reading begins, in px.

    Attributes:
        chip: 0 where the row cannot be taken back.
    """

    words: int
    side: int
    chip: int
    what: int
    note: int
    sentence: int

    @property
    def head(self) -> int:
        return max(_ROW, self.what + self.note + 2 * UNIT)

    @property
    def height(self) -> int:
        return self.head + (self.sentence + 2 * UNIT - HALF if self.sentence else 0)


class OperationDelegate(QStyledItemDelegate):
    """Draws an `OperationRow`: mark, what and which card, state and time; under them the sentence, if there is one.

    Attributes:
        sentences: whether sentences are drawn.
    """

    def __init__(self, theme: Theme, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self.sentences = True
        self._theme = theme
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002  (Qt's signature)
        """A row is one touch high and more, and grows with its words."""
        width = self._view.viewport().width()
        return QSize(width, self._places(index.data(ROW_ROLE), width).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Qt's hook."""
        row: OperationRow = index.data(ROW_ROLE)
        colours, area = self._theme.colours, option.rect
        tone, icon = LOOKS[row.state]
        places = self._places(row, area.width())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)

        def box(left: int, top: int, width: int, height: int) -> QRectF:
            """A box of the row, counted from where reading begins."""
            inside = QRect(area.left() + left, area.top() + top, width, height)
            return QRectF(QStyle.visualRect(option.direction, area, inside))

        if option.state & QStyle.StateFlag.State_Selected:
            plate(painter, QRectF(area).adjusted(HALF, HALF, -HALF, -HALF), colours.sunken, RADIUS_SMALL)
        mark = box(_PAD, (places.head - _MARK) // 2, _MARK, _MARK)
        disc(painter, mark, colours.tone(tone).soft)
        paint_icon(painter, icon, colours.tone(tone).ink, mark.adjusted(10, 10, -10, -10))
        self._paint_head(painter, box, row, places)
        if row.voidable:
            at = area.width() - _PAD - places.chip
            self._paint_void(painter, box(at, (places.head - _VOID_CHIP) // 2, places.chip, _VOID_CHIP))
        if places.sentence:
            sentence = box(_TEXT_LEFT, places.head - HALF, area.width() - _TEXT_LEFT - _PAD, places.sentence)
            paragraph(painter, sentence, row.sentence, self._theme.font(Role.BODY), colours.text)
        if index.row() + 1 < index.model().rowCount():
            rule = box(_TEXT_LEFT, area.height() - HAIRLINE, area.width() - _TEXT_LEFT - _PAD, HAIRLINE)
            plate(painter, rule, colours.line, 0)
        if option.state & QStyle.StateFlag.State_HasFocus:
            focus_ring(painter, QRectF(area), RADIUS_SMALL + HALF, colours.accent)
        painter.restore()

    def _places(self, row: OperationRow, width: int) -> _Places:
        """The state and the time get the room that they need, the words the rest; what is longer wraps."""
        strong, caption, body = (self._theme.font(role) for role in (Role.STRONG, Role.CAPTION, Role.BODY))
        chip = self._chip_width(width) if row.voidable else 0
        side = max(text_width(body, tr(words.STATE[row.state])), text_width(caption, row.at_text))
        room = width - _TEXT_LEFT - _PAD - _GAP - side - (chip + _GAP if chip else 0)
        return _Places(
            words=room,
            side=side,
            chip=chip,
            what=text_height(strong, row.what, room),
            note=text_height(caption, row.card_number, room) if row.card_number else line_height(caption),
            sentence=text_height(body, row.sentence, width - _TEXT_LEFT - _PAD)
            if row.sentence and self.sentences
            else 0,
        )

    def _paint_head(
        self, painter: QPainter, box: Callable[[int, int, int, int], QRectF], row: OperationRow, places: _Places
    ) -> None:
        """What, and the card under it; at the other end the state, and the time under it."""
        colours, strong, caption = self._theme.colours, self._theme.font(Role.STRONG), self._theme.font(Role.CAPTION)
        body, ink = self._theme.font(Role.BODY), colours.tone(LOOKS[row.state][0]).ink
        top = (places.head - places.what - places.note) // 2
        paragraph(painter, box(_TEXT_LEFT, top, places.words, places.what), row.what, strong, colours.text)
        note = box(_TEXT_LEFT, top + places.what, places.words, places.note)
        paragraph(painter, note, row.card_number, caption, colours.text_muted)
        end, at = Qt.AlignmentFlag.AlignRight, _TEXT_LEFT + places.words + _GAP
        first, second = line_height(strong), line_height(caption)
        top = (places.head - first - second) // 2
        line_of_text(painter, box(at, top, places.side, first), tr(words.STATE[row.state]), body, ink, end)
        line_of_text(painter, box(at, top + first, places.side, second), row.at_text, caption, colours.text_muted, end)

    def _chip_width(self, width: int) -> int:
        """In a narrow list the arrow alone: the words beside it matter more."""
        if width < _WORDS_FROM:
            return _VOID_CHIP
        return text_width(self._theme.font(Role.CAPTION), tr(words.VOID_ROW)) + _VOID_ICON + HALF + 2 * UNIT

    def _paint_void(self, painter: QPainter, chip: QRectF) -> None:
        """The row can be pressed to take it back: an arrow and, where there is room, the word."""
        colours, mirrored = self._theme.colours, painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        plate(painter, chip, colours.surface, RADIUS_SMALL, colours.edge)
        icon = QRectF(0, 0, _VOID_ICON, _VOID_ICON)
        icon.moveCenter(chip.center())
        if chip.width() > _VOID_CHIP:
            icon.moveLeft(chip.right() - UNIT - _VOID_ICON if mirrored else chip.left() + UNIT)
            room = chip.adjusted(UNIT, 0, -UNIT - _VOID_ICON - HALF, 0)
            word = room if mirrored else room.translated(_VOID_ICON + HALF, 0)
            line_of_text(painter, word, tr(words.VOID_ROW), self._theme.font(Role.CAPTION), colours.text)
        paint_icon(painter, Icon.UNDO, colours.text_muted, icon)
