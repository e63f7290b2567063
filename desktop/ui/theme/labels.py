"""Plain labels and plates, dressed by the style sheet through their properties."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from desktop.ui.theme.tokens import Role


def make_label(role: Role, text: str = "", *, muted: bool = False, wraps: bool = False) -> QLabel:
    """Text in one of the roles of the type scale. It is shown as it is: a card's name is no markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role.value)
    if muted:
        label.setProperty("muted", "true")
    label.setWordWrap(wraps)
    return label


def make_surface(parent: QWidget | None = None) -> QFrame:
    """A plate on the page."""
    frame = QFrame(parent)
    frame.setProperty("plate", "surface")
    return frame


def make_page(page: QWidget) -> None:
    """Give a page its ground."""
    page.setProperty("plate", "page")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
