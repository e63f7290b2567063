"""A large button with its key beside its words, that says itself why it cannot be pressed."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import focus_ring, line_of_text, plate, text_width
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, RADIUS, RADIUS_SMALL, UNIT, Role

_HEIGHT = 9 * UNIT
_PAD = 3 * UNIT
_ICON = 3 * UNIT
_CHIP_HEIGHT = 3 * UNIT + HALF
_LABEL_LINE = 3 * UNIT
_NOTE_LINE = 20


class ActionButton(QPushButton):
    """A button for a thumb: icon, words, key hint ("F1"), and under the words why it is off, or what it asks for.

    Attributes:
        note: what stands under the words; empty when there is nothing to say.

    Signals:
        clicked: QPushButton's own.
    """

    def __init__(self, theme: Theme, label: str, icon: Icon | None = None, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.note = ""
        self._key_hint = ""
        self._primary = False
        self._theme = theme
        self._icon = icon
        theme.changed.connect(self.update)
        self.setAutoDefault(True)  # Enter presses it, not only Space
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._describe()

    def set_label(self, label: str) -> None:
        """Change the words."""
        self.setText(label)
        self._describe()

    def set_key_hint(self, key: str) -> None:
        """Name the key that does the same ("F1"). The key itself is the window's affair."""
        self._key_hint = key
        self._describe()

    def set_key(self, key: str) -> None:
        """Let this key press the button wherever the focus is, as long as the button is seen and on; and name it."""
        self.set_key_hint(key)
        QShortcut(QKeySequence(key), self).activated.connect(self.click)

    def set_primary(self, *, primary: bool) -> None:
        """Make it the one sensible thing to do, or one among others."""
        self._primary = primary
        self.update()

    def set_possible(self, *, possible: bool, why_not: str = "") -> None:
        """Switch it on or off; when off, say why in a few words."""
        self.note = "" if possible else why_not
        self.setEnabled(possible)
        self._describe()

    def set_note(self, note: str) -> None:
        """Say something under the words of a button that is on."""
        self.note = note
        self._describe()

    def sizeHint(self) -> QSize:
        """Wide enough for the words, the note and the key."""
        strong, caption = self._theme.font(Role.STRONG), self._theme.font(Role.CAPTION)
        words = max(text_width(strong, self.text()), text_width(caption, self.note) if self.note else 0)
        icon = _ICON + 2 * UNIT if self._icon else 0
        chip = self._chip_width() + 2 * UNIT if self._key_hint else 0
        return QSize(2 * _PAD + icon + words + chip, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same: words are never cut to save room."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, ink, muted, edge = self._inks()
        box = QRectF(self.rect())
        plate(painter, box, fill, RADIUS, edge)
        left, right = box.left() + _PAD, box.right() - _PAD
        if self._icon is not None:
            paint_icon(painter, self._icon, ink, QRectF(left, box.center().y() - _ICON / 2, _ICON, _ICON))
            left += _ICON + 2 * UNIT
        if self._key_hint:
            right = self._paint_chip(painter, right, box.center().y(), muted)
        self._paint_words(painter, QRectF(left, box.top(), right - left, box.height()), ink, muted)
        if self.hasFocus():
            focus_ring(painter, box, RADIUS, ink)
        painter.end()

    def _inks(self) -> tuple[str, str, str, str | None]:
        """Fill, words, note and key, edge."""
        colours = self._theme.colours
        if not self.isEnabled():
            return colours.sunken, colours.text_muted, colours.text_muted, None
        if self._primary:
            fill = colours.accent_pressed if self.isDown() else colours.accent
            return fill, colours.on_accent, colours.on_accent, None
        fill = colours.pressed if self.isDown() else colours.surface
        return fill, colours.text, colours.text_muted, colours.edge

    def _paint_words(self, painter: QPainter, box: QRectF, ink: str, muted: str) -> None:
        strong = self._theme.font(Role.STRONG)
        if not self.note:
            line_of_text(painter, box, self.text(), strong, ink)
            return
        top = box.center().y() - (_LABEL_LINE + _NOTE_LINE) / 2
        line_of_text(painter, QRectF(box.left(), top, box.width(), _LABEL_LINE), self.text(), strong, ink)
        note_box = QRectF(box.left(), top + _LABEL_LINE, box.width(), _NOTE_LINE)
        line_of_text(painter, note_box, self.note, self._theme.font(Role.CAPTION), muted)

    def _chip_width(self) -> int:
        return text_width(self._theme.font(Role.CAPTION), self._key_hint) + 2 * UNIT

    def _paint_chip(self, painter: QPainter, right: float, middle: float, ink: str) -> float:
        """The key as a little key cap; returns where the words must end."""
        width = self._chip_width()
        chip = QRectF(right - width, middle - _CHIP_HEIGHT / 2, width, _CHIP_HEIGHT)
        plate(painter, chip, "transparent", RADIUS_SMALL - 2, ink)
        line_of_text(
            painter,
            chip,
            self._key_hint,
            self._theme.font(Role.CAPTION),
            ink,
            Qt.AlignmentFlag.AlignHCenter,
        )
        return chip.left() - 2 * UNIT

    def _describe(self) -> None:
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(", ".join(part for part in (self.note, self._key_hint) if part))
        self.updateGeometry()
        self.update()
