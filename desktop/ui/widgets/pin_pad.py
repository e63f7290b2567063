"""The pad on which a person enters their PIN."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import ntr, tr
from desktop.present.views import PinView
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.millimetres import pad_key_px
from desktop.ui.theme.paint import disc, focus_ring, line_of_text, paragraph, plate, text_height, word_width
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, RADIUS, TOUCH, UNIT, Role

PIN_MIN = 4  # digits; DOMAIN "PINs"
PIN_MAX = 6

_DOT = 2 * UNIT
_DOT_STEP = _DOT + 1.5 * UNIT
_DOTS = 6 * UNIT
_DOTS_WIDTH = int(_DOT_STEP * (PIN_MAX - 1)) + _DOT + 6 * UNIT
_HEAD_WIDTH = 44 * UNIT
_BESIDE = 6 * UNIT


class _PadKey(QPushButton):
    """One key of the pad. It never takes the focus: the pad has it, and digits may be typed as well."""

    def __init__(self, theme: Theme, name: str, icon: Icon | None = None) -> None:
        super().__init__(name)
        self._theme = theme
        self._icon = icon
        self._primary = icon is Icon.ENTER
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        side = pad_key_px(self.screen().physicalDotsPerInch())
        return QSize(side + side // 2, side)

    def minimumSizeHint(self) -> QSize:
        """A touch. Where there is room a key has what its screen asks for, and more."""
        return QSize(TOUCH, TOUCH)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        fill, ink, edge = self._inks()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        plate(painter, box, fill, RADIUS, edge)
        if self._icon is None:
            font = self._theme.font(Role.HEADLINE)
            line_of_text(painter, box, self.text(), font, ink, Qt.AlignmentFlag.AlignHCenter)
        else:
            middle, half = box.center(), 1.75 * UNIT
            paint_icon(painter, self._icon, ink, QRectF(middle.x() - half, middle.y() - half, 2 * half, 2 * half))
        painter.end()

    def _inks(self) -> tuple[str, str, str | None]:
        colours = self._theme.colours
        if not self.isEnabled():
            return colours.sunken, colours.text_muted, colours.line
        if self._primary:
            return colours.accent_pressed if self.isDown() else colours.accent, colours.on_accent, None
        return colours.pressed if self.isDown() else colours.surface, colours.text, colours.edge


class _PadHead(QWidget):
    """Whose PIN it is, a dot for each digit or how long a lock still holds, and what the pad has to say."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = PinView("")
        self._entered = 0
        self._countdown = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Names and messages wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height at `width`, in px; without a message that of a line, so that nothing moves when there is one."""
        return self._name_height(width) + self._middle_height(width) + self._message_height(width) + 4 * UNIT

    def sizeHint(self) -> QSize:
        """As wide as the places of a PIN, and a name beside them."""
        return QSize(_HEAD_WIDTH, self.heightForWidth(_HEAD_WIDTH))

    def minimumSizeHint(self) -> QSize:
        """The places of a PIN, or the longest word."""
        name = word_width(self._theme.font(Role.HEADLINE), self._view.name)
        return QSize(max(_DOTS_WIDTH, name), self._middle_height(_DOTS_WIDTH))

    def show_view(self, view: PinView, entered: int, countdown: str) -> None:
        self._view, self._entered, self._countdown = view, entered, countdown
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        colours, view, width = self._theme.colours, self._view, self.width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = Qt.AlignmentFlag.AlignHCenter
        name, middle = self._name_height(width), self._middle_height(width)
        paragraph(painter, QRectF(0, 0, width, name), view.name, self._theme.font(Role.HEADLINE), colours.text, centre)
        box = QRectF(0, name + 2 * UNIT, width, middle)
        if self._countdown:
            font = self._theme.font(Role.TITLE)
            plate(painter, box, colours.waiting.soft, RADIUS)
            pad = self.parentWidget()
            if pad is not None and pad.hasFocus():
                focus_ring(painter, box, RADIUS, colours.waiting.ink)
            line = box.adjusted(0, 2 * UNIT, 0, 0)
            paragraph(painter, line, self._countdown, font, colours.waiting.ink, centre)
        else:
            self._paint_dots(painter, box)
        if view.message:
            ink = colours.person.ink if view.wrong and not self._countdown else colours.text_muted
            place = QRectF(0, box.bottom() + 2 * UNIT, width, self._message_height(width))
            paragraph(painter, place, view.message, self._theme.font(Role.STRONG), ink, centre)
        painter.end()

    def _name_height(self, width: int) -> int:
        return text_height(self._theme.font(Role.HEADLINE), self._view.name or " ", width)

    def _message_height(self, width: int) -> int:
        return text_height(self._theme.font(Role.STRONG), self._view.message or " ", width)

    def _middle_height(self, width: int) -> int:
        if not self._countdown:
            return _DOTS
        return text_height(self._theme.font(Role.TITLE), self._countdown, width) + 4 * UNIT

    def _paint_dots(self, painter: QPainter, box: QRectF) -> None:
        """As many places as a PIN has at most. An empty place is a ring, so that nothing tells how long this PIN is."""
        colours = self._theme.colours
        frame = QRectF((self.width() - _DOTS_WIDTH) / 2, box.top(), _DOTS_WIDTH, box.height())
        plate(painter, frame, colours.sunken, frame.height() / 2)
        pad = self.parentWidget()
        if pad is not None and pad.hasFocus():
            focus_ring(painter, frame.adjusted(-HALF, -HALF, HALF, HALF), frame.height() / 2 + HALF, colours.accent)
        ink = colours.text if self._view.accepts else colours.text_muted
        for place in range(PIN_MAX):
            dot = QRectF(frame.left() + 3 * UNIT + place * _DOT_STEP, frame.center().y() - _DOT / 2, _DOT, _DOT)
            if place < self._entered:
                disc(painter, dot, ink)
            else:
                painter.setPen(QPen(QColor(colours.outline), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(dot.adjusted(2, 2, -2, -2))


class PinPad(QWidget):
    """Ten digits, back and enter; touched, clicked or typed, on the number pad too. It never shows a digit.

    The digits are let go the moment they are sent, and whenever another person's view is shown. The keys take all the
    height there is: beside them stands whose PIN it is.

    Attributes:
        entered: how many digits there are now.
        countdown: how long a lock still holds; empty for none.
        beside: the column beside the keys; a page adds its buttons under what the pad says.

    Signals:
        pin_entered(str): Enter after four to six digits. Whoever receives it checks it and keeps nothing.
        cancelled: Escape.
    """

    pin_entered = Signal(str)
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.beside = QVBoxLayout()
        self._view = PinView("")
        self._digits = ""
        self.countdown = ""
        self._head = _PadHead(theme, self)
        self._enter = _PadKey(theme, tr(words.PIN_ENTER), Icon.ENTER)
        self._back = _PadKey(theme, tr(words.PIN_BACK), Icon.BACKSPACE)
        self._numbers = tuple(_PadKey(theme, str(digit)) for digit in range(10))
        theme.changed.connect(self.update)
        self._build()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A PIN is typed on the keyboard as it is; an input method would show it, and learn it.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setAccessibleName(tr(words.PIN_PAD))
        self._refresh()

    @property
    def entered(self) -> int:
        """How many digits there are now."""
        return len(self._digits)

    def set_view(self, view: PinView) -> None:
        """Show whose PIN is asked and what there is to say. Clears the digits: they belonged to the view before."""
        self._view = view
        self._digits = self.countdown = ""
        self._refresh()

    def set_countdown(self, text: str) -> None:
        """How long the lock still holds; it stands where the digits would. Nothing reads it aloud each second."""
        self.countdown = text
        self._head.show_view(self._view, len(self._digits), text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits, Backspace, Enter and Escape of any keyboard."""
        key, text = event.key(), event.text()
        if len(text) == 1 and text.isascii() and text.isdigit():
            self._add(text)
        elif key == Qt.Key.Key_Backspace:
            self._remove()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._send()
        elif key == Qt.Key.Key_Escape:
            self._digits = ""
            self._refresh()
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        for digit, key in enumerate(self._numbers):
            key.clicked.connect(lambda _checked=False, text=str(digit): self._add(text))
        self._back.clicked.connect(self._remove)
        self._enter.clicked.connect(self._send)
        # The keys read the same in every script: digits are not mirrored, whatever is beside them.
        block = QWidget(self)
        block.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        keys = QGridLayout(block)
        keys.setContentsMargins(0, 0, 0, 0)
        keys.setSpacing(UNIT)
        for digit in range(1, 10):
            keys.addWidget(self._numbers[digit], (digit - 1) // 3, (digit - 1) % 3)
        keys.addWidget(self._back, 3, 0)
        keys.addWidget(self._numbers[0], 3, 1)
        keys.addWidget(self._enter, 3, 2)
        self.beside.setSpacing(2 * UNIT)
        self.beside.addStretch(1)
        self.beside.addWidget(self._head)
        self.beside.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_BESIDE)
        row.addLayout(self.beside, 1)
        row.addWidget(block, 1)

    def _add(self, digit: str) -> None:
        if self._view.accepts and len(self._digits) < PIN_MAX:
            self._digits += digit
            self._refresh()

    def _remove(self) -> None:
        self._digits = self._digits[:-1]
        self._refresh()

    def _send(self) -> None:
        if not self._view.accepts or len(self._digits) < PIN_MIN:
            return
        digits, self._digits = self._digits, ""
        self._refresh()
        self.pin_entered.emit(digits)

    def _refresh(self) -> None:
        for key in self._numbers:
            key.setEnabled(self._view.accepts)
        self._back.setEnabled(bool(self._digits))
        self._enter.setEnabled(self._view.accepts and len(self._digits) >= PIN_MIN)
        self._head.show_view(self._view, len(self._digits), self.countdown)
        told = (self._view.name, ntr(*words.PIN_DIGITS, len(self._digits)), self._view.message)
        self.setAccessibleDescription(", ".join(part for part in told if part))
