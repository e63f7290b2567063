"""Plain labels and plates, dressed by the style sheet through their properties."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from desktop.present.views import Tone
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


def set_role(label: QLabel, role: Role) -> None:
    """Make it another step of the type scale."""
    if label.property("role") == role.value:
        return
    label.setProperty("role", role.value)
    _dress_again(label)


def make_note(text: str = "") -> QLabel:
    """A short text on a plate of its tone; see `set_tone`."""
    note = make_label(Role.BODY, text, wraps=True)
    note.setProperty("note", Tone.NEUTRAL.value)
    return note


def set_tone(note: QLabel, tone: Tone) -> None:
    """How serious what a note says is."""
    if note.property("note") == tone.value:
        return
    note.setProperty("note", tone.value)
    _dress_again(note)


def _dress_again(label: QLabel) -> None:
    """Qt reads a property of the style sheet again only when told to."""
    label.style().unpolish(label)
    label.style().polish(label)


def make_surface(parent: QWidget | None = None) -> QFrame:
    """A plate on the page."""
    frame = QFrame(parent)
    frame.setProperty("plate", "surface")
    return frame


def make_page(page: QWidget) -> None:
    """Give a page its ground."""
    page.setProperty("plate", "page")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
