"""A keyboard, and a scanner that types like one: real key events to the active window, each with its own timestamp."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Keyboard:
    """Sends presses and releases to the window that is active, as the platform does, each with its timestamp."""

    def __init__(self) -> None:
        self.at_ms = 10_000

    def keys(self, text: str, gap_ms: int) -> None:
        for character in text:
            self.at_ms += gap_ms
            self.press(character)

    def press(self, character: str, *, repeats: bool = False) -> None:
        self.send(QEvent.Type.KeyPress, character, repeats=repeats)
        self.send(QEvent.Type.KeyRelease, character, repeats=repeats)

    def send(self, kind: QEvent.Type, character: str, *, repeats: bool = False) -> None:
        window = QApplication.focusWindow()
        assert window is not None
        text = "\r" if character == "⏎" else character
        event = QKeyEvent(kind, _code(character), NO_MODIFIER, text, repeats)
        event.setTimestamp(self.at_ms)
        QCoreApplication.sendEvent(window, event)


def calm() -> None:
    """Wait longer than a scanner is given for its next key. In steps: a key that is let go late, because the machine
    stood still, is let go in the next one."""
    for _ in range(5):
        QTest.qWait(30)


def _code(character: str) -> int:
    return {"⏎": int(Qt.Key.Key_Return), "\t": int(Qt.Key.Key_Tab)}.get(character, ord(character.upper()))
