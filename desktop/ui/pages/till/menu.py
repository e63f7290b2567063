"""Everything else that the till can do: one large tile for each."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.present import till_words, words
from desktop.present.language import tr
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.controls.key_overlay import HELP_KEY
from desktop.ui.pages.page import Page
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_THREE_FROM = 170 * UNIT
"""A window as wide as this has three tiles in a row, a narrower one two."""

_TILE_HEIGHT = 11 * UNIT

TILES: Final = (
    (Page.SEARCH, words.SEARCH_TITLE, Icon.SEARCH, "1"),
    (Page.ATTENTION, words.ATTENTION_TITLE, Icon.ATTENTION, "2"),
    (Page.SHIFT, words.SHIFT_TITLE, Icon.CLOCK, "3"),
    (Page.OFFLINE, till_words.OFFLINE_TITLE, Icon.OFFLINE, "4"),
    (Page.TRAINING, till_words.TRAINING, Icon.TRAINING, "5"),
    (Page.SETTINGS, words.SETTINGS_TITLE, Icon.SETTINGS, "6"),
    (Page.DIAGNOSTICS, words.DIAGNOSTICS_TITLE, Icon.DIAGNOSTICS, "7"),
)
"""In the order in which they are wanted: where each leads, its words, its picture and its key."""

_REAL_ONLY: Final = frozenset({Page.DIAGNOSTICS})
"""What has no sense on a till that is made for a training."""


class MenuPage(QWidget):
    """One tile for each place.

    Signals:
        chosen(Page): go there.
        keys_wanted: list the keys.
        full_screen_left: give the screen back.
        close_wanted: end the program.
        back: away from here.
    """

    chosen = Signal(object)
    keys_wanted = Signal()
    full_screen_left = Signal()
    close_wanted = Signal()
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("menu_page")
        self.tiles = {page: ActionButton(theme, tr(label), icon) for page, label, icon, _ in TILES}
        self.back_button = BackButton(theme)
        self.keys_button = ActionButton(theme, tr(till_words.KEYS), Icon.KEYS)
        self.screen_button = ActionButton(theme, tr(till_words.LEAVE_FULL_SCREEN), Icon.SCREEN)
        self.close_button = ActionButton(theme, tr(till_words.LEAVE), Icon.POWER)
        self._grid = QGridLayout()
        self._columns = 0
        make_page(self)
        self._build()

    def set_standing(self, *, training: bool, kiosk: bool) -> None:
        """What this till is now. A window that fills the screen has no button of the system's to close it."""
        for page, tile in self.tiles.items():
            tile.setVisible(not (training and page in _REAL_ONLY))
        for button in (self.screen_button, self.close_button):
            button.setVisible(kiosk)

    def take_focus(self) -> None:
        """The first tile, so that arrows and Enter choose one."""
        next(iter(self.tiles.values())).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook."""
        super().resizeEvent(event)
        self._place(3 if self.width() >= _THREE_FROM else 2)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, int(column < columns))
        self._columns = columns
        for place, tile in enumerate(self.tiles.values()):
            self._grid.removeWidget(tile)
            self._grid.addWidget(tile, place // columns, place % columns)

    def _build(self) -> None:
        self._grid.setSpacing(_GAP)
        for page, _, _, key in TILES:
            tile = self.tiles[page]
            tile.setObjectName(f"menu_{page.name.lower()}")
            tile.setMinimumHeight(_TILE_HEIGHT)
            tile.set_key(key)
            tile.clicked.connect(lambda _checked=False, page=page: self.chosen.emit(page))
        for button, name, key, signal in (
            (self.keys_button, "menu_keys", HELP_KEY, self.keys_wanted),
            (self.screen_button, "menu_full_screen", "F12", self.full_screen_left),
            (self.close_button, "menu_close", "", self.close_wanted),
        ):
            button.setObjectName(name)
            button.set_key_hint(key)
            button.clicked.connect(signal)
        self.back_button.clicked.connect(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.MENU_TITLE)))
        column.addLayout(self._grid)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        for button in (self.back_button, self.keys_button, self.screen_button, self.close_button):
            row.addWidget(button, 1)
        column.addLayout(row)
        self._place(2)
        self.set_standing(training=False, kiosk=False)
