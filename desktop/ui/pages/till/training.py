"""Training: what it is, and while it goes on, the cards to try and the way out."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.flow.training import Sample, TrainingCard
from desktop.present import till_words
from desktop.present.language import N_, tr
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.pages.scrolled import scrolled
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.emblem import Emblem

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_WIDE = 12 * UNIT
_EMBLEM = 12 * UNIT
_COLUMNS = 2

_SAMPLES: Final = {
    Sample.BEGUN: N_("Has some stamps"),
    Sample.ALMOST: N_("Needs one more stamp"),
    Sample.FULL: N_("Has a reward ready"),
    Sample.TWICE: N_("Has two rewards ready"),
    Sample.JUST_STAMPED: N_("Was stamped a minute ago"),
    Sample.BLOCKED: N_("Is blocked"),
}


class TrainingPage(QWidget):
    """Before a training: a button to begin. During one: its cards, and a button to end it.

    Attributes:
        cards: a button for each card that is shown.

    Signals:
        begin_chosen, end_chosen: the button.
        card_chosen(str): as if this token were scanned.
        back: away from here; a training goes on.
    """

    begin_chosen = Signal()
    end_chosen = Signal()
    card_chosen = Signal(str)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_page")
        self.cards: dict[Sample, ActionButton] = {}
        self.begin_button = ActionButton(theme, tr(till_words.TRAINING_BEGIN), Icon.TRAINING)
        self.end_button = ActionButton(theme, tr(till_words.TRAINING_END), Icon.POWER)
        self.back_button = BackButton(theme)
        self._theme = theme
        self._title = make_label(Role.HEADLINE, tr(till_words.TRAINING_CARDS), wraps=True)
        self._hint = make_label(Role.BODY, tr(till_words.TRAINING_CARDS_HINT), muted=True, wraps=True)
        self._intro = make_surface()
        self._plate = make_surface()
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        make_page(self)
        self._build()

    def set_cards(self, cards: Sequence[TrainingCard]) -> None:
        """The cards of the training that goes on; none before one."""
        going_on = bool(cards)
        self.set_preparing(preparing=False)
        for widget in (self._title, self._hint, self._plate, self.end_button):
            widget.setVisible(going_on)
        for widget in (self._intro, self.begin_button):
            widget.setVisible(not going_on)
        for button in self.cards.values():
            self._grid.removeWidget(button)
            button.deleteLater()
        self.cards = {}
        for place, card in enumerate(cards):
            button = ActionButton(self._theme, card.name, Icon.CARD)
            button.setObjectName(f"training_{card.sample.value}")
            button.set_note(tr(_SAMPLES[card.sample]))
            button.clicked.connect(lambda _checked=False, token=card.token: self.card_chosen.emit(token))
            self._grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
            self.cards[card.sample] = button
        self._grid.setRowStretch(len(cards), 1)

    def set_preparing(self, *, preparing: bool) -> None:
        """It is being made."""
        self.begin_button.set_label(tr(till_words.TRAINING_PREPARING if preparing else till_words.TRAINING_BEGIN))
        self.begin_button.set_possible(possible=not preparing)

    def take_focus(self) -> None:
        """The first card to try, or the button that begins."""
        (next(iter(self.cards.values())) if self.cards else self.begin_button).setFocus()

    def _build(self) -> None:
        self.begin_button.setObjectName("training_begin")
        self.begin_button.set_primary(primary=True)
        self.begin_button.clicked.connect(self.begin_chosen)
        self.end_button.setObjectName("training_end")
        self.end_button.clicked.connect(self.end_chosen)
        self.back_button.clicked.connect(self.back)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        inside = QVBoxLayout(self._plate)
        inside.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        inside.addWidget(scrolled(self._inside, self))
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addWidget(self._plate, 1)
        column.addWidget(self._describe(), 1)
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        for button in (self.back_button, self.begin_button, self.end_button):
            row.addWidget(button, 1)
        column.addLayout(row)
        self.set_cards(())

    def _describe(self) -> QWidget:
        """What training is, before one."""
        inside = QVBoxLayout(self._intro)
        inside.setContentsMargins(_WIDE, _MARGIN, _WIDE, _MARGIN)
        inside.setSpacing(_GAP)
        inside.addStretch(1)
        inside.addWidget(Emblem(self._theme, Icon.TRAINING, _EMBLEM), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (
            make_label(Role.HEADLINE, tr(till_words.TRAINING_TITLE), wraps=True),
            make_label(Role.BODY, tr(till_words.TRAINING_HINT), wraps=True),
        ):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        inside.addStretch(1)
        return self._intro
