"""A QR code, black on white whatever the scheme: scanners and telephones read nothing else reliably."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.ui.theme.paint import plate
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import RADIUS, UNIT

_QUIET = 4  # modules; ISO/IEC 18004 asks for this much white around a code
_SIDE_MAX = 64 * UNIT
_PAPER = "#ffffff"
_INK = "#000000"


class QrCode(QWidget):
    """Draws modules on a white plate with its quiet zone, in whole pixels, as large as there is room.

    Attributes:
        modules: rows of the code, true for a dark module; empty before the first.

    Signals:
        None: it only shows.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modules: tuple[tuple[bool, ...], ...] = ()
        self._theme = theme
        theme.changed.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumSize(_SIDE_MAX, _SIDE_MAX)
        self.setAccessibleName(tr(words.QR_CODE))

    def set_modules(self, modules: tuple[tuple[bool, ...], ...]) -> None:
        """Show this code."""
        self.modules = modules
        self.update()

    def sizeHint(self) -> QSize:
        """Eight pixels a module for a card's token."""
        return QSize(40 * UNIT, 40 * UNIT)

    def minimumSizeHint(self) -> QSize:
        """What a telephone still reads from a screen."""
        return QSize(24 * UNIT, 24 * UNIT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        if not self.modules:
            return
        count = len(self.modules) + 2 * _QUIET
        module = max(min(self.width(), self.height()) // count, 1)
        side = module * count
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter = QPainter(self)
        plate(painter, QRectF(left, top, side, side), _PAPER, RADIUS, self._theme.colours.line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_INK))
        for row, line in enumerate(self.modules, start=_QUIET):
            for column, dark in enumerate(line, start=_QUIET):
                if dark:
                    painter.drawRect(left + column * module, top + row * module, module, module)
        painter.end()
