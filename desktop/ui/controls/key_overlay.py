"""The keys of what is shown, over it: collected from the shortcuts themselves, so that none is forgotten."""

import re
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.present import till_words
from desktop.present.language import tr
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.labels import make_label, make_surface
from desktop.ui.theme.paint import plate
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

HELP_KEY: Final = "?"
_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_WIDTH = 110 * UNIT
_DIM: Final = 0.72
_COLUMNS: Final = 2


class KeyOverlay(QWidget):
    """Lists the keys that do something now. Any key, click or touch takes it away; none of them does anything else.

    Attributes:
        lines: the keys that are listed, each with what it does.

    Signals:
        closed: it was taken away.
    """

    closed = Signal()

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("key_overlay")
        self.lines: tuple[tuple[str, str], ...] = ()
        self._theme = theme
        self._window = window
        self._before: QWidget | None = None
        self._grid = QGridLayout()
        self._build()
        self.hide()

    def watch(self, fields: list[QLineEdit]) -> None:
        """In a field where nothing is typed yet, the key asks for help, too."""
        for field in fields:
            field.installEventFilter(self)

    def open(self) -> None:
        """Show the keys of what is shown now."""
        if self.isVisible():
            self.leave()
            return
        self.lines = keys_of(self._window)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        rows = -(-len(self.lines) // _COLUMNS)
        for place, (key, what) in enumerate(self.lines):
            column = place // rows * 2
            self._grid.addWidget(make_label(Role.STRONG, key), place % rows, column)
            self._grid.addWidget(make_label(Role.BODY, what, wraps=True), place % rows, column + 1)
        self.setAccessibleDescription(", ".join(f"{key}: {what}" for key, what in self.lines))
        self._before = QApplication.focusWidget()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def leave(self) -> None:
        """Take it away, and give the focus back."""
        if not self.isVisible():
            return
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Qt's hook: while it is shown, no shortcut behind it is heard."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: an empty field does not claim the key for itself."""
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        if isinstance(event, QKeyEvent) and isinstance(watched, QLineEdit) and event.text() == HELP_KEY:
            event.ignore()
            return not watched.text()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        event.accept()
        if event.key() not in {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr}:
            self.leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        event.accept()
        self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook: what is behind stays recognisable."""
        painter = QPainter(self)
        painter.setOpacity(_DIM)
        plate(painter, self.rect().toRectF(), self._theme.colours.page, 0)
        painter.end()

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr(till_words.KEYS_TITLE))
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(UNIT)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(2 * column + 1, 1)
        surface = make_surface()
        surface.setMaximumWidth(_WIDTH)
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        inside.setSpacing(_GAP)
        inside.addWidget(make_label(Role.HEADLINE, tr(till_words.KEYS_TITLE)))
        inside.addLayout(self._grid)
        inside.addWidget(make_label(Role.CAPTION, tr(till_words.KEYS_CLOSE), muted=True))
        centre_on(self, surface)


def keys_of(window: QWidget) -> tuple[tuple[str, str], ...]:
    """Each key that does something now, and what: that is its button's name, or what the shortcut says of itself."""
    found: dict[str, str] = {}
    for shortcut in window.findChildren(QShortcut):
        owner = shortcut.parent()
        if not isinstance(owner, QWidget) or not (owner.isVisible() and owner.isEnabled() and shortcut.isEnabled()):
            continue
        what = shortcut.whatsThis() or (owner.accessibleName() if isinstance(owner, QAbstractButton) else "")
        key = shortcut.key().toString(QKeySequence.SequenceFormat.NativeText)
        if what and key:
            found.setdefault(key, what)
    return tuple(sorted(found.items(), key=lambda line: _order(line[0])))


def _order(key: str) -> tuple[int, int, str]:
    """Digits, then F1 to F12, then the rest."""
    number = re.fullmatch(r"(F?)(\d+)", key)
    return (2, 0, key) if number is None else (int(bool(number[1])), int(number[2]), key)
