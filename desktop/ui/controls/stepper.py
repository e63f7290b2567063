"""A small number, one more or one less: − 1 +.

There is no field, on purpose: a number that cannot be typed cannot be scanned by accident either.
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.present import card_words as words
from desktop.present.language import number_text, tr
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.labels import make_label
from desktop.ui.theme.paint import focus_ring, plate
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import RADIUS, TOUCH, UNIT, Role

_HEIGHT = 9 * UNIT
_ICON = 3 * UNIT


class Stepper(QWidget):
    """Counts from 1 to a maximum, by its two buttons or the keys + and −.

    Attributes:
        value: the number.
        maximum: the largest it can be.

    Signals:
        changed(int): the number is another.
    """

    changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = 1
        self.maximum = 1
        self.less = _StepButton(theme, Icon.MINUS, tr(words.ONE_LESS), "-")
        self.more = _StepButton(theme, Icon.PLUS, tr(words.ONE_MORE), "+")
        self.figure = make_label(Role.HEADLINE)
        self._build()

    def begin(self, maximum: int) -> None:
        """Count from 1 anew, up to `maximum`."""
        self.maximum = max(maximum, 1)
        self._set(1)

    def bound(self, maximum: int) -> None:
        """The number stays, unless it is more than may be now."""
        self.maximum = max(maximum, 1)
        self._set(min(self.value, self.maximum))

    def set_low(self, *, low: bool) -> None:
        """One touch high and no more, where the page has little room; or as high as the buttons beside it."""
        for button in (self.less, self.more):
            button.set_low(low=low)

    def _set(self, value: int) -> None:
        different, self.value = value != self.value, value
        self.figure.setText(number_text(value))
        self.setAccessibleDescription(number_text(value))
        self.less.setEnabled(value > 1)
        self.more.setEnabled(value < self.maximum)
        if different:
            self.changed.emit(value)

    def _step(self, by: int) -> None:
        if 1 <= self.value + by <= self.maximum:
            self._set(self.value + by)

    def _build(self) -> None:
        self.setObjectName("stepper")
        self.setAccessibleName(tr(words.COUNT))
        self.less.setObjectName("one_less")
        self.less.clicked.connect(lambda: self._step(-1))
        self.more.setObjectName("one_more")
        self.more.clicked.connect(lambda: self._step(1))
        self.figure.setObjectName("count")
        self.figure.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.figure.setMinimumWidth(TOUCH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        row.addWidget(self.less, 1)
        row.addWidget(self.figure, 1)
        row.addWidget(self.more, 1)
        self._set(1)


class _StepButton(QPushButton):
    """One of the two, which goes on counting while it is held."""

    def __init__(self, theme: Theme, icon: Icon, name: str, key: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._low = False
        theme.changed.connect(self.update)
        self.setAccessibleName(name)
        self.setAccessibleDescription(key)
        self.setAutoRepeat(True)
        self.setAutoDefault(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        QShortcut(QKeySequence(key), self).activated.connect(self.click)

    def set_low(self, *, low: bool) -> None:
        self._low = low
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A touch wide, as high as the buttons beside it."""
        return QSize(TOUCH, TOUCH if self._low else _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        colours = self._theme.colours
        box = QRectF(self.rect())
        on = self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = colours.sunken if not on else colours.pressed if self.isDown() else colours.surface
        plate(painter, box, fill, RADIUS, colours.edge if on else None)
        ink = colours.text if on else colours.text_muted
        middle = box.center()
        paint_icon(painter, self._icon, ink, QRectF(middle.x() - _ICON / 2, middle.y() - _ICON / 2, _ICON, _ICON))
        if self.hasFocus():
            focus_ring(painter, box, RADIUS, ink)
        painter.end()
