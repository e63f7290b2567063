"""Everything else that the till can do: one large tile for each."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.pages.page import Page
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_COLUMNS = 2

TILES: Final = (
    (Page.SEARCH, words.SEARCH_TITLE, Icon.SEARCH, "1"),
    (Page.ATTENTION, words.ATTENTION_TITLE, Icon.ATTENTION, "2"),
    (Page.SHIFT, words.SHIFT_TITLE, Icon.CLOCK, "3"),
    (Page.SETTINGS, words.SETTINGS_TITLE, Icon.SETTINGS, "6"),
    (Page.DIAGNOSTICS, words.DIAGNOSTICS_TITLE, Icon.DIAGNOSTICS, "7"),
)
"""In the order in which they are wanted: where each leads, its words, its picture and its key."""


class MenuPage(QWidget):
    """One tile for each place.

    Signals:
        chosen(Page): go there.
        back: away from here.
    """

    chosen = Signal(object)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("menu_page")
        self.tiles = {page: ActionButton(theme, tr(label), icon) for page, label, icon, _ in TILES}
        self.back_button = ActionButton(theme, tr(words.BACK), Icon.BACK)
        make_page(self)
        self._build()

    def take_focus(self) -> None:
        """The first tile, so that arrows and Enter choose one."""
        next(iter(self.tiles.values())).setFocus()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(_GAP)
        for place, (page, _, _, key) in enumerate(TILES):
            tile = self.tiles[page]
            tile.setObjectName(f"menu_{page.name.lower()}")
            tile.set_key(key)
            tile.clicked.connect(lambda _checked=False, page=page: self.chosen.emit(page))
            grid.addWidget(tile, place // _COLUMNS, place % _COLUMNS)
        self.back_button.setObjectName("back")
        self.back_button.set_key_hint("Esc")
        self.back_button.clicked.connect(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.MENU_TITLE)))
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(self.back_button)
