"""A word across the page, in the way of nothing."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.theme.paint import text_width
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_FAINT: Final = 0.07
"""So that the word is seen and what is written under it is read."""

_SLANT: Final = -24
_APART: Final = 10 * UNIT
_LINE: Final = 18 * UNIT


class Watermark(QWidget):
    """Covers another widget, lets every click and touch through, and takes no focus.

    Attributes:
        text: the word; nothing is painted while it is empty.
    """

    def __init__(self, theme: Theme, over: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = ""
        self._theme = theme
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        over.installEventFilter(self)
        theme.changed.connect(self.update)
        self.hide()

    def say(self, text: str) -> None:
        """Show this word; nothing for none."""
        self.text = text
        self.setVisible(bool(text))
        self.setGeometry(self._over.geometry())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002  (Qt's signature)
        """Qt's hook: stay over it."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move}:
            self.setGeometry(self._over.geometry())
            self.raise_()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        if not self.text:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_FAINT)
        font = self._theme.font(Role.DISPLAY)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colours.accent))
        step = text_width(font, self.text) + _APART
        reach = self.width() + self.height()
        painter.translate(QPointF(self.rect().center()))
        painter.rotate(_SLANT)
        for line, y in enumerate(range(-reach, reach, _LINE)):
            for x in range(-reach + line % 2 * step // 2, reach, step):
                painter.drawText(QRectF(x, y, step, _LINE), Qt.AlignmentFlag.AlignLeft, self.text)
        painter.end()
