"""What the first run asks before there is a shop: a language, the server's address and a code."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.present import till_words, words
from desktop.present.language import NAMES, Language, in_use, tr
from desktop.present.views import Tone
from desktop.ui.theme.labels import make_note, set_tone
from desktop.ui.theme.tokens import TOUCH, UNIT, Role

_GAP = 2 * UNIT
_LANGUAGE_HEIGHT = TOUCH + 2 * UNIT


class LanguageQuestion(QWidget):
    """One large button for each language, in that language.

    Signals:
        chosen(str): this one.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {language: QPushButton(NAMES[language]) for language in Language}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP)
        for place, (language, button) in enumerate(self.buttons.items()):
            button.setObjectName(f"language_{language.value}")
            button.setAccessibleName(NAMES[language])
            button.setMinimumHeight(_LANGUAGE_HEIGHT)
            button.setProperty("role", Role.STRONG.value)
            button.setAutoDefault(True)
            button.clicked.connect(lambda _checked=False, language=language: self.chosen.emit(language.value))
            grid.addWidget(button, place // 2, place % 2)

    def take_focus(self) -> None:
        """The language that is spoken now."""
        self.buttons[in_use()].setFocus()


class ServerQuestion(QWidget):
    """Two fields, and why the last attempt did not work.

    Attributes:
        address, code: the fields.

    Signals:
        typed(str, str): the fields say this now.
        entered: Enter in one of them.
    """

    typed = Signal(str, str)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.address = QLineEdit()
        self.code = QLineEdit()
        self.message = make_note()
        self.message.setObjectName("enrol_message")
        set_tone(self.message, Tone.PERSON)
        form = QVBoxLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(UNIT)
        self._add(form, self.address, "server_address", tr(till_words.SERVER_ADDRESS), tr(words.SERVER_EXAMPLE))
        self._add(form, self.code, "enrol_code", tr(till_words.ENROL_CODE), tr(words.ENROL_CODE_EXAMPLE))
        form.addWidget(self.message)
        self.say("")

    def fill(self, address: str, code: str) -> None:
        """What was typed or scanned so far."""
        for field, text in ((self.address, address), (self.code, code)):
            if field.text() != text:
                field.setText(text)

    def say(self, text: str) -> None:
        """Why it did not work; empty for nothing to say."""
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def take_focus(self) -> None:
        """The first field that is empty."""
        (self.code if self.address.text() else self.address).setFocus()

    def _add(self, form: QVBoxLayout, field: QLineEdit, name: str, label: str, example: str) -> None:
        field.setObjectName(name)
        field.setPlaceholderText(example)
        field.setAccessibleName(label)
        field.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText)
        field.textEdited.connect(lambda _: self.typed.emit(self.address.text(), self.code.text()))
        field.returnPressed.connect(self.entered)
        said = QLabel(label)
        said.setBuddy(field)
        form.addWidget(said)
        form.addWidget(field)
