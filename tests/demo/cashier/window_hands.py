"""Hands at the till's real window: keys and clicks into it, nothing but what it shows out of it."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import look_up
from desktop.preferences import Preferences, read_preferences, write_preferences
from desktop.present.views import CardAct, ResultView
from desktop.settings import Settings
from desktop.store.cards import CardView
from desktop.sync.runner import Runner
from desktop.ui.application import OpenWindow
from desktop.ui.controls.choice import Choice
from desktop.ui.pages.page import Page
from desktop.ui.pages.till.menu import TILES
from desktop.ui.theme.theme import Theme, scheme_of
from desktop.ui.timings import Timings
from desktop.ui.widgets.operation_list import OperationList
from desktop.ui.widgets.result_banner import ResultBanner
from desktop.ui.window import TillWindow
from tests.demo.cashier.hands import PATIENCE_MS, Hands, Waited
from tests.demo.shop import Person
from tests.helpers.keyboard import calm

_W = TypeVar("_W", bound=QWidget)

_SIZE: Final = (1280, 800)
_RESULT_MS: Final = 60_000
"""A result stays until something is done, however slow the machine: the scripted cashier is never called away."""
_LOOK_MS: Final = 20
_TYPING_MS: Final = 110
"""Between two keys of a person. Faster ones are a scanner's."""
"""After this the window holds no key back any more."""
_SCANNING_MS: Final = 8
_KEYS: Final = {CardAct.STAMP: Qt.Key.Key_F1, CardAct.REDEEM: Qt.Key.Key_F2, CardAct.VOID: Qt.Key.Key_F3}
_SAID_BY_THE_PLATFORM: Final = "This plugin does not support propagateSizeHints"


@contextmanager
def window_hands(till: Till, runner: Runner, settings: Settings) -> Iterator[Hands]:
    """A cashier at the window, which is drawn offscreen and starts the runner itself."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_tell)
    application = QApplication.instance() or QApplication(["tillstamp"])
    if not isinstance(application, QApplication):
        raise TypeError("another Qt application, without windows, runs in this process")
    # The story is told in English, whatever this machine speaks, and the tour leaves no trace.
    preferences = read_preferences(settings.data_dir)
    theme = Theme(scheme_of(Preferences()))
    theme.dress(application)
    opened = OpenWindow.open(application, theme, till, runner, settings, Timings(result_ms=_RESULT_MS))
    opened.window.resize(*_SIZE)
    try:
        with _bugs_kept() as bugs:
            yield WindowHands(opened, bugs)
    finally:
        opened.close()
        write_preferences(settings.data_dir, preferences)
        qInstallMessageHandler(None)


class WindowHands:
    """Presses and reads. What the window never showed is not known here."""

    def __init__(self, opened: OpenWindow, bugs: list[BaseException]) -> None:
        self._opened = opened
        self._till = opened.counter.till
        self._clock = opened.counter.till.clock
        self._bugs = bugs

    @property
    def till(self) -> Till:
        return self._till

    @property
    def _window(self) -> TillWindow:
        """The one that is there now: another language makes a new one."""
        return self._opened.window

    @property
    def _banner(self) -> ResultBanner:
        return self._find(ResultBanner, "result")

    def sign_in(self, person: Person) -> None:
        window = self._window
        self._click(window.strip.person)
        self.wait("the people", lambda: window.page is Page.STAFF)
        self._click(self._find(QWidget, f"staff_{person.name}"))
        self.wait("the PIN pad", lambda: window.page is Page.PIN)
        self._type(person.pin)
        self._press(Qt.Key.Key_Return)
        self.wait("the sign-in", lambda: person.name in self.strip())

    def scan(self, code: str) -> str:
        known, before = look_up(self._till, code), self._banner.result
        self._scan(code)
        if isinstance(known, CardView):
            self.wait("the card", lambda: self._shows(known))
            return self._figure()
        return self._told_after(before)

    def stamp(self) -> str:
        return self._act(CardAct.STAMP)

    def redeem(self) -> str:
        return self._act(CardAct.REDEEM)

    def take_back(self) -> str:
        before = self._banner.result
        self._press(_KEYS[CardAct.VOID])
        self.wait("the question", lambda: self._window.page is Page.TAKE_BACK)
        self._press(_KEYS[CardAct.VOID])
        return self._told_after(before)

    def go_home(self) -> None:
        self._press(Qt.Key.Key_Escape)
        self.wait("the idle page", lambda: self._window.page is Page.IDLE)

    def listed(self) -> list[str]:
        return _texts(self._window.pages.idle.rows)

    def strip(self) -> str:
        view = self._window.strip.view
        if view is None:
            return ""
        told = (view.link_text, view.waiting_text, view.rejected_text, view.trouble_text, view.person_text)
        return " · ".join(part for part in told if part)

    def hurry(self) -> None:
        self._click(self._window.strip.link)

    def rejections(self) -> list[str]:
        window = self._window
        self._click(window.strip.rejected)
        self.wait("the list", lambda: window.page is Page.ATTENTION and bool(_texts(window.pages.attention.rows)))
        return _texts(window.pages.attention.rows)

    def acknowledge(self) -> None:
        self._press(Qt.Key.Key_F1)

    def places(self) -> tuple[str, ...]:
        return tuple(page.name.lower() for page, *_ in TILES)

    def visit(self, place: str) -> str:
        self._press(Qt.Key.Key_F10)
        self.wait("the menu", lambda: self._window.page is Page.MENU)
        self._click(self._find(QWidget, f"menu_{place}"))
        page = Page[place.upper()]
        self.wait(f"the page {place}", lambda: self._window.page is page)
        calm()
        labels = self._window.findChildren(QLabel)
        return " · ".join(label.text() for label in labels if label.isVisible() and label.text())

    def search(self, text: str) -> list[str]:
        found = self._window.pages.search.found
        self._type(text)
        self.wait("the cards", lambda: any(text in card.name for card in found.cards))
        return [f"{card.name}, {card.number}" for card in found.cards]

    def choose(self, name: str, value: str) -> None:
        before = self._window
        button = self._find(Choice, name).buttons[value]
        button.setFocus()
        self._press(Qt.Key.Key_Space)
        if name == "language":
            self.wait("the new window", lambda: self._window is not before and self._window.strip.view is not None)
        else:
            self.wait("the choice", button.isChecked)

    def picture(self, file: Path) -> bool:
        calm()
        if not self._window.grab().save(str(file)):
            raise OSError(f"{file} cannot be written")
        return True

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        ends_ms = self._clock.uptime_ms() + PATIENCE_MS
        while not until():
            if self._bugs:
                raise self._bugs[0]
            if self._clock.uptime_ms() > ends_ms:
                raise Waited(f"{what} did not come within {PATIENCE_MS // 1000} s; the strip says: {self.strip()}")
            QTest.qWait(_LOOK_MS)

    def _act(self, act: CardAct) -> str:
        before = self._banner.result
        button = self._window.pages.card.buttons[act]
        # Asked before: the act may be done, and the button off again, as soon as its key was pressed.
        possible = button.isEnabled()
        self._press(_KEYS[act])
        # A button that is off says why, and its key does nothing.
        return self._told_after(before) if possible else f"{button.text()}: {button.note}"

    def _told_after(self, before: ResultView | None) -> str:
        banner = self._banner

        def told() -> bool:
            return banner.result is not None and banner.result is not before and not banner.result.title.endswith("…")

        self.wait("the result", told)
        return "" if banner.result is None else _words(banner.result)

    def _shows(self, card: CardView) -> bool:
        view = self._window.pages.card.view
        return self._window.page is Page.CARD and view is not None and view.card_id == str(card.card_id)

    def _figure(self) -> str:
        view = self._window.pages.card.view
        return "" if view is None else view.stamps.count_text

    def _find(self, kind: type[_W], name: str) -> _W:
        found = self._window.findChild(kind, name)
        if found is None:
            raise Waited(f"the window shows no {name}")
        return found

    def _click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QTest.qWait(_LOOK_MS)

    def _press(self, key: Qt.Key) -> None:
        QTest.keyClick(self._window.windowHandle(), key)
        QTest.qWait(_LOOK_MS)

    def _type(self, text: str) -> None:
        for character in text:
            key = Qt.Key(ord(character.upper()))
            modifier = Qt.KeyboardModifier.ShiftModifier if character.isupper() else Qt.KeyboardModifier.NoModifier
            QTest.keyClick(self._window.windowHandle(), key, modifier)
            QTest.qWait(_TYPING_MS)
        calm()

    def _scan(self, code: str) -> None:
        """As a scanner types and a platform passes it on: quickly, each key with the moment of its press."""
        at_ms = self._clock.uptime_ms()
        for character in f"{code}\r":
            at_ms += _SCANNING_MS
            key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(at_ms)
                QCoreApplication.sendEvent(self._window.windowHandle(), event)
        calm()


@contextmanager
def _bugs_kept() -> Iterator[list[BaseException]]:
    """What a slot of the window raises: Qt tells only this hook of it."""
    bugs: list[BaseException] = []

    def keep(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        bugs.append(error)

    before, sys.excepthook = sys.excepthook, keep
    try:
        yield bugs
    finally:
        sys.excepthook = before


def _tell(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Qt's own words, but for the one line that the offscreen platform says of itself."""
    if not message.startswith(_SAID_BY_THE_PLATFORM):
        sys.stderr.write(f"Qt: {message}\n")


def _texts(rows: OperationList) -> list[str]:
    """The rows as they are read aloud."""
    model = rows.model()
    return [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]


def _words(view: ResultView) -> str:
    return f"{view.title}. {view.detail}" if view.detail else view.title
