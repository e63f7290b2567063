"""Who is working, or which manager approves: pick the name, then enter the PIN."""

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import PinView, StaffTile, StaffView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.pin_pad import PinPad
from desktop.ui.widgets.staff_tiles import StaffTiles

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_PAD_MOST: Final = QSize(150 * UNIT, 90 * UNIT)
_TICK_MS: Final = 200
"""Often enough that no second of a countdown is left out."""


class StaffPage(QWidget):
    """One tile for each person.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        picked(StaffTile): a person; a locked one too.
        sign_out: nobody works here from now on.
        back: nobody after all.
    """

    picked = Signal(object)
    sign_out = Signal()
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("staff_page")
        self.view: StaffView | None = None
        self.title = make_label(Role.HEADLINE)
        self.tiles = StaffTiles(theme)
        self.sign_out_button = ActionButton(theme, tr(words.SIGN_OUT), Icon.LOCK)
        self.back_button = BackButton(theme)
        make_page(self)
        self._build()

    def set_view(self, view: StaffView, *, may_sign_out: bool) -> None:
        """Show these people."""
        self.view = view
        self.title.setText(view.title)
        self.tiles.set_people(view.people)
        for person, tile in zip(view.people, self.tiles.tiles(), strict=True):
            tile.setObjectName(f"staff_{person.name}")
        self.sign_out_button.setVisible(may_sign_out)

    def take_focus(self) -> None:
        """The first person, so that arrows and Enter pick one."""
        tiles = self.tiles.tiles()
        (tiles[0] if tiles else self.back_button).setFocus()

    def _build(self) -> None:
        self.title.setObjectName("staff_title")
        self.tiles.setObjectName("staff_tiles")
        self.tiles.picked.connect(self._pick)
        self.sign_out_button.setObjectName("sign_out")
        self.sign_out_button.set_key("F9")
        self.sign_out_button.clicked.connect(self.sign_out)
        self.back_button.clicked.connect(self.back)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ground = QWidget()
        make_page(ground)
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.tiles)
        inside.addStretch(1)
        scroll.setWidget(ground)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.sign_out_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(self.title)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)

    def _pick(self, staff_id: str) -> None:
        people: tuple[StaffTile, ...] = self.view.people if self.view is not None else ()
        for person in people:
            if person.staff_id == staff_id:
                self.picked.emit(person)


class PinPage(QWidget):
    """The pad for one person's PIN.

    Attributes:
        pad: the pad.

    Signals:
        pin_entered(str): a PIN to check.
        unlock_requested: a manager is to let this person try again.
        ticked: this person is locked, and a moment has passed; the pad's countdown is to be set.
        back: nobody after all.
    """

    pin_entered = Signal(str)
    unlock_requested = Signal()
    ticked = Signal()
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pin_page")
        self.pad = PinPad(theme)
        self.unlock_button = ActionButton(theme, tr(words.UNLOCK), Icon.LOCK)
        self.back_button = BackButton(theme)
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(self.ticked)
        make_page(self)
        self._build()

    def set_view(self, view: PinView, *, may_unlock: bool) -> None:
        """Show whose PIN is asked for. Clears what was typed."""
        self.pad.set_view(view)
        self.unlock_button.setVisible(may_unlock)
        if view.locked_for_s:
            self._ticks.start()
        else:
            self._ticks.stop()

    def take_focus(self) -> None:
        """Digits go to the pad."""
        self.pad.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's hook. Nobody waits here any more."""
        super().hideEvent(event)
        # A window that is only minimised comes back to the same lock.
        if not event.spontaneous():
            self._ticks.stop()

    def _build(self) -> None:
        self.pad.setObjectName("pin_pad")
        self.pad.setMaximumSize(_PAD_MOST)
        self.pad.pin_entered.connect(self.pin_entered)
        self.unlock_button.setObjectName("unlock")
        self.unlock_button.set_key("F9")
        self.unlock_button.clicked.connect(self.unlock_requested)
        self.back_button.clicked.connect(self.back)
        self.pad.beside.addWidget(self.unlock_button)
        self.pad.beside.addWidget(self.back_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.addWidget(self.pad)
