"""Many pictures on one: what is seen together is seen to differ."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

_COLUMNS: Final = 4
_WIDTH: Final = 480  # px, of each picture
_GAP: Final = 12
_TITLE: Final = 24
_GROUND: Final = "#8a8a8a"


def write_sheet(path: Path, pictures: Sequence[Path]) -> None:
    """Put these pictures into one, each with its name above it."""
    images = [(picture.stem, QImage(str(picture))) for picture in pictures]
    height = max(_WIDTH * image.height() // image.width() for _, image in images)
    rows = -(-len(images) // _COLUMNS)
    step_x, step_y = _WIDTH + _GAP, height + _TITLE + _GAP
    sheet = QImage(_COLUMNS * step_x + _GAP, rows * step_y + _GAP, QImage.Format.Format_RGB32)
    sheet.fill(QColor(_GROUND))
    painter = QPainter(sheet)
    for place, (name, image) in enumerate(images):
        left, top = _GAP + place % _COLUMNS * step_x, _GAP + place // _COLUMNS * step_y
        painter.drawText(QRectF(left, top, _WIDTH, _TITLE), int(Qt.AlignmentFlag.AlignVCenter), name)
        small = image.scaledToWidth(_WIDTH, Qt.TransformationMode.SmoothTransformation)
        painter.drawImage(left, top + _TITLE, small)
    painter.end()
    sheet.save(str(path))
