"""A bar that says that something is under way whose end nobody knows."""

from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme.paint import plate
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, UNIT

_FRAME_MS = 40
_TURN_MS = 1_600
_PART = 4


class BusyBar(QWidget):
    """A part of it wanders while it is busy; full once it is done; empty while nothing moves.

    Attributes:
        busy: whether it wanders.
        done: whether it is full.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.busy = self.done = False
        self._theme = theme
        self._at_ms = 0
        self._clock = QTimer(self, interval=_FRAME_MS)
        self._clock.timeout.connect(self._step)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def say(self, *, busy: bool, done: bool) -> None:
        """Show this."""
        self.busy, self.done = busy, done
        self._run()
        self.update()

    def sizeHint(self) -> QSize:
        """A thin line, as wide as there is room."""
        return QSize(20 * UNIT, UNIT)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's hook."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's hook: nothing moves that nobody sees."""
        super().hideEvent(event)
        self._clock.stop()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        plate(painter, box, colours.sunken, HALF, colours.outline)
        if self.done:
            plate(painter, box, colours.accent, HALF)
        elif self.busy:
            length = box.width() / _PART
            way = abs(2 * (self._at_ms % _TURN_MS) / _TURN_MS - 1)
            plate(painter, QRectF(way * (box.width() - length), 0, length, box.height()), colours.accent, HALF)
        painter.end()

    def _run(self) -> None:
        if self.busy and not self.done and self.isVisible():
            self._clock.start()
        else:
            self._clock.stop()

    def _step(self) -> None:
        self._at_ms += _FRAME_MS
        self.update()
