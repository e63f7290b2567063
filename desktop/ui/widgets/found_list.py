"""The cards that a search found, one under the other."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages.cards.search_view import FoundCard
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import disc, focus_ring, line_of_text, plate, text_width
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HAIRLINE, HALF, RADIUS_SMALL, TOUCH, UNIT, Role

_CARD_ROLE = Qt.ItemDataRole.UserRole + 1
_PAD = 2 * UNIT
_MARK = 5 * UNIT
_GAP = 2 * UNIT

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class FoundModel(QAbstractListModel):
    """The results as Qt wants them.

    Attributes:
        cards: those shown, the likeliest first.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cards: tuple[FoundCard, ...] = ()

    def set_cards(self, cards: tuple[FoundCard, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self.cards = cards
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Qt's hook."""
        return 0 if parent.isValid() else len(self.cards)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's hook. Read aloud, a card is one sentence."""
        card = self.cards[index.row()]
        if role == _CARD_ROLE:
            return card
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return ", ".join(part for part in (card.name, card.number, card.contact, card.note) if part)
        return None


class FoundDelegate(QStyledItemDelegate):
    """Draws a `FoundCard`: its name, the number under it, the masked contact at the other end."""

    def __init__(self, theme: Theme, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002  (Qt's signature)
        """One touch high, and more where the texts are larger."""
        return QSize(0, max(TOUCH + UNIT, self._line(Role.STRONG) + self._line(Role.BODY) + 2 * UNIT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Qt's hook."""
        card: FoundCard = index.data(_CARD_ROLE)
        colours, row = self._theme.colours, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)

        def box(left: int, top: int, width: int, height: int) -> QRectF:
            """A box of the row, counted from where reading begins."""
            inside = QRect(row.left() + left, row.top() + top, width, height)
            return QRectF(QStyle.visualRect(option.direction, row, inside))

        if option.state & QStyle.StateFlag.State_Selected:
            plate(painter, QRectF(row).adjusted(HALF, HALF, -HALF, -HALF), colours.accent_soft, RADIUS_SMALL)
        mark = box(_PAD, (row.height() - _MARK) // 2, _MARK, _MARK)
        tone = colours.person if card.note else colours.neutral
        disc(painter, mark, tone.soft)
        paint_icon(painter, Icon.LOCK if card.note else Icon.CARD, tone.ink, mark.adjusted(10, 10, -10, -10))
        strong, body = self._theme.font(Role.STRONG), self._theme.font(Role.BODY)
        first, second = self._line(Role.STRONG), self._line(Role.BODY)
        top, begin = (row.height() - first - second) // 2, 2 * _PAD + _MARK
        side = max(text_width(body, card.contact), text_width(body, card.note))
        wide = row.width() - begin - _PAD - (side + _GAP if side else 0)
        line_of_text(painter, box(begin, top, wide, first), card.name, strong, colours.text)
        line_of_text(painter, box(begin, top + first, wide, second), card.number, body, colours.text_muted)
        end, at = Qt.AlignmentFlag.AlignRight, row.width() - _PAD - side
        line_of_text(painter, box(at, top, side, first), card.note, body, tone.ink, end)
        line_of_text(painter, box(at, top + first, side, second), card.contact, body, colours.text_muted, end)
        if index.row() + 1 < index.model().rowCount():
            plate(painter, box(begin, row.height() - HAIRLINE, row.width() - begin - _PAD, HAIRLINE), colours.line, 0)
        if option.state & QStyle.StateFlag.State_HasFocus:
            focus_ring(painter, QRectF(row), RADIUS_SMALL + HALF, colours.accent)
        painter.restore()

    def _line(self, role: Role) -> int:
        return self._theme.font(role).pixelSize() + UNIT


class FoundList(QListView):
    """The results; one of them is always marked.

    Signals:
        chosen(str): Enter on a card, or a touch; the card's id.
        left_upwards: the arrow up on the first card.
    """

    chosen = Signal(str)
    left_upwards = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._found = FoundModel(self)
        self._empty_text = ""
        self.setModel(self._found)
        self.setItemDelegate(FoundDelegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setAccessibleName(tr(words.CARDS_FOUND))
        theme.changed.connect(self.viewport().update)
        self.clicked.connect(self._choose)

    @property
    def cards(self) -> tuple[FoundCard, ...]:
        """Those shown, the likeliest first."""
        return self._found.cards

    def set_cards(self, cards: tuple[FoundCard, ...], empty_text: str) -> None:
        """Show these, the first of them marked; without any, say so."""
        self._empty_text = empty_text
        self._found.set_cards(cards)
        if cards:
            self.setCurrentIndex(self._found.index(0))
        self.viewport().update()

    def choose_current(self) -> None:
        """As Enter on the card that is marked does."""
        self._choose(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the card marked; the arrow up on the first leads out."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.choose_current()
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left_upwards.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook: the cards, or that there is none."""
        super().paintEvent(event)
        if self._found.cards or not self._empty_text:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._theme.font(Role.BODY))
        painter.setPen(self._theme.colours.text_muted)
        around = self.viewport().rect().adjusted(_PAD, _PAD, -_PAD, -_PAD)
        painter.drawText(around, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty_text)
        painter.end()

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._found.cards[index.row()].card_id)
