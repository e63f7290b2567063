"""Find a card without its code: results come while one types."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages.cards.search_view import SearchView
from desktop.store.search.candidates import WORD_MIN
from desktop.ui.controls.back_button import BackButton
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.found_list import FoundList

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
DEBOUNCE_MS: Final = 80
"""Shorter than the pause between two thoughts, longer than that between two keys of who types fast."""
_LENGTH_MAX: Final = 120


class SearchPage(QWidget):
    """A field, and the cards that it may mean.

    Attributes:
        field: where one types.
        found: the results.

    Signals:
        typed(str): look for this.
        chosen(str): open the card with this id.
        back: away from here.
    """

    typed = Signal(str)
    chosen = Signal(str)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search_page")
        self.field = QLineEdit()
        self.found = FoundList(theme)
        self.back_button = BackButton(theme)
        self._shown_for = ""
        self._opens_first = False
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self._ask)
        make_page(self)
        self._build()

    def begin(self, text: str = "") -> None:
        """Nothing of the last search stays for the next customer to read; `text` is looked for at once."""
        self._opens_first = False
        self.field.clear()
        self.set_view(SearchView(""))
        if text:
            self.field.setText(text)
            self._pause.stop()
            self._ask()

    def set_view(self, view: SearchView) -> None:
        """Show these results, unless they are of what the field no longer says."""
        if view.text != self.field.text():
            return
        self._shown_for = view.text
        enough = len(view.text.strip()) >= WORD_MIN
        self.found.set_cards(view.cards, tr(words.NO_CARDS_FOUND) if enough else tr(words.SEARCH_HINT))
        if self._opens_first:
            self._opens_first = False
            self.found.choose_current()

    def take_focus(self) -> None:
        """Whoever comes here types."""
        self.field.setFocus()
        self.field.setCursorPosition(len(self.field.text()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: the arrow down in the field walks into the results."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
            if self.found.cards:
                self.found.setFocus()
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self.field.setObjectName("search_field")
        self.field.setPlaceholderText(tr(words.SEARCH_FIELD))
        self.field.setAccessibleName(tr(words.SEARCH_FIELD))
        self.field.setMaxLength(_LENGTH_MAX)
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.returnPressed.connect(self._enter)
        self.field.installEventFilter(self)
        self.found.setObjectName("cards_found")
        self.found.chosen.connect(self.chosen)
        self.found.left_upwards.connect(self.field.setFocus)
        self.back_button.clicked.connect(self.back)
        plate = make_surface()
        inside = QVBoxLayout(plate)
        inside.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        inside.addWidget(self.found)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.SEARCH_TITLE)))
        column.addWidget(self.field)
        column.addWidget(plate, 1)
        column.addWidget(self.back_button)
        self.begin()

    def _ask(self) -> None:
        self.typed.emit(self.field.text())

    def _enter(self) -> None:
        """The first result; where it is still on its way, as soon as it is there."""
        if self._shown_for == self.field.text():
            self.found.choose_current()
            return
        self._opens_first = True
        self._pause.stop()
        self._ask()
