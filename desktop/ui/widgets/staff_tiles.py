"""The people who may work at this till, one tile each."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import StaffTile
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import (
    disc,
    focus_ring,
    line_of_text,
    paragraph,
    plate,
    sided,
    text_height,
    text_width,
    word_width,
)
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import RADIUS, UNIT, Role

_TILE_WIDTH_MIN = 28 * UNIT
_TILE_HEIGHT = 11 * UNIT
_GAP = 2 * UNIT
_DISC = 7 * UNIT
_COLUMNS_MAX = 4
_COLUMNS_ALONE = 3  # one person alone is no banner
_BESIDE_WORDS = 6 * UNIT + _DISC
_ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})


class _Tile(QPushButton):
    """One person: initials, name, and a note."""

    def __init__(self, theme: Theme, person: StaffTile, parent: QWidget) -> None:
        super().__init__(person.name, parent)
        self._theme = theme
        self._person = person
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(person.name)
        self.setAccessibleDescription(person.note)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows belong to the grid; a button would take them for the next and the previous control."""
        if event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        plate(painter, box, colours.pressed if self.isDown() else colours.surface, RADIUS, colours.edge)
        mark = QRectF(box.left() + 2 * UNIT, box.center().y() - _DISC / 2, _DISC, _DISC)
        self._paint_disc(painter, sided(self, mark))
        left = box.left() + 4 * UNIT + _DISC
        width = box.right() - 2 * UNIT - left
        self._paint_words(painter, QRectF(left, box.top(), width, box.height()))
        if self.hasFocus():
            focus_ring(painter, box, RADIUS, colours.accent)
        painter.end()

    def sizeHint(self) -> QSize:
        """The name in a line."""
        name = text_width(self._theme.font(Role.STRONG), self._person.name)
        return QSize(max(name + _BESIDE_WORDS, _TILE_WIDTH_MIN), self.height_at(name + _BESIDE_WORDS))

    def minimumSizeHint(self) -> QSize:
        """The name wraps."""
        strong, caption = self._theme.font(Role.STRONG), self._theme.font(Role.CAPTION)
        widest = max(word_width(strong, self._person.name), word_width(caption, self._person.note))
        return QSize(max(widest + _BESIDE_WORDS, _TILE_WIDTH_MIN), _TILE_HEIGHT)

    def hasHeightForWidth(self) -> bool:
        """The name wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height at `width`, in px."""
        return self.height_at(width)

    def height_at(self, width: int) -> int:
        """Height that the words need at this width of the tile, in px."""
        words = width - _BESIDE_WORDS
        return max(_TILE_HEIGHT, self._name_height(words) + self._note_height(words) + 4 * UNIT)

    def _paint_words(self, painter: QPainter, box: QRectF) -> None:
        """The name and the note under it, in the middle together."""
        colours, width = self._theme.colours, int(box.width())
        name, note = self._name_height(width), self._note_height(width)
        top = box.center().y() - (name + note) / 2
        name_box = sided(self, QRectF(box.left(), top, box.width(), name))
        paragraph(painter, name_box, self._person.name, self._theme.font(Role.STRONG), colours.text)
        if self._person.note:
            ink = colours.waiting.ink if self._person.locked else colours.text_muted
            note_box = sided(self, QRectF(box.left(), top + name, box.width(), note))
            paragraph(painter, note_box, self._person.note, self._theme.font(Role.CAPTION), ink)

    def _name_height(self, width: int) -> int:
        return text_height(self._theme.font(Role.STRONG), self._person.name, width)

    def _note_height(self, width: int) -> int:
        return text_height(self._theme.font(Role.CAPTION), self._person.note, width) if self._person.note else 0

    def _paint_disc(self, painter: QPainter, box: QRectF) -> None:
        colours = self._theme.colours
        if self._person.locked:
            disc(painter, box, colours.waiting.soft)
            inset = _DISC / 2 - 1.5 * UNIT
            paint_icon(painter, Icon.LOCK, colours.waiting.ink, box.adjusted(inset, inset, -inset, -inset))
            return
        disc(painter, box, colours.accent_soft)
        font = self._theme.font(Role.STRONG)
        line_of_text(painter, box, self._person.initials, font, colours.accent, Qt.AlignmentFlag.AlignHCenter)


class StaffTiles(QWidget):
    """A grid of people, in as many columns as there is room for.

    Attributes:
        people: those shown, in order.

    Signals:
        picked(str): the staff id of the tile that was pressed. A locked person too: a manager may unlock them.
    """

    picked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.people: tuple[StaffTile, ...] = ()
        self._theme = theme
        self._tiles: list[_Tile] = []
        theme.changed.connect(self.update)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr(words.STAFF))

    def set_people(self, people: tuple[StaffTile, ...]) -> None:
        """Show these people; the same people again change nothing, so that the focus stays."""
        if people == self.people:
            return
        self.people = people
        for tile in self._tiles:
            tile.hide()
            tile.deleteLater()
        self._tiles = []
        for person in people:
            tile = _Tile(self._theme, person, self)
            tile.clicked.connect(lambda _checked=False, staff_id=person.staff_id: self.picked.emit(staff_id))
            tile.show()
            self._tiles.append(tile)
        self._place()
        self.updateGeometry()

    def tiles(self) -> tuple[QPushButton, ...]:
        """The tiles, in the order of the people."""
        return tuple(self._tiles)

    def hasHeightForWidth(self) -> bool:
        """More columns, fewer rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the grid at `width`, in px."""
        rows = -(-len(self._tiles) // self._columns(width)) if self._tiles else 0
        return max(rows * (self._tile_height(width) + _GAP) - _GAP, 0)

    def sizeHint(self) -> QSize:
        """Three columns, or fewer where there are fewer people."""
        columns = max(min(3, len(self._tiles)), 1)
        width = columns * (_TILE_WIDTH_MIN + _GAP) - _GAP
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One column."""
        return QSize(_TILE_WIDTH_MIN, _TILE_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook."""
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from tile to tile."""
        focused = self.focusWidget()
        here = next((place for place, tile in enumerate(self._tiles) if tile is focused), None)
        columns = self._columns(self.width())
        steps: dict[int, int] = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        step = steps.get(event.key())
        if here is None or step is None or not 0 <= here + step < len(self._tiles):
            super().keyPressEvent(event)
            return
        self._tiles[here + step].setFocus(Qt.FocusReason.TabFocusReason)

    def _columns(self, width: int) -> int:
        """As many as fit, then as few as keep the number of rows: five people are 3 + 2, not 4 + 1."""
        least = max((tile.minimumSizeHint().width() for tile in self._tiles), default=_TILE_WIDTH_MIN)
        fitting = max(min((width + _GAP) // (least + _GAP), _COLUMNS_MAX), 1)
        rows = max(-(-len(self._tiles) // fitting), 1)
        least_columns = min(fitting, _COLUMNS_ALONE) if rows == 1 else 1
        return max(-(-len(self._tiles) // rows), least_columns)

    def _tile_height(self, width: int) -> int:
        """One for all, so that rows stay rows: as high as the longest name needs."""
        columns = self._columns(width)
        tile_width = int((width + _GAP) / columns) - _GAP
        return max((tile.height_at(tile_width) for tile in self._tiles), default=_TILE_HEIGHT)

    def _place(self) -> None:
        """Columns share the width to the last pixel, so that both edges are aligned with what is above and below."""
        columns = self._columns(self.width())
        step = (self.width() + _GAP) / columns
        height = self._tile_height(self.width())
        for place, tile in enumerate(self._tiles):
            row, column = divmod(place, columns)
            left = round(column * step)
            width = round((column + 1) * step) - _GAP - left
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                left = self.width() - left - width
            tile.setGeometry(left, row * (height + _GAP), width, height)
