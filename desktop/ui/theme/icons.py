"""The window's icons: line drawings on a grid of 24, in any colour of the table.

The drawings are in `icons/` and say `currentColor`; QtSvg has no colour to inherit, so the colour is put in
as text.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_FOLDER = Path(__file__).parent / "icons"


class Icon(StrEnum):
    """Every icon; the value is the file's name."""

    ATTENTION = "attention"
    BACK = "back"
    BACKSPACE = "backspace"
    BLOCK = "block"
    CARD = "card"
    CHECK = "check"
    CLOCK = "clock"
    CROSS = "cross"
    DIAGNOSTICS = "diagnostics"
    ENTER = "enter"
    GIFT = "gift"
    KEYS = "keys"
    LOCK = "lock"
    MENU = "menu"
    MINUS = "minus"
    MORE = "more"
    OFFLINE = "offline"
    ONLINE = "online"
    PAUSE = "pause"
    PERSON = "person"
    PLUS = "plus"
    POWER = "power"
    PRINTER = "printer"
    SCAN = "scan"
    SCREEN = "screen"
    SEARCH = "search"
    SETTINGS = "settings"
    SOUND = "sound"
    STAMP = "stamp"
    SYNC = "sync"
    TRAINING = "training"
    UNDO = "undo"


@cache
def drawing(icon: Icon, colour: str) -> QSvgRenderer:
    """The drawing of `icon` in `colour` (`#rrggbb`); kept, since painting asks for it again and again."""
    svg = (_FOLDER / f"{icon}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    return QSvgRenderer(QByteArray(svg.encode()))


def paint_icon(painter: QPainter, icon: Icon, colour: str, box: QRectF) -> None:
    """Draw `icon` into `box`, sharp at any scale."""
    drawing(icon, colour).render(painter, box)


def make_icon(icon: Icon, colour: str, size_px: int, scale: float = 1.0) -> QIcon:
    """`icon` as a QIcon of `size_px`, drawn for a screen of `scale` device pixels per pixel."""
    pixmap = QPixmap(round(size_px * scale), round(size_px * scale))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, icon, colour, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return QIcon(pixmap)
