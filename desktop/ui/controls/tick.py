"""A sentence that somebody ticks."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import focus_ring, paragraph, plate, text_height
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import RADIUS, RADIUS_SMALL, TOUCH, UNIT, Role

_BOX = 4 * UNIT
_PAD = 2 * UNIT
_NARROWEST = 24 * UNIT


class Tick(QAbstractButton):
    """A box and a sentence, a touch high; Space or a touch anywhere on it ticks it.

    Signals:
        toggled(bool): QAbstractButton's own.
    """

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def hasHeightForWidth(self) -> bool:
        """The sentence wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height at `width`, in px."""
        return max(TOUCH, self._words_height(width) + _PAD)

    def sizeHint(self) -> QSize:
        """Two lines of words at most."""
        return QSize(2 * _NARROWEST, self.heightForWidth(2 * _NARROWEST))

    def minimumSizeHint(self) -> QSize:
        """Narrow, and then as high as the words need."""
        return QSize(_NARROWEST, TOUCH)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        colours, mirrored = self._theme.colours, self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        area = QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = area.right() - _PAD - _BOX if mirrored else area.left() + _PAD
        box = QRectF(left, area.center().y() - _BOX / 2, _BOX, _BOX)
        if self.isChecked():
            plate(painter, box, colours.accent, RADIUS_SMALL)
            paint_icon(painter, Icon.CHECK, colours.on_accent, box.adjusted(6, 6, -6, -6))
        else:
            plate(painter, box, colours.surface, RADIUS_SMALL, colours.outline)
        height = self._words_height(self.width())
        top = area.center().y() - height / 2
        words = QRectF(area.left() + _PAD if mirrored else box.right() + _PAD, top, self._words_width(), height)
        paragraph(painter, words, self.text(), self._theme.font(Role.BODY), colours.text)
        if self.hasFocus():
            focus_ring(painter, area, RADIUS, colours.accent)
        painter.end()

    def _words_width(self) -> int:
        return self.width() - 3 * _PAD - _BOX

    def _words_height(self, width: int) -> int:
        return text_height(self._theme.font(Role.BODY), self.text(), width - 3 * _PAD - _BOX)
