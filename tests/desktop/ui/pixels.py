"""What a widget has painted, counted in pixels."""

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def picture(widget: QWidget) -> QImage:
    """The widget as it would be on the screen now."""
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def count(image: QImage, colour: str) -> int:
    """Pixels of exactly this colour; edges are blended and do not count."""
    return memoryview(image.constBits()).cast("I").tolist().count(QColor(colour).rgb())


def shows(widget: QWidget, colour: str) -> bool:
    """Whether the colour is there in more than a speck."""
    return count(picture(widget), colour) > 10
