"""A new card: from a printed one that is not in use yet, or with a number of its own."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import NewCardView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.emblem import Emblem
from desktop.ui.widgets.qr_code import QrCode

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_FORM_WIDTH = 80 * UNIT


class NewCardPage(QWidget):
    """Asks for a scan, or offers to make a number; a name if the customer wants.

    Attributes:
        code: the code of the card that was scanned and is not known yet; empty for none.

    Signals:
        make_requested(str, str): make a card with this code (empty: with a number of its own) and this name.
        back: no card after all.
    """

    make_requested = Signal(str, str)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_card_page")
        self.code = ""
        self.hint = make_label(Role.BODY, tr(words.NEW_CARD_HINT), muted=True, wraps=True)
        self.name = QLineEdit()
        self.make_button = ActionButton(theme, tr(words.MAKE_NUMBER), Icon.PLUS)
        self.back_button = ActionButton(theme, tr(words.BACK), Icon.BACK)
        make_page(self)
        self._build(theme)

    def begin(self, code: str, shown: str) -> None:
        """Begin anew; with a `code` the card that was scanned is offered, as `shown`."""
        self.code = code
        self.name.clear()
        self.hint.setText(tr(words.NEW_CARD_FOUND).format(code=shown) if code else tr(words.NEW_CARD_HINT))
        self.make_button.set_label(tr(words.MAKE_CARD) if code else tr(words.MAKE_NUMBER))
        self.make_button.set_primary(primary=bool(code))

    def take_focus(self) -> None:
        """The button, or the name where nothing was scanned yet."""
        (self.make_button if self.code else self.name).setFocus()

    def ask(self) -> None:
        """Ask for the card, as the button does."""
        self.make_requested.emit(self.code, self.name.text())

    def _build(self, theme: Theme) -> None:
        self.hint.setObjectName("new_card_hint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.name.setObjectName("customer_name")
        self.name.setPlaceholderText(tr(words.NAME_OPTIONAL))
        self.name.setAccessibleName(tr(words.NAME_OPTIONAL))
        self.name.setMaxLength(120)
        self.name.returnPressed.connect(self.ask)
        self.make_button.setObjectName("make_card")
        self.make_button.set_key("F1")
        self.make_button.clicked.connect(self.ask)
        self.back_button.setObjectName("back")
        self.back_button.set_key_hint("Esc")
        self.back_button.clicked.connect(self.back)
        plate = make_surface()
        plate.setMaximumWidth(_FORM_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        form.setSpacing(_GAP)
        form.addWidget(Emblem(theme, Icon.CARD, 10 * UNIT), 0, Qt.AlignmentFlag.AlignHCenter)
        title = make_label(Role.HEADLINE, tr(words.NEW_CARD_TITLE))
        form.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        form.addWidget(self.hint)
        form.addSpacing(UNIT)
        form.addWidget(self.name)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.back_button, 1)
        buttons.addWidget(self.make_button, 2)
        form.addLayout(buttons)
        centre_on(self, plate)


class CardReadyPage(QWidget):
    """The code and the number of a card that was just made.

    Attributes:
        view: what is shown; None before the first.

    Signals:
        stamp_requested: give it its first stamp.
        done: enough of this card.
    """

    stamp_requested = Signal()
    done = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card_ready_page")
        self.view: NewCardView | None = None
        self.number = make_label(Role.HEADLINE)
        self.name = make_label(Role.TITLE, muted=True)
        self.code = QrCode(theme)
        self.stamp_button = ActionButton(theme, tr(words.STAMP_IT), Icon.STAMP)
        self.done_button = ActionButton(theme, tr(words.DONE), Icon.CHECK)
        make_page(self)
        self._build()

    def set_view(self, view: NewCardView) -> None:
        """Show this card."""
        self.view = view
        self.number.setText(view.number)
        self.name.setText(view.first_name)
        self.name.setVisible(bool(view.first_name))
        self.code.set_modules(view.qr)

    def take_focus(self) -> None:
        """Most new cards get a stamp at once."""
        self.stamp_button.setFocus()

    def _build(self) -> None:
        self.number.setObjectName("new_number")
        self.code.setObjectName("qr_code")
        self.stamp_button.setObjectName("stamp_new_card")
        self.stamp_button.set_key("F1")
        self.stamp_button.set_primary(primary=True)
        self.stamp_button.clicked.connect(self.stamp_requested)
        self.done_button.setObjectName("done")
        self.done_button.set_key_hint("Esc")
        self.done_button.clicked.connect(self.done)
        side = QVBoxLayout()
        side.setSpacing(_GAP)
        side.addStretch(1)
        side.addWidget(make_label(Role.STRONG, tr(words.CARD_READY), muted=True))
        side.addWidget(self.number)
        side.addWidget(self.name)
        side.addWidget(make_label(Role.BODY, tr(words.CARD_READY_HINT), muted=True, wraps=True))
        side.addStretch(1)
        side.addWidget(self.stamp_button)
        side.addWidget(self.done_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_MARGIN)
        row.addWidget(self.code, 1)
        row.addLayout(side, 1)
