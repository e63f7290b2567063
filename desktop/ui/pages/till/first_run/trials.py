"""What the first run shows and tries once the till belongs to a shop: the snapshot, the scanner, the sound."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.present import till_words, words
from desktop.present.language import tr
from desktop.present.pages.till.first_run_view import ScanView, ShopView
from desktop.present.views import Tone
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.controls.busy_bar import BusyBar
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.labels import make_label, make_note, set_tone
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, Role

_GAP = 2 * UNIT


class ShopTrial(QWidget):
    """How far the first snapshot is.

    Attributes:
        view: what is shown; None before the first.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: ShopView | None = None
        self.bar = BusyBar(theme)
        self.detail = make_label(Role.STRONG, wraps=True)
        self.problem = make_note()
        self.clock = make_note()
        for note in (self.problem, self.clock):
            set_tone(note, Tone.WAITING)
        self.bar.setObjectName("shop_bar")
        self.detail.setObjectName("shop_detail")
        self.problem.setObjectName("shop_problem")
        self.clock.setObjectName("shop_clock")
        column = _column(self)
        for widget in (self.bar, self.detail, self.problem, self.clock):
            column.addWidget(widget)
        column.addStretch(1)

    def set_view(self, view: ShopView) -> None:
        """Show this."""
        self.view = view
        self.bar.say(busy=not view.problem, done=view.there)
        self.bar.setAccessibleName(f"{view.title}. {view.detail}")
        for label, text in ((self.detail, view.detail), (self.problem, view.problem), (self.clock, view.clock)):
            label.setText(text)
            label.setVisible(bool(text))


class ScannerTrial(QWidget):
    """What was read last, how fast, and whether that is good.

    Attributes:
        view: what is shown; None before the first scan.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: ScanView | None = None
        self.text = make_label(Role.TITLE, tr(till_words.SCANNER_WAITS), wraps=True)
        self.pace = make_label(Role.BODY, muted=True, wraps=True)
        self.verdict = make_note()
        self.bar = BusyBar(theme)
        self.text.setObjectName("scan_text")
        self.pace.setObjectName("scan_pace")
        self.verdict.setObjectName("scan_verdict")
        column = _column(self)
        for widget in (self.bar, self.text, self.pace, self.verdict):
            column.addWidget(widget)
        column.addStretch(1)
        self.bar.say(busy=True, done=False)
        self.pace.hide()
        self.verdict.hide()

    def set_view(self, view: ScanView) -> None:
        """Show this."""
        self.view = view
        self.bar.say(busy=not view.good, done=view.good)
        self.text.setText(view.text)
        self.pace.setText(view.pace)
        self.pace.setVisible(bool(view.pace))
        set_tone(self.verdict, Tone.OK if view.good else Tone.WAITING)
        self.verdict.setText(view.verdict)
        self.verdict.show()


class SoundTrial(QWidget):
    """A button that plays the sound of a stamp.

    Signals:
        play: play it.
    """

    play = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = ActionButton(theme, tr(words.PLAY_A_SOUND), Icon.SOUND)
        self.said = make_label(Role.BODY, wraps=True)
        self.button.setObjectName("play_sound")
        self.button.clicked.connect(self._play)
        self.said.setObjectName("sound_said")
        column = _column(self)
        column.addWidget(self.button)
        column.addWidget(self.said)
        column.addStretch(1)
        self.said.hide()

    def set_possible(self, *, possible: bool) -> None:
        """Whether this computer can play anything."""
        self.button.setVisible(possible)
        if not possible:
            self._say(tr(till_words.SOUND_NONE))

    def _play(self) -> None:
        self.play.emit()
        self._say(tr(till_words.PLAYED))

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.show()


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_GAP)
    return column
