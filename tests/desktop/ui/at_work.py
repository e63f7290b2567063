"""A real window on a real book, worked as a cashier works it: by keys, clicks and scans alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from common.card_code import format_number
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.devices.sound import Speaker
from desktop.settings import Settings
from desktop.store.operations import QueueCounts
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.runner import Runner
from desktop.ui.application import OpenWindow
from desktop.ui.pages.page import Page
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import SchemeName
from desktop.ui.timings import Timings
from desktop.ui.window import TillWindow
from tests.desktop import shop
from tests.helpers.keyboard import Keyboard, calm

_W = TypeVar("_W", bound=QWidget)

NOBODY_ANSWERS = "http://127.0.0.1:1"
PATIENCE_MS = 30_000
"""A bound, not a measure: on a machine that does much else, a PIN's hash alone may take seconds."""
"""Longer than the scanner holds a key back."""

PATIENT = Timings(result_ms=10_000_000, undo_ms=10_000_000, refresh_ms=10_000_000, lock_ms=10_000_000)
"""Nothing happens by itself while a test looks."""

_NUMBERS = {shop.token(place): shop.number(place) for place in range(1, 100)}


@dataclass
class AtWork:
    """A cashier at an open window."""

    opened: OpenWindow
    till: Till
    qtbot: QtBot
    keyboard: Keyboard = field(default_factory=Keyboard)

    @property
    def window(self) -> TillWindow:
        return self.opened.window

    def scan(self, text: str, gap_ms: int = 5) -> None:
        """As a scanner does: all keys in a moment, Enter last, wherever the focus is."""
        # A hand needs its time from card to card, however fast a test is.
        self.keyboard.at_ms += 500
        self.keyboard.keys(text + "⏎", gap_ms)
        calm()

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self._focused(), key)

    def type_text(self, text: str) -> None:
        """As a person does, each key after the last was let go."""
        for character in text:
            QTest.keyClicks(self._focused(), character)
            calm()

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(QPushButton, name), Qt.MouseButton.LeftButton)

    def find(self, kind: type[_W], name: str) -> _W:
        """Wait until one of the widgets with this name is seen, and give it."""

        def seen() -> list[_W]:
            return [widget for widget in self.window.findChildren(kind, name) if widget.isVisible()]

        self.until(lambda: bool(seen()))
        return seen()[0]

    def text(self, name: str) -> str:
        return self.find(QLabel, name).text()

    def until(self, true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(true, timeout=PATIENCE_MS)

    def on(self, page: Page) -> None:
        """Wait until this page is shown."""
        self.until(lambda: self.window.page is page)

    def in_another_window(self, before: TillWindow) -> None:
        """Wait until another window has taken the place of this one, and its keyboard."""
        self.until(lambda: self.window is not before and self._has_keyboard())

    def result(self) -> str:
        """Wait for a result, and read it."""
        banner = self.window.result.banner
        self.until(lambda: banner.isVisible() and banner.result is not None and "Confirming" not in banner.result.title)
        assert banner.result is not None
        return f"{banner.result.title}: {banner.result.detail}"

    def open_card(self, code: str, gap_ms: int = 5) -> None:
        """Scan one of the shop's cards, and wait until it, and not the last one, is shown."""
        self.scan(code, gap_ms)
        number = format_number(_NUMBERS[code])
        card = self.window.pages.card
        self.until(lambda: self.window.page is Page.CARD and card.view is not None and card.view.number == number)

    def enter_pin(self, name: str, pin: str) -> None:
        """Pick a person, and type on the pad's own keys."""
        self.on(Page.STAFF)
        self.click(f"staff_{name}")
        self.on(Page.PIN)
        self.type_pin(pin)

    def type_pin(self, pin: str) -> None:
        self.until(lambda: self.window.pages.pin.pad.entered == 0)
        self.type_text(pin)
        self.press(Qt.Key.Key_Return)

    def counts(self) -> QueueCounts:
        return activity.counts(self.till)

    def balance_shown(self) -> str:
        view = self.window.pages.card.view
        assert view is not None
        return view.stamps.count_text

    def _has_keyboard(self) -> bool:
        focused = QApplication.focusWidget()
        return self.window.isActiveWindow() and (focused is None or focused.window() is self.window)

    def _focused(self) -> QWidget:
        return QApplication.focusWidget() or self.window


@contextmanager
def at_work(
    qtbot: QtBot,
    qapp: QApplication,
    till: Till,
    folder: Path,
    url: str = NOBODY_ANSWERS,
    timings: Timings = PATIENT,
    speaker: Speaker | None = None,
) -> Iterator[AtWork]:
    """The window of `till`, whose server is at `url`; closed as a cashier closes it at the end."""

    def connect() -> Exchange:
        token = None if till.secrets is None else till.secrets.token
        return Exchange(till.book, Link(ServerAddress(url), token, till.clock), till.clock)

    runner = Runner(till.book, connect, till.clock, lambda: 1.0)
    till.on_recorded = runner.wake
    theme = Theme(SchemeName.LIGHT)
    theme.dress(qapp)
    opened = OpenWindow.open(qapp, theme, till, runner, Settings(folder), timings, speaker)
    try:
        opened.window.activateWindow()
        qtbot.waitUntil(opened.window.isActiveWindow, timeout=PATIENCE_MS)
        work = AtWork(opened, till, qtbot)
        # Behind the first paint: from now on a scan is a scan.
        work.until(opened.ages.isActive)
        work.until(lambda: work.window.strip.view is not None or work.window.page is not Page.IDLE)
        yield work
    finally:
        opened.close()
        qapp.setStyleSheet("")
