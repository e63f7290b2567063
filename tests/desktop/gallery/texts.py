"""Everything that a window says: written, painted, and read aloud."""

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QLineEdit, QWidget

from desktop.ui.window import TillWindow
from tests.desktop.gallery.measure import seen


def texts(window: TillWindow) -> Iterator[tuple[str, str]]:
    """What each widget that is seen says, and which it is."""
    yield window.windowTitle(), "title"
    for widget in seen(window):
        for text in _of(widget):
            if text:
                yield text, f"{type(widget).__name__} {widget.objectName()}".strip()


def _of(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    yield widget.toolTip()
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.placeholderText()
        case QAbstractItemView():
            yield from _of_model(widget.model())
        case _:
            pass


def _of_model(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(model.rowCount()):
        yield str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) or "")
