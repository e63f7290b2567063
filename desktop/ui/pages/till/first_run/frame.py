"""The first run: one question on the page at a time, Back and Next under it."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.flow.first_run import FirstRun, Step
from desktop.present import till_words
from desktop.present.language import tr
from desktop.present.pages.till.first_run_view import ScanView, ShopView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.back_button import BackButton
from desktop.ui.pages.centred import centre_on
from desktop.ui.pages.scrolled import scrolled
from desktop.ui.pages.till.first_run.questions import LanguageQuestion, ServerQuestion
from desktop.ui.pages.till.first_run.step_dots import StepDots
from desktop.ui.pages.till.first_run.trials import ScannerTrial, ShopTrial, SoundTrial
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_page, make_surface
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role
from desktop.ui.widgets.emblem import Emblem

_MARGIN = 3 * UNIT
_GAP = 2 * UNIT
_WIDTH = 96 * UNIT
_HEIGHT = 66 * UNIT
_AROUND = 3 * UNIT
_EMBLEM = 16 * UNIT

_TITLES: Final = {
    Step.LANGUAGE: (till_words.WELCOME, till_words.WELCOME_HINT),
    Step.SERVER: (till_words.SERVER, till_words.SERVER_HINT),
    Step.SHOP: (till_words.SHOP, till_words.SHOP_HINT),
    Step.SCANNER: (till_words.SCANNER, till_words.SCANNER_HINT),
    Step.SOUND: (till_words.SOUND, till_words.SOUND_HINT),
    Step.READY: (till_words.READY, till_words.READY_HINT),
}


class EnrolPage(QWidget):
    """Draws a `FirstRun`, and what came of its steps.

    Attributes:
        run: what is shown.
        language, server, shop, scanner, sound: the steps.
        address, code, message: of the step that asks for the server.

    Signals:
        language_chosen(str): this language.
        typed(str, str): address and code say this now.
        connect_requested: enrol with them.
        next: one step on.
        back: one step back.
        play: play a sound.
    """

    language_chosen = Signal(str)
    typed = Signal(str, str)
    connect_requested = Signal()
    next = Signal()
    back = Signal()
    play = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("enrol_page")
        self.run = FirstRun()
        self.language = LanguageQuestion()
        self.server = ServerQuestion()
        self.shop = ShopTrial(theme)
        self.scanner = ScannerTrial(theme)
        self.sound = SoundTrial(theme)
        self.address, self.code, self.message = self.server.address, self.server.code, self.server.message
        self.back_button = BackButton(theme)
        self.next_button = ActionButton(theme, tr(till_words.NEXT), Icon.ENTER)
        self._busy = False
        self._dots = StepDots(theme)
        self._step = make_label(Role.CAPTION, muted=True)
        self._title = make_label(Role.HEADLINE, wraps=True)
        self._hint = make_label(Role.BODY, muted=True, wraps=True)
        self._steps: dict[Step, QWidget] = {
            Step.LANGUAGE: self.language,
            Step.SERVER: self.server,
            Step.SHOP: self.shop,
            Step.SCANNER: self.scanner,
            Step.SOUND: self.sound,
            Step.READY: _emblem(theme),
        }
        self._places: dict[Step, QWidget] = {}
        self._stack = QStackedWidget()
        self._plate = make_surface()
        make_page(self)
        self._build()

    def set_run(self, run: FirstRun) -> None:
        """Show this step, with what was said so far."""
        moved, self.run = self.run.step is not run.step, run
        self.server.fill(run.address, run.code)
        if moved:
            self.server.say("")
        self._stack.setCurrentWidget(self._places[run.step])
        title, hint = _TITLES[run.step]
        if run.again and run.step is Step.SERVER:
            title, hint = till_words.SERVER_AGAIN, till_words.SERVER_HINT_AGAIN
        self._title.setText(tr(title))
        self._hint.setText(tr(hint))
        said = tr(till_words.STEP_OF).format(place=run.place, count=len(run.steps))
        self._step.setText(said)
        self._dots.say(run.place, len(run.steps))
        self._dots.setAccessibleName(said)
        self.back_button.setVisible(not run.is_first)
        self._set_buttons()
        if moved:
            self.take_focus()

    def say(self, text: str, *, busy: bool = False) -> None:
        """What came of an attempt to connect, or that it is under way."""
        self._busy = busy
        self.server.say(text)
        self._set_buttons()
        if text:
            self.next_button.setFocus()

    def set_shop(self, view: ShopView) -> None:
        """How far the first snapshot is."""
        was_there = self.shop.view is not None and self.shop.view.there
        self.shop.set_view(view)
        if self.run.step is Step.SHOP:
            self._title.setText(view.title)
            self._set_buttons()
            if view.there and not was_there:
                self.take_focus()

    def set_scan(self, view: ScanView) -> None:
        """What a test scan brought."""
        self.scanner.set_view(view)
        self._set_buttons()

    def take_focus(self) -> None:
        """Where the step wants it: Enter goes on."""
        match self.run.step:
            case Step.LANGUAGE:
                self.language.take_focus()
            case Step.SERVER:
                self.server.take_focus()
            case Step.SOUND if self.sound.button.isVisibleTo(self):
                self.sound.button.setFocus()
            case _:
                (self.next_button if self.next_button.isEnabled() else self.back_button).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook. One height for all steps, so that Next stays where the hand is."""
        super().resizeEvent(event)
        self._plate.setFixedHeight(min(_HEIGHT, self.height() - 2 * _AROUND))

    def _set_buttons(self) -> None:
        """Next says what it does, and is off while it would do nothing."""
        step = self.run.step
        shop = self.shop.view
        tried = self.scanner.view is not None and self.scanner.view.good
        label = {
            Step.SERVER: till_words.CONNECTING if self._busy else till_words.CONNECT,
            Step.SCANNER: till_words.NEXT if tried else till_words.SKIP,
            Step.READY: till_words.START,
        }.get(step, till_words.NEXT)
        self.next_button.set_label(tr(label))
        said = step is Step.SERVER and bool(self.server.message.text())
        self._hint.setVisible(not said and not (step is Step.SHOP and shop is not None and shop.there))
        self.next_button.setVisible(step is not Step.LANGUAGE)
        possible = not (step is Step.SERVER and self._busy) and not (
            step is Step.SHOP and (shop is None or not shop.there)
        )
        self.next_button.set_possible(possible=possible)

    def _go_on(self) -> None:
        if self.run.step is Step.SERVER:
            self.connect_requested.emit()
        else:
            self.next.emit()

    def _build(self) -> None:
        self._title.setObjectName("first_run_title")
        self.back_button.setObjectName("first_run_back")
        self.back_button.clicked.connect(self.back)
        self.next_button.setObjectName("first_run_next")
        self.next_button.set_primary(primary=True)
        self.next_button.clicked.connect(self._go_on)
        self.language.chosen.connect(self.language_chosen)
        self.server.typed.connect(self.typed)
        self.server.entered.connect(self.next_button.click)
        self.sound.play.connect(self.play)
        for step, inside in self._steps.items():
            place = QWidget()
            column = QVBoxLayout(place)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(inside)
            column.addStretch(1)
            self._places[step] = scrolled(place, inside)
            self._stack.addWidget(self._places[step])
        plate = self._plate
        plate.setMaximumWidth(_WIDTH)
        form = QVBoxLayout(plate)
        form.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        form.setSpacing(_GAP)
        progress = QHBoxLayout()
        progress.setSpacing(_GAP)
        progress.addWidget(self._dots)
        progress.addWidget(self._step)
        progress.addStretch(1)
        form.addLayout(progress)
        form.addWidget(self._title)
        form.addWidget(self._hint)
        form.addWidget(self._stack, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(_GAP)
        buttons.addWidget(self.back_button, 1)
        buttons.addWidget(self.next_button, 2)
        form.addLayout(buttons)
        centre_on(self, plate)
        self.set_run(self.run)


def _emblem(theme: Theme) -> QWidget:
    """Everything is set, at a glance."""
    place = QWidget()
    row = QHBoxLayout(place)
    row.setContentsMargins(0, _MARGIN, 0, 0)
    row.addWidget(Emblem(theme, Icon.CHECK, _EMBLEM))
    return place
