"""Before a till belongs to a shop, and when it must say anew who it is: the server's address and a code."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.pages.centred import centre_on
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_FORM_WIDTH = 80 * UNIT


class EnrolPage(QWidget):
    """Two fields, a button, and what came of it.

    Attributes:
        address, code: the fields.

    Signals:
        enrol_requested(str, str): enrol at this address with this code.
    """

    enrol_requested = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("enrol_page")
        self.address = QLineEdit()
        self.code = QLineEdit()
        self.message = make_label(Role.BODY, wraps=True)
        self.button = ActionButton(theme, tr(words.ENROL), Icon.ENTER)
        make_page(self)
        self._build()

    def begin(self, address: str) -> None:
        """Ask for a code; the address is filled in where the till has had one."""
        self.address.setText(self.address.text() or address)
        self.say("")

    def take_focus(self) -> None:
        """The first field that is empty."""
        (self.code if self.address.text() else self.address).setFocus()

    def say(self, text: str, *, busy: bool = False) -> None:
        """What came of it, or that it is being tried."""
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.button.set_label(tr(words.ENROLLING) if busy else tr(words.ENROL))
        self.button.set_possible(possible=not busy)

    def _build(self) -> None:
        self.message.setObjectName("enrol_message")
        self.button.setObjectName("enrol")
        self.button.set_primary(primary=True)
        self.button.clicked.connect(self._ask)
        plate = make_surface()
        plate.setMaximumWidth(_FORM_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _GAP, _MARGIN, _MARGIN)
        form.setSpacing(UNIT)
        form.addWidget(make_label(Role.HEADLINE, tr(words.ENROL_TITLE)))
        form.addWidget(make_label(Role.BODY, tr(words.ENROL_HINT), muted=True, wraps=True))
        form.addSpacing(UNIT)
        self._add_field(form, self.address, "server_address", tr(words.SERVER_ADDRESS), tr(words.SERVER_EXAMPLE))
        self._add_field(form, self.code, "enrol_code", tr(words.ENROL_CODE), tr(words.ENROL_CODE_EXAMPLE))
        form.addWidget(self.message)
        form.addSpacing(UNIT)
        form.addWidget(self.button)
        centre_on(self, plate)

    def _add_field(self, form: QVBoxLayout, field: QLineEdit, name: str, label: str, example: str) -> None:
        field.setObjectName(name)
        field.setPlaceholderText(example)
        field.setAccessibleName(label)
        field.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText)
        field.returnPressed.connect(self._ask)
        said = QLabel(label)
        said.setBuddy(field)
        form.addWidget(said)
        form.addWidget(field)

    def _ask(self) -> None:
        if self.button.isEnabled():
            self.enrol_requested.emit(self.address.text(), self.code.text())
