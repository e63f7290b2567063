"""How far the first run is, as a row of dots."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme.paint import plate
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, UNIT

_LONG = 4 * UNIT


class StepDots(QWidget):
    """One bar for each step; those that are reached are filled."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place, self._count = 1, 1
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def say(self, place: int, count: int) -> None:
        """The step that is shown, from 1, and how many there are."""
        self._place, self._count = place, count
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there are steps."""
        return QSize(self._count * (_LONG + UNIT) - UNIT, UNIT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for step in range(self._count):
            at = step if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else self._count - 1 - step
            box = QRectF(at * (_LONG + UNIT), HALF / 2, _LONG, HALF)
            plate(painter, box, colours.accent if step < self._place else colours.edge, HALF / 2)
        painter.end()
