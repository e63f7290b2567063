"""The window's beginning and its end."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Self

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from desktop.cashier.engine import Till
from desktop.cashier.unanswered import take_back_unanswered
from desktop.devices.sound import Speaker, find_speaker
from desktop.flow.scan_burst import ScannerSetup
from desktop.one_window import LOOK_EVERY_MS, Doorbell
from desktop.preferences import Preferences, read_preferences
from desktop.present import language, till_words
from desktop.present.language import Language
from desktop.present.pages.till.notice_view import CLOSE, notice_of
from desktop.settings import Settings
from desktop.sync.runner import Runner
from desktop.trouble import KnownTrouble
from desktop.ui.actions.cards import card as cards
from desktop.ui.actions.till import first_run, training
from desktop.ui.bridge import Bridge
from desktop.ui.counter import Counter
from desktop.ui.devices import Devices
from desktop.ui.idle_watch import IdleWatch
from desktop.ui.pages.page import Page
from desktop.ui.pages.till.notice import NoticePage
from desktop.ui.refresh import refresh
from desktop.ui.scanner import Scanner
from desktop.ui.theme.theme import Theme, scheme_of
from desktop.ui.theme.tokens import Role, SchemeName
from desktop.ui.timings import Timings
from desktop.ui.window import TITLE, TillWindow
from desktop.ui.wiring import wire_sources, wire_window

SAY_READY_VARIABLE: Final = "TILLSTAMP_SAY_READY"
"""Set to 1, the program says `ready` on standard output once the idle page, with its rows, was painted."""

_HEARTBEAT_MS: Final = 200
_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class OpenWindow:
    """A window at work, and what keeps it at work.

    Attributes:
        counter: what it works with.
    """

    counter: Counter
    bridge: Bridge
    scanner: Scanner
    watch: IdleWatch
    ages: QTimer
    bell: "_Bell"
    _application: QApplication
    _theme: Theme
    _timings: Timings
    _closed: bool = False

    @property
    def window(self) -> TillWindow:
        """The one that is shown now."""
        return self.counter.window

    @property
    def scheme(self) -> SchemeName:
        """The colours that it is painted in."""
        return self._theme.scheme

    def font(self, role: Role) -> QFont:
        """What its texts of this role are written in."""
        return self._theme.font(role)

    @classmethod
    def open(
        cls,
        application: QApplication,
        theme: Theme,
        till: Till,
        runner: Runner,
        settings: Settings,
        timings: Timings | None = None,
        speaker: Speaker | None = None,
    ) -> Self:
        """Build the window and show it. The runner is started once the first page was painted.

        Without a `speaker` the till makes no sound.
        """
        preferences = read_preferences(settings.data_dir)
        timings = timings or Timings(lock_ms=preferences.lock_minutes * 60_000)
        window = TillWindow(theme, timings)
        bridge = Bridge(application)
        runner.observe(bridge.tell_sync)
        devices = Devices(till.clock, speaker, bridge.tell_printer)
        devices.use(preferences)
        counter = Counter(till, runner, settings.data_dir, bridge, window, preferences, lambda _: None, devices)
        setup = ScannerSetup(settings.scanner_gap_ms, settings.scanner_prefix, settings.scanner_suffix)
        scanner = Scanner(setup, application)
        wire_sources(counter, scanner)
        wire_window(counter)
        ages = QTimer(application, interval=timings.refresh_ms)
        ages.timeout.connect(partial(refresh, counter))
        watch = IdleWatch(timings.lock_ms, application)
        watch.left_alone.connect(partial(training.left_alone, counter))
        bell = _Bell(settings.data_dir, application)
        opened = cls(counter, bridge, scanner, watch, ages, bell, application, theme, timings)
        bell.rang.connect(opened.come_forward)
        counter.restyle = opened.restyle
        _OncePainted(window, lambda: True, opened._begin)
        bridge.start()
        # First of all acts, and before the exchange begins: see `_begin`.
        counter.look(partial(take_back_unanswered, till), partial(cards.tell_unanswered, counter))
        refresh(counter)
        _show(window, preferences)
        window.pages.idle.take_focus()
        return opened

    def restyle(self, rebuild: bool) -> None:
        """Make the window what the preferences say now; with `rebuild` it is built anew, on the page that it showed.

        Language and size of texts are built into every widget: a new window is simpler than a thousand updates, and
        takes no longer than a page.
        """
        preferences = self.counter.preferences
        speak(preferences, self._application)
        trains = self.counter.real is not None
        self._theme.use(scheme_of(preferences), preferences.text_size, self._application, training=trains)
        self.watch.wait(preferences.lock_minutes * self._timings.minute_ms)
        if not rebuild:
            self.window.set_watermark(_watermark(self.counter))
            _show(self.window, preferences)
            return
        old = self.window
        new = TillWindow(self._theme, self._timings)
        new.setGeometry(old.geometry())
        new.setWindowState(old.windowState())
        self.counter.window = new
        wire_window(self.counter)
        if old.strip.view is not None and not old.strip.isHidden():
            # As it stood, until it is read anew behind whatever the worker does: its keys are never gone.
            new.strip.set_view(old.strip.view)
            new.strip.show()
        new.set_watermark(_watermark(self.counter))
        training.show_cards(self.counter)
        _show(new, preferences)
        new.show_page(old.page)
        if self.counter.first_run is not None and old.page is Page.ENROL:
            first_run.show(self.counter, self.counter.first_run)
        refresh(self.counter)
        old.hide()
        old.deleteLater()

    def come_forward(self) -> None:
        """Somebody started the program again: this is the window that they want."""
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def leave(self) -> None:
        """Close the window that is shown now, without a question."""
        self.window.leave()

    def close(self) -> None:
        """End everything that the window began, and the window. What is recorded stays as it is, sent or not."""
        self._closed = True
        self.ages.stop()
        for listener in (self.scanner, self.watch):
            self._application.removeEventFilter(listener)
        if self.counter.attempt is not None:
            self.counter.attempt.give_up()
        # First the runner: an act that waits for the server's word gives up with it.
        self.counter.runner.stop()
        if self.counter.real is not None:
            self.counter.real.runner.stop()
        self.counter.devices.close()
        self.bridge.close()
        if self.counter.real is not None:
            self.counter.real.training.end()
        self.window.leave()
        # Here and now: left to Python's garbage collector, they might be taken apart on another thread.
        for mine in (self.window, self.bridge, self.scanner, self.watch, self.ages, self.bell):
            mine.deleteLater()
            QCoreApplication.sendPostedEvents(mine, QEvent.Type.DeferredDelete)

    def _begin(self) -> None:
        """Behind the first paint: what takes its time, and what needs a window to make sense."""
        if self._closed:
            return
        self.scanner.install(self._application)
        self.watch.install(self._application)
        self.ages.start()
        # Behind what the worker already has: what a dying till left undecided is decided before anything is sent.
        runner = self.counter.runner
        self.counter.look(lambda: None, lambda _: runner.start())


def run(till: Till, runner: Runner, settings: Settings) -> int:
    """Open the window and work until it is closed; the process's exit status."""
    application, theme = _start(read_preferences(settings.data_dir))
    speaker = find_speaker(settings.data_dir / "sounds")
    opened = OpenWindow.open(application, theme, till, runner, settings, speaker=speaker)
    idle = opened.window.pages.idle
    if os.environ.get(SAY_READY_VARIABLE) == "1":
        _OncePainted(idle, lambda: idle.view is not None, _say_ready)
    with _ended_by_signals(opened.leave):
        try:
            return application.exec()
        finally:
            opened.close()


def tell(trouble: KnownTrouble) -> None:
    """Say in a small window why there is no till to open, until it is closed."""
    application, theme = _start(Preferences())
    page = NoticePage(theme)
    page.set_view(replace(notice_of(trouble), button=language.tr(CLOSE)))
    page.setWindowTitle(TITLE)
    page.pressed.connect(page.close)
    page.show()
    page.take_focus()
    with _ended_by_signals(application.closeAllWindows):
        application.exec()


def _start(preferences: Preferences) -> tuple[QApplication, Theme]:
    application = QApplication(sys.argv[:1])
    application.setApplicationName(TITLE)
    speak(preferences, application)
    theme = Theme(scheme_of(preferences), preferences.text_size)
    theme.dress(application)
    return application, theme


def speak(preferences: Preferences, application: QApplication) -> None:
    """Use the language that was chosen, or the system's, and its direction of writing."""
    chosen = preferences.language
    language.use(Language(chosen) if chosen in set(Language) else language.spoken_by(QLocale.system().name()))
    application.setLayoutDirection(QLocale(language.in_use()).textDirection())


def _show(window: TillWindow, preferences: Preferences) -> None:
    if preferences.kiosk:
        window.showFullScreen()
    elif window.isFullScreen():
        window.showNormal()
    else:
        # Not showNormal: a window that fills the screen with its frame stays so.
        window.show()


def _watermark(counter: Counter) -> str:
    return "" if counter.real is None else language.tr(till_words.TRAINING)


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


@contextmanager
def _ended_by_signals(end: Callable[[], object]) -> Iterator[None]:
    """Let Ctrl-C and a service's stop close the window as its own button would.

    Python hears a signal only while it runs, and Qt's loop hardly lets it: a timer does.
    """
    heartbeat = QTimer(interval=_HEARTBEAT_MS)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    # Later, not here: a signal is heard at any line of ours, in the middle of a painting too.
    before = {number: signal.signal(number, lambda *_: QTimer.singleShot(0, end)) for number in _ENDINGS}
    try:
        yield
    finally:
        heartbeat.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


class _Bell(QObject):
    """Looks for a second start of the program.

    Signals:
        rang: there was one.
    """

    rang = Signal()

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._bell = Doorbell(folder)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if self._bell.rang():
            self.rang.emit()


class _OncePainted(QObject):
    """Calls once, behind the first paint of a widget for which `when` holds; then it goes."""

    def __init__(self, widget: QWidget, when: Callable[[], bool], then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._when = when
        self._then = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook; it takes nothing out."""
        if event.type() == QEvent.Type.Paint and self._when():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
            self.deleteLater()
        return False
