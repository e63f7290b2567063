"""A new card: from a printed one that is not in use yet, or with a number of its own."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.present import card_words, words
from desktop.present.language import tr
from desktop.present.views import NewCardView, NewCardWish
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.controls.tick import Tick
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, UNIT, Role
from desktop.ui.widgets.qr_code import QrCode

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_FORM_WIDTH = 112 * UNIT
_LOW = 54 * UNIT


class NewCardPage(QWidget):
    """Asks for a scan, or offers to make a number; whose card it is, if the customer wants.

    Attributes:
        code: the code of the card that was scanned and is not known yet; empty for none.

    Signals:
        make_requested(NewCardWish): make this card.
        back: no card after all.
    """

    make_requested = Signal(object)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_card_page")
        self.code = ""
        self.hint = make_label(Role.BODY, tr(words.NEW_CARD_HINT), muted=True, wraps=True)
        self.name, self.phone, self.email = QLineEdit(), QLineEdit(), QLineEdit()
        self.consent = Tick(theme, tr(card_words.CONSENT))
        self.make_button = ActionButton(theme, tr(words.MAKE_NUMBER), Icon.PLUS)
        self.back_button = BackButton(theme)
        make_page(self)
        self._build()

    def begin(self, code: str, shown: str) -> None:
        """Begin anew; with a `code` the card that was scanned is offered, as `shown`."""
        self.code = code
        for field in (self.name, self.phone, self.email):
            field.clear()
        self.consent.setChecked(False)
        self.hint.setText(tr(words.NEW_CARD_FOUND).format(code=shown) if code else tr(words.NEW_CARD_HINT))
        self.make_button.set_label(tr(words.MAKE_CARD) if code else tr(words.MAKE_NUMBER))
        self.make_button.set_primary(primary=bool(code))

    def take_focus(self) -> None:
        """The button, or the name where nothing was scanned yet."""
        (self.make_button if self.code else self.name).setFocus()

    def wish(self, code: str = "") -> NewCardWish:
        """What the form says, for the card scanned before or just now. Without consent it says no phone, no e-mail."""
        agreed = self.consent.isChecked()
        return NewCardWish(
            code=code or self.code,
            name=self.name.text(),
            phone=self.phone.text() if agreed else "",
            email=self.email.text() if agreed else "",
        )

    def ask(self) -> None:
        """Ask for the card, as the button does."""
        self.make_requested.emit(self.wish())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook. Where a result takes the room, its words stand for the hint."""
        super().resizeEvent(event)
        self.hint.setVisible(self.height() >= _LOW)

    def _say_what_is_kept(self) -> None:
        told = self.phone.text().strip() or self.email.text().strip()
        self.make_button.set_note(tr(card_words.NOT_KEPT) if told and not self.consent.isChecked() else "")

    def _build(self) -> None:
        self.hint.setObjectName("new_card_hint")
        for field, name, label, longest in (
            (self.name, "customer_name", card_words.NAME, 120),
            (self.phone, "customer_phone", card_words.PHONE, 40),
            (self.email, "customer_email", card_words.EMAIL, 254),
        ):
            field.setObjectName(name)
            field.setPlaceholderText(tr(label))
            field.setAccessibleName(tr(label))
            field.setMaxLength(longest)
            field.returnPressed.connect(self.ask)
            field.textChanged.connect(lambda _: self._say_what_is_kept())
        self.consent.setObjectName("consent")
        self.consent.toggled.connect(lambda _: self._say_what_is_kept())
        self.make_button.setObjectName("make_card")
        self.make_button.set_key("F1")
        self.make_button.clicked.connect(self.ask)
        self.back_button.clicked.connect(self.back)
        plate = make_surface()
        plate.setMaximumWidth(_FORM_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _GAP, _MARGIN, _MARGIN)
        form.setSpacing(_GAP)
        head = QVBoxLayout()
        head.setSpacing(HALF)
        head.addWidget(make_label(Role.HEADLINE, tr(words.NEW_CARD_TITLE)))
        head.addWidget(self.hint)
        form.addLayout(head)
        form.addLayout(_pair(self.name, self.phone))
        form.addLayout(_pair(self.email, self.consent))
        form.addLayout(_pair(self.back_button, self.make_button))
        centre_on(self, plate)


def _pair(left: QWidget, right: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(_GAP)
    row.addWidget(left, 1)
    row.addWidget(right, 1)
    return row


class CardReadyPage(QWidget):
    """The code and the number of a card that was just made, or of one that was lost.

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
        self.heading = make_label(Role.STRONG, muted=True, wraps=True)
        self.hint = make_label(Role.BODY, muted=True, wraps=True)
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
        self.heading.setText(tr(card_words.NEW_CODE) if view.replaced else tr(words.CARD_READY))
        self.hint.setText(tr(card_words.NEW_CODE_HINT) if view.replaced else tr(words.CARD_READY_HINT))
        # A card that was lost has its stamps: it is looked at, not stamped.
        self.stamp_button.setVisible(not view.replaced)
        self.done_button.set_label(tr(card_words.TO_THE_CARD) if view.replaced else tr(words.DONE))
        self.done_button.set_primary(primary=view.replaced)

    def take_focus(self) -> None:
        """Most new cards get a stamp at once."""
        (self.done_button if self.stamp_button.isHidden() else self.stamp_button).setFocus()

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
        side.addWidget(self.heading)
        side.addWidget(self.number)
        side.addWidget(self.name)
        side.addWidget(self.hint)
        side.addSpacing(_MARGIN)
        side.addWidget(self.stamp_button)
        side.addWidget(self.done_button)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_MARGIN)
        row.addWidget(self.code, 1)
        row.addLayout(side, 1)
