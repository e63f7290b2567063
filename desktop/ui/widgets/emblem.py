"""An icon in a disc, for the middle of a page."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.present.views import Tone
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import disc
from desktop.ui.theme.theme import Theme


class Emblem(QWidget):
    """Says at a glance what a page is about.

    Attributes:
        icon: what is drawn.
        tone: the tone it is drawn in; None for the accent.

    Signals:
        None: it only shows.
    """

    def __init__(self, theme: Theme, icon: Icon, size_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = icon
        self.tone: Tone | None = None
        self._theme = theme
        self.setFixedSize(QSize(size_px, size_px))
        theme.changed.connect(self.update)

    def set_tone(self, icon: Icon, tone: Tone | None) -> None:
        """Draw this icon in this tone."""
        self.icon, self.tone = icon, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        colours = self._theme.colours
        ink, soft = colours.accent, colours.accent_soft
        if self.tone is not None:
            ink, soft = colours.tone(self.tone).ink, colours.tone(self.tone).soft
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        disc(painter, box, soft)
        inset = box.width() * 0.28
        paint_icon(painter, self.icon, ink, box.adjusted(inset, inset, -inset, -inset))
        painter.end()
