"""The program's icon as pixels, for systems that take no drawings."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer


def drawn(svg: Path, folder: Path, size_px: int) -> Path:
    """A PNG of the drawing in `folder`; PyInstaller makes of it what Windows and macOS take."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{svg.stem}.png"
    if not image.save(str(file)):
        raise OSError(f"{file} could not be written")
    return file
