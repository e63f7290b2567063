"""What is chosen for this till: language, colours, size of texts, sound, and how it behaves."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.preferences import LOCK_MINUTES, Look, Preferences, TextSize
from desktop.present import till_words, words
from desktop.present.language import NAMES, Language, in_use, tr
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.controls.choice import Choice
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import TOUCH, UNIT, Role

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT

_ON = "on"
_OFF = "off"


class SettingsPage(QWidget):
    """One row for each preference.

    Attributes:
        preferences: what is shown.

    Signals:
        changed(str, object): a preference, by its name, is to have this value.
        printer_changed(str): slips are to be printed there.
        slip_wanted: print a slip that shows whether the printer prints.
        sound_wanted: play a sound that shows how loud it is.
        autostart_wanted(bool): start with the computer, or not.
        back: away from here.
    """

    changed = Signal(str, object)
    printer_changed = Signal(str)
    slip_wanted = Signal()
    sound_wanted = Signal()
    autostart_wanted = Signal(bool)
    back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_page")
        self.preferences = Preferences()
        self.language = Choice(tr(words.LANGUAGE), {language: NAMES[language] for language in Language})
        self.look = Choice(tr(words.LOOK), {look: tr(words.LOOKS[look]) for look in Look})
        self.text_size = Choice(tr(words.TEXT_SIZE), {size: tr(words.TEXT_SIZES[size]) for size in TextSize})
        self.lock_minutes = Choice(
            tr(words.LOCK_AFTER), {str(count): tr(words.MINUTES).format(count=count) for count in LOCK_MINUTES}
        )
        self.switches = {name: _switch(tr(label)) for name, label in words.SWITCHES.items()}
        self.autostart = _switch(tr(till_words.START_WITH_COMPUTER))
        self.printer = QLineEdit()
        self.slip_button = ActionButton(theme, tr(words.PRINT_TEST_SLIP), Icon.PRINTER)
        self.sound_button = ActionButton(theme, tr(words.PLAY_A_SOUND), Icon.SOUND)
        self.back_button = BackButton(theme)
        make_page(self)
        self._build()

    def set_preferences(self, preferences: Preferences) -> None:
        """Show these choices."""
        self.preferences = preferences
        self.language.choose(in_use())
        self.look.choose(preferences.look)
        self.text_size.choose(preferences.text_size)
        if preferences.lock_minutes in LOCK_MINUTES:
            self.lock_minutes.choose(str(preferences.lock_minutes))
        self.printer.setText(preferences.printer)
        for name, switch in self.switches.items():
            switch.choose(_ON if getattr(preferences, name) else _OFF)

    def set_autostart(self, *, on: bool) -> None:
        """Whether the till starts with the computer."""
        self.autostart.choose(_ON if on else _OFF)

    def focus_on(self, name: str) -> None:
        """The focus to what is chosen there, so that the next key goes on from it."""
        choice = self.findChild(Choice, name)
        if choice is not None:
            choice.take_focus()

    def take_focus(self) -> None:
        """The way back; every choice is a Tab away."""
        self.back_button.setFocus()

    def _build(self) -> None:
        self.language.setObjectName("language")
        self.language.chosen.connect(lambda value: self.changed.emit("language", value))
        self.look.setObjectName("look")
        self.look.chosen.connect(lambda value: self.changed.emit("look", Look(value)))
        self.text_size.setObjectName("text_size")
        self.text_size.chosen.connect(lambda value: self.changed.emit("text_size", TextSize(value)))
        self.lock_minutes.setObjectName("lock_minutes")
        self.lock_minutes.chosen.connect(lambda value: self.changed.emit("lock_minutes", int(value)))
        for name, switch in self.switches.items():
            switch.setObjectName(name)
            switch.chosen.connect(lambda value, name=name: self.changed.emit(name, value == _ON))
        self.autostart.setObjectName("autostart")
        self.autostart.chosen.connect(lambda value: self.autostart_wanted.emit(value == _ON))
        self._name_devices()
        self.back_button.clicked.connect(self.back)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._rows())
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addWidget(make_label(Role.HEADLINE, tr(words.SETTINGS_TITLE)))
        column.addWidget(scroll, 1)
        column.addWidget(self.back_button)

    def _name_devices(self) -> None:
        self.printer.setObjectName("printer")
        self.printer.setAccessibleName(tr(words.PRINTER))
        self.printer.setPlaceholderText(tr(words.PRINTER_EXAMPLE))
        self.printer.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText)
        self.printer.setMinimumHeight(TOUCH)
        self.printer.editingFinished.connect(self._change_printer)
        self.slip_button.setObjectName("print_test_slip")
        self.slip_button.clicked.connect(self.slip_wanted)
        self.sound_button.setObjectName("play_a_sound")
        self.sound_button.clicked.connect(self.sound_wanted)

    def _change_printer(self) -> None:
        """The field also says so when the focus leaves it with nothing changed."""
        if self.printer.text().strip() != self.preferences.printer:
            self.printer_changed.emit(self.printer.text())

    def _rows(self) -> QWidget:
        plate = make_surface()
        grid = QGridLayout(plate)
        grid.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        grid.setHorizontalSpacing(_MARGIN)
        grid.setVerticalSpacing(_GAP)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 3)
        choices = (self.language, self.look, self.text_size, self.lock_minutes, *self.switches.values(), self.autostart)
        for line, choice in enumerate(choices):
            grid.addWidget(make_label(Role.BODY, choice.accessibleName(), wraps=True), line, 0)
            grid.addWidget(choice, line, 1)
        line = len(choices)
        grid.addWidget(make_label(Role.BODY, tr(words.PRINTER), wraps=True), line, 0)
        grid.addWidget(self.printer, line, 1)
        tries = QHBoxLayout()
        tries.setSpacing(UNIT)
        tries.addWidget(self.slip_button)
        tries.addWidget(self.sound_button)
        grid.addWidget(make_label(Role.BODY, tr(words.TRY_OUT), wraps=True), line + 1, 0)
        grid.addLayout(tries, line + 1, 1)
        return plate


def _switch(name: str) -> Choice:
    return Choice(name, {_ON: tr(words.ON), _OFF: tr(words.OFF)})
