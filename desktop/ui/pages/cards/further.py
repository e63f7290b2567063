"""What else can be done with the card in hand: one large button for each."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.present import card_words, words
from desktop.present.language import tr
from desktop.present.pages.cards.further_view import FurtherAct, FurtherView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_COLUMNS = 2
_SLIP_KEY = 5
"""Behind the acts on the card: slip and copy share a line."""

LOOKS: Final = {
    FurtherAct.TAKE_STAMPS: (card_words.TAKE_STAMPS, Icon.UNDO, "1"),
    FurtherAct.CARRY_OVER: (card_words.CARRY_OVER, Icon.STAMP, "2"),
    FurtherAct.REPLACE: (card_words.REPLACE, Icon.CARD, "3"),
    FurtherAct.BLOCK: (card_words.BLOCK, Icon.BLOCK, "4"),
    FurtherAct.UNBLOCK: (card_words.UNBLOCK, Icon.CHECK, "4"),
}
"""Words, picture and key of each. A card is blocked or unblocked: the two share a place."""


class FurtherPage(QWidget):
    """Draws a `FurtherView`.

    Attributes:
        view: what is shown; None before the first.
        buttons: one for each act.

    Signals:
        chosen(FurtherAct): a button, or its key.
        slip_wanted(bool): print a slip of this card; True for one that is marked as a copy.
        back: to the card.
    """

    chosen = Signal(object)
    slip_wanted = Signal(bool)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("further_page")
        self.view: FurtherView | None = None
        self.card = make_label(Role.BODY, muted=True)
        self.buttons = {act: ActionButton(theme, tr(label), icon) for act, (label, icon, _) in LOOKS.items()}
        self.slip_button = ActionButton(theme, tr(words.PRINT_SLIP), Icon.PRINTER)
        self.copy_button = ActionButton(theme, tr(words.PRINT_COPY), Icon.PRINTER)
        self.back_button = BackButton(theme)
        make_page(self)
        self._build()

    def set_view(self, view: FurtherView) -> None:
        """Show this card's."""
        self.view = view
        self.card.setText(f"{view.title} · {view.figures}")
        for act, button in self.buttons.items():
            action = view.action(act)
            button.setVisible(action is not None)
            if action is not None:
                button.set_possible(possible=action.enabled)
                button.set_note(action.note)

    def set_printer(self, *, present: bool) -> None:
        """Slips are offered where there is a printer."""
        for button in (self.slip_button, self.copy_button):
            button.setVisible(present)

    def take_focus(self) -> None:
        """The first that is possible."""
        possible = (button for button in self.buttons.values() if button.isEnabled() and not button.isHidden())
        next(possible, self.back_button).setFocus()

    def _build(self) -> None:
        self.card.setObjectName("further_card")
        grid = QGridLayout()
        grid.setSpacing(_GAP)
        for act, (_, _, key) in LOOKS.items():
            button = self.buttons[act]
            button.setObjectName(act.value)
            button.set_key(key)
            button.clicked.connect(lambda _checked=False, act=act: self.chosen.emit(act))
            place = int(key) - 1
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        for place, (button, name, is_copy) in enumerate(
            ((self.slip_button, "print_slip", False), (self.copy_button, "print_copy", True))
        ):
            button.setObjectName(name)
            button.set_key(str(_SLIP_KEY + place))
            button.clicked.connect(lambda _checked=False, is_copy=is_copy: self.slip_wanted.emit(is_copy))
            grid.addWidget(button, (_SLIP_KEY - 1) // _COLUMNS, place)
        self.back_button.clicked.connect(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(card_words.FURTHER_TITLE)))
        column.addWidget(self.card)
        column.addLayout(grid)
        column.addStretch(1)
        column.addWidget(self.back_button)
