"""The strip that always says how the till stands with the server."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import StripView, Tone
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import focus_ring, line_of_text, plate, sided, text_width
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HAIRLINE, TOUCH, UNIT, Role

_CHIP_HEIGHT = 5 * UNIT
_ICON = 20
_PAD = 2 * UNIT


class StripItem(QPushButton):
    """One thing that the strip says: icon and words in a tone. As high as the strip, so that a thumb hits it.

    Attributes:
        tone: its tone.

    Signals:
        clicked: QPushButton's own.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tone = Tone.NEUTRAL
        self._theme = theme
        self._icon: Icon | None = None
        self._filled = False
        self._compact = False
        self.setFixedHeight(TOUCH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(True)

    def say(self, text: str, icon: Icon | None, tone: Tone, *, filled: bool) -> None:
        """Say this; `filled` puts it on a plate of its tone."""
        self.tone, self._icon, self._filled = tone, icon, filled
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def set_compact(self, *, compact: bool) -> None:
        """Show the picture alone, where there is no room for the words."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        icon = _ICON + UNIT if self._icon else 0
        words_width = 0 if self._compact else text_width(self._theme.font(Role.BODY), self.text())
        return QSize(2 * _PAD + icon + words_width, TOUCH)

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        colours = self._theme.colours
        tone = colours.tone(self.tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, (self.height() - _CHIP_HEIGHT) / 2, self.width(), _CHIP_HEIGHT)
        radius = _CHIP_HEIGHT / 2
        if self.isDown():
            plate(painter, box, colours.pressed, radius)
        elif self._filled:
            plate(painter, box, tone.soft, radius)
        left = box.left() + _PAD
        if self._icon is not None:
            icon = QRectF(left, box.center().y() - _ICON / 2, _ICON, _ICON)
            paint_icon(painter, self._icon, tone.ink, sided(self, icon))
            left += _ICON + UNIT
        if not self._compact:
            words_box = QRectF(left, box.top(), box.right() - _PAD - left + 1, box.height())
            line_of_text(painter, sided(self, words_box), self.text(), self._theme.font(Role.BODY), tone.ink)
        if self.hasFocus():
            focus_ring(painter, box.adjusted(-4, -4, 4, 4), radius + 4, tone.ink)
        painter.end()


class StatusStrip(QWidget):
    """Online or offline and since when, what waits, what was rejected, the last sync; in every state, on every page.

    Green only where nothing waits and nothing was rejected; amber for what waits; red only for what a person must do.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        sync_requested: the connection, the waiting operations or the last sync was pressed.
        attention_requested: the rejected operations were pressed.
        trouble_requested: other trouble, or what may become one, was pressed.
        person_requested: who works here was pressed.
        menu_requested: everything else is wanted.
    """

    sync_requested = Signal()
    attention_requested = Signal()
    trouble_requested = Signal()
    person_requested = Signal()
    menu_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: StripView | None = None
        self.link = StripItem(theme)
        self.waiting = StripItem(theme)
        self.rejected = StripItem(theme)
        self.trouble = StripItem(theme)
        self.notice = StripItem(theme)
        self.last_sync = StripItem(theme)
        self.person = StripItem(theme)
        self.menu = StripItem(theme)
        self._theme = theme
        theme.changed.connect(self.update)
        self._build()

    def set_view(self, view: StripView) -> None:
        """Show this."""
        if view == self.view:
            return
        self.view = view
        link_tone = Tone.OK if view.tone is Tone.OK else Tone.NEUTRAL
        icon = Icon.TRAINING if view.training else Icon.ONLINE if view.online else Icon.OFFLINE
        self.link.say(view.link_text, icon, link_tone, filled=view.training)
        self.waiting.say(
            view.waiting_text,
            Icon.CLOCK if view.waiting else Icon.CHECK,
            Tone.WAITING if view.waiting else link_tone,
            filled=bool(view.waiting),
        )
        rejected_text = view.rejected_text if view.rejected or view.parked else ""
        rejected_tone = Tone.PERSON if view.rejected else Tone.WAITING
        self.rejected.say(rejected_text, Icon.ATTENTION, rejected_tone, filled=True)
        self.trouble.say(view.trouble_text, Icon.ATTENTION, Tone.PERSON, filled=True)
        # Beside trouble, what is not yet trouble can wait.
        notice_text = "" if view.trouble_text else view.notice_text
        self.notice.say(notice_text, Icon.CLOCK, Tone.WAITING, filled=True)
        self.last_sync.say(view.last_sync_text, Icon.SYNC, Tone.NEUTRAL, filled=False)
        self.person.say(view.person_text, Icon.PERSON, Tone.NEUTRAL, filled=False)
        self._make_room()
        told = (
            view.link_text,
            view.waiting_text,
            rejected_text,
            view.trouble_text,
            notice_text,
            view.last_sync_text,
        )
        self.setAccessibleDescription(", ".join(part for part in told if part))
        self.update()

    def sizeHint(self) -> QSize:
        """One touch high, as wide as there is room."""
        return QSize(120 * UNIT, TOUCH)

    def minimumSizeHint(self) -> QSize:
        """The window decides how narrow it may be; what matters least then goes first (see `_make_room`)."""
        return QSize(60 * UNIT, TOUCH)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook."""
        super().resizeEvent(event)
        self._make_room()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook: a plain plate with a hairline under it."""
        colours = self._theme.colours
        painter = QPainter(self)
        box = QRectF(self.rect())
        plate(painter, box, colours.surface, 0)
        plate(painter, box.adjusted(0, box.height() - HAIRLINE, 0, 0), colours.line, 0)
        painter.end()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT, 0, UNIT, 0)
        row.setSpacing(UNIT)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        for item in (self.link, self.waiting, self.rejected, self.trouble, self.notice):
            row.addWidget(item)
        row.addStretch(1)
        row.addWidget(self.last_sync)
        row.addWidget(self.person)
        row.addWidget(self.menu)
        for item in (self.link, self.waiting, self.last_sync):
            item.clicked.connect(self.sync_requested)
            item.setAccessibleDescription(tr(words.SYNC_NOW))
        self.rejected.clicked.connect(self.attention_requested)
        self.trouble.clicked.connect(self.trouble_requested)
        self.notice.clicked.connect(self.trouble_requested)
        for item in (self.rejected, self.trouble, self.notice):
            item.setAccessibleDescription(tr(words.SHOW_ATTENTION))
        self.person.clicked.connect(self.person_requested)
        self.person.setAccessibleDescription(tr(words.SHOW_PEOPLE))
        self.menu.say(tr(words.MENU), Icon.MENU, Tone.NEUTRAL, filled=False)
        self.menu.clicked.connect(self.menu_requested)
        self.setFixedHeight(TOUCH)
        self.setAccessibleName(tr(words.STATUS))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def _make_room(self) -> None:
        """Where the strip is too narrow for everything, the last sync goes, then words whose icon says the same."""
        if self.view is None:
            return
        may_shrink = (self.menu, self.person, self.notice, self.link)
        for item in may_shrink:
            item.set_compact(compact=False)
        for item in may_shrink:
            if self._room() < 0:
                item.set_compact(compact=True)
        self.last_sync.setVisible(bool(self.view.last_sync_text) and self.last_sync.sizeHint().width() <= self._room())

    def _room(self) -> int:
        """What the items leave of the strip's width for the last sync."""
        items = (self.link, self.waiting, self.rejected, self.trouble, self.notice, self.person, self.menu)
        return self.width() - 2 * UNIT - sum(item.sizeHint().width() + UNIT for item in items if item.text())
