"""The window's beginning and its end."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Self

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.cashier.engine import Till
from desktop.flow.scan_burst import ScanPace
from desktop.present.pages.notice_view import CLOSE, notice_of
from desktop.settings import Settings
from desktop.sync.runner import Runner
from desktop.trouble import KnownTrouble
from desktop.ui import staff_actions
from desktop.ui.bridge import Bridge
from desktop.ui.counter import Counter
from desktop.ui.idle_watch import IdleWatch
from desktop.ui.pages.notice import NoticePage
from desktop.ui.refresh import refresh
from desktop.ui.scanner import Scanner
from desktop.ui.theme.theme import Theme, system_scheme
from desktop.ui.timings import Timings
from desktop.ui.window import TITLE, TillWindow
from desktop.ui.wiring import wire

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

    window: TillWindow
    counter: Counter
    bridge: Bridge
    scanner: Scanner
    watch: IdleWatch
    ages: QTimer
    _application: QApplication

    @classmethod
    def open(
        cls,
        application: QApplication,
        theme: Theme,
        till: Till,
        runner: Runner,
        settings: Settings,
        timings: Timings | None = None,
    ) -> Self:
        """Build the window and show it. The runner is started once the first page was painted."""
        timings = timings or Timings()
        window = TillWindow(theme, timings)
        bridge = Bridge(window)
        runner.observe(bridge.tell_sync)
        counter = Counter(till, runner, settings.data_dir, bridge, window)
        scanner = Scanner(ScanPace(settings.scanner_gap_ms), window)
        wire(counter, scanner)
        ages = QTimer(window, interval=timings.refresh_ms)
        ages.timeout.connect(partial(refresh, counter))
        watch = IdleWatch(timings.lock_ms, window)
        watch.left_alone.connect(partial(staff_actions.sign_out, counter))
        opened = cls(window, counter, bridge, scanner, watch, ages, application)
        _OncePainted(window, lambda: True, opened._begin)
        bridge.start()
        refresh(counter)
        window.show()
        window.idle.take_focus()
        return opened

    def close(self) -> None:
        """End everything that the window began, and the window. What is recorded stays as it is, sent or not."""
        self.ages.stop()
        for listener in (self.scanner, self.watch):
            self._application.removeEventFilter(listener)
        # First the runner: an act that waits for the server's word gives up with it.
        self.counter.runner.stop()
        self.bridge.close()
        self.window.close()
        # Here and now: left to Python's garbage collector, it might be taken apart on another thread.
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)

    def _begin(self) -> None:
        """Behind the first paint: what takes its time, and what needs a window to make sense."""
        self.scanner.install(self._application)
        self.watch.install(self._application)
        self.ages.start()
        self.counter.runner.start()


def run(till: Till, runner: Runner, settings: Settings) -> int:
    """Open the window and work until it is closed; the process's exit status."""
    application, theme = _start()
    opened = OpenWindow.open(application, theme, till, runner, settings)
    idle = opened.window.idle
    if os.environ.get(SAY_READY_VARIABLE) == "1":
        _OncePainted(idle, lambda: idle.view is not None, _say_ready)
    with _ended_by_signals(application):
        try:
            return application.exec()
        finally:
            opened.close()


def tell(trouble: KnownTrouble) -> None:
    """Say in a small window why there is no till to open, until it is closed."""
    application, theme = _start()
    page = NoticePage(theme)
    page.set_view(replace(notice_of(trouble), button=CLOSE))
    page.setWindowTitle(TITLE)
    page.pressed.connect(page.close)
    page.show()
    page.take_focus()
    with _ended_by_signals(application):
        application.exec()


def _start() -> tuple[QApplication, Theme]:
    application = QApplication(sys.argv[:1])
    application.setApplicationName(TITLE)
    theme = Theme(system_scheme())
    theme.dress(application)
    return application, theme


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


@contextmanager
def _ended_by_signals(application: QApplication) -> Iterator[None]:
    """Let Ctrl-C and a service's stop close the window as its own button would.

    Python hears a signal only while it runs, and Qt's loop hardly lets it: a timer does.
    """
    heartbeat = QTimer(interval=_HEARTBEAT_MS)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    # Later, not here: a signal is heard at any line of ours, in the middle of a painting too.
    before = {
        number: signal.signal(number, lambda *_: QTimer.singleShot(0, application.closeAllWindows))
        for number in _ENDINGS
    }
    try:
        yield
    finally:
        heartbeat.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


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
