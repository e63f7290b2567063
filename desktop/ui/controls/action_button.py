"""A large button with its key beside its words, that says itself why it cannot be pressed."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import (
    focus_ring,
    line_of_text,
    paragraph,
    plate,
    sided,
    text_height,
    text_width,
    word_width,
)
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, RADIUS, RADIUS_SMALL, TOUCH, UNIT, Role

_HEIGHT = 9 * UNIT
_PAD = 3 * UNIT
_ICON = 3 * UNIT
_CHIP_HEIGHT = 3 * UNIT + HALF


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
        self._low = False
        self._theme = theme
        self._icon = icon
        theme.changed.connect(self.update)
        self.setAutoDefault(True)  # Enter presses it, not only Space
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
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

    def set_low(self, *, low: bool) -> None:
        """One touch high and no more, where the page has little room; or as high as usual."""
        if low != self._low:
            self._low = low
            self.updateGeometry()

    def set_possible(self, *, possible: bool, why_not: str = "") -> None:
        """Switch it on or off; when off, say why in a few words."""
        self.note = "" if possible else why_not
        self.setEnabled(possible)
        self._describe()

    def set_note(self, note: str) -> None:
        """Say something under the words of a button that is on."""
        self.note = note
        self._describe()

    def hasHeightForWidth(self) -> bool:
        """Words wrap where there is too little room for them in a line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height at `width`, in px."""
        words = width - self._beside_words()
        needed = self._label_height(words) + self._note_height(words) + (UNIT if self._low else 2 * UNIT)
        return max(TOUCH if self._low else _HEIGHT, needed)

    def sizeHint(self) -> QSize:
        """Wide enough for the words, the note and the key in a line each."""
        strong, caption = self._theme.font(Role.STRONG), self._theme.font(Role.CAPTION)
        width = self._beside_words() + max(text_width(strong, self.text()), text_width(caption, self.note))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Wide enough for each word, so that none is ever cut."""
        strong, caption = self._theme.font(Role.STRONG), self._theme.font(Role.CAPTION)
        widest = max(word_width(strong, self.text()), word_width(caption, self.note))
        return QSize(self._beside_words() + widest, TOUCH if self._low else _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, ink, muted, edge = self._inks()
        box = QRectF(self.rect())
        plate(painter, box, fill, RADIUS, edge)
        left, right = box.left() + _PAD, box.right() - _PAD
        if self._icon is not None:
            icon_box = QRectF(left, box.center().y() - _ICON / 2, _ICON, _ICON)
            paint_icon(painter, self._icon, ink, sided(self, icon_box))
            left += _ICON + 2 * UNIT
        if self._key_hint:
            right = self._paint_chip(painter, right, box.center().y(), muted)
        self._paint_words(painter, QRectF(left, box.top(), right - left, box.height()), ink, muted)
        if self.hasFocus():
            focus_ring(painter, box, RADIUS, ink if self._primary else self._theme.colours.accent)
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
        """The label and the note under it, in the middle together."""
        label, note = self._label_height(int(box.width())), self._note_height(int(box.width()))
        top = box.center().y() - (label + note) / 2
        label_box = sided(self, QRectF(box.left(), top, box.width(), label))
        paragraph(painter, label_box, self.text(), self._theme.font(Role.STRONG), ink)
        if self.note:
            note_box = sided(self, QRectF(box.left(), top + label, box.width(), note))
            paragraph(painter, note_box, self.note, self._theme.font(Role.CAPTION), muted)

    def _beside_words(self) -> int:
        icon = _ICON + 2 * UNIT if self._icon else 0
        chip = self._chip_width() + 2 * UNIT if self._key_hint else 0
        return 2 * _PAD + icon + chip

    def _label_height(self, width: int) -> int:
        return text_height(self._theme.font(Role.STRONG), self.text(), width)

    def _note_height(self, width: int) -> int:
        return text_height(self._theme.font(Role.CAPTION), self.note, width) if self.note else 0

    def _chip_width(self) -> int:
        return text_width(self._theme.font(Role.CAPTION), self._key_hint) + 2 * UNIT

    def _paint_chip(self, painter: QPainter, right: float, middle: float, ink: str) -> float:
        """The key as a little key cap; returns where the words must end."""
        width = self._chip_width()
        chip = sided(self, QRectF(right - width, middle - _CHIP_HEIGHT / 2, width, _CHIP_HEIGHT))
        plate(painter, chip, "transparent", RADIUS_SMALL - 2, ink)
        centre = Qt.AlignmentFlag.AlignHCenter
        line_of_text(painter, chip, self._key_hint, self._theme.font(Role.CAPTION), ink, centre)
        return right - width - 2 * UNIT

    def _describe(self) -> None:
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(", ".join(part for part in (self.note, self._key_hint) if part))
        self.updateGeometry()
        self.update()
