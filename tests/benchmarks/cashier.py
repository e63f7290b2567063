"""The cashier at work: from a scan to the painted card, from a key to the painted result, and the thread that paints
while a long queue drains and 100,000 cards arrive. In one process, as on a till; the server is another.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from common.card_code import CardNumber, format_number
from common.ids import StaffId
from desktop.cashier.engine import Till
from desktop.cashier.outcome import SignedIn
from desktop.cashier.people.sign_in import sign_in
from desktop.main import make_runner
from desktop.preferences import Preferences, write_preferences
from desktop.secrets import FileSecrets
from desktop.settings import Settings
from desktop.store import identity
from desktop.store.book import Book
from desktop.ui.application import OpenWindow
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import SchemeName
from desktop.ui.timings import Timings
from tests.benchmarks.cards import MadeCard
from tests.benchmarks.figures import Figure, alone, percentile
from tests.benchmarks.premises import Premises
from tests.benchmarks.till import CLOCK
from tests.helpers.heartbeat import Heartbeat, heartbeat
from tests.helpers.keyboard import Keyboard

SCANS: Final = 200
P99_MS_AIM: Final = 50
EVENT_MS_MAX: Final = 500

_PATIENCE_S: Final = 120
_PATIENT: Final = Timings(result_ms=10_000_000, undo_ms=10_000_000, lock_ms=10_000_000)
_BETWEEN_SCANS_MS: Final = 150
_BEN_PIN: Final = "0042"


def cashier(premises: Premises) -> list[Figure]:
    """Scans and stamps on a calm till; then the thread that paints, while the queue drains and a snapshot arrives."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    if not isinstance(application, QApplication):
        raise TypeError("there is an application without windows in this process")
    folder = premises.data_dir
    with _window(application, premises, folder) as work:
        with heartbeat() as draining:
            work.until(work.is_calm)
        scans, stamps = work.serve(islice(premises.fresh_cards, 1_000, 1_000 + SCANS))
        work.forget_cards()
        with heartbeat() as arriving:
            work.until(work.is_calm)
    return [
        *_times("from a scan to the painted card", scans),
        *_times("from Stamp to the painted result", stamps),
        *_gaps("10,000 operations drain", draining),
        *_gaps("100,000 cards arrive", arriving),
    ]


class _AtWork:
    """A cashier who is as fast as the window."""

    def __init__(self, opened: OpenWindow, till: Till) -> None:
        self._opened = opened
        self._till = till
        self._keyboard = Keyboard()

    def serve(self, cards: Iterator[MadeCard]) -> tuple[list[float], list[float]]:
        """Scan and stamp each card; how long each took, in ms."""
        window = self._opened.window
        scans, stamps = [], []
        for card in cards:
            # No scanner is ready again at once, and its next keys would be taken for the rest of the last scan.
            QTest.qWait(_BETWEEN_SCANS_MS)
            self._keyboard.at_ms += _BETWEEN_SCANS_MS
            painted = _Painted(window.pages.card, partial(self._shows, card.number))
            scans.append(self._timed(partial(self._scan, card.token), painted))
            painted = _Painted(window.result.banner, window.result.banner.isVisible)
            stamps.append(self._timed(self._stamp, painted))
        return scans, stamps

    def until(self, done: Callable[[], bool]) -> None:
        """Let the window work until so. Raises TimeoutError."""
        ends = perf_counter() + _PATIENCE_S
        while not done():
            if perf_counter() > ends:
                raise TimeoutError(f"after {_PATIENCE_S} s it is still not so")
            QTest.qWait(20)

    def is_calm(self) -> bool:
        """Nothing waits, and all cards are there."""
        with self._till.book.read() as connection:
            waiting = connection.execute("SELECT count(*) FROM operations WHERE state = 'waiting'").fetchone()[0]
            (whole,) = connection.execute("SELECT cursor IS NOT NULL AND staging_cursor IS NULL FROM book").fetchone()
        return bool(whole) and not waiting

    def forget_cards(self) -> None:
        """As after a cursor that the server no longer knows: the next pull brings all cards anew."""
        with self._till.book.write() as connection:
            connection.execute("UPDATE book SET cursor = NULL, staging_cursor = NULL")
        self._opened.counter.runner.hurry()

    def _scan(self, token: str) -> None:
        self._keyboard.keys(token + "⏎", gap_ms=5)

    def _stamp(self) -> None:
        QTest.keyClick(QApplication.focusWidget() or self._opened.window, Qt.Key.Key_F1)

    def _shows(self, number: str) -> bool:
        view = self._opened.window.pages.card.view
        return view is not None and view.number == format_number(CardNumber(number))

    def _timed(self, act: Callable[[], None], painted: "_Painted") -> float:
        started = perf_counter()
        act()
        painted.wait()
        return (perf_counter() - started) * 1_000


class _Painted(QObject):
    """Whether a widget was painted since, at a time when `when` held."""

    def __init__(self, widget: QWidget, when: Callable[[], bool]) -> None:
        super().__init__(widget)
        self._seen = False
        self._when = when
        self._loop = QEventLoop(self)
        widget.installEventFilter(self)

    def wait(self) -> None:
        """Let the window work, as it does on a till: it sleeps until there is an event. Raises TimeoutError."""
        if not self._seen:
            QTimer.singleShot(_PATIENCE_S * 1_000, self._loop, self._loop.quit)
            self._loop.exec()
        if not self._seen:
            raise TimeoutError("the window does not show what was asked for")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Qt's hook; it takes nothing out."""
        if event.type() == QEvent.Type.Paint and self._when():
            self._seen = True
            watched.removeEventFilter(self)
            self._loop.quit()
        return False


@contextmanager
def _window(application: QApplication, premises: Premises, folder: Path) -> Iterator[_AtWork]:
    settings = Settings(folder)
    write_preferences(folder, Preferences(sound=False))
    with Book.open(settings.book_path) as book:
        with book.read() as connection:
            who = identity.load(connection)
        till = Till(book, CLOCK, FileSecrets(folder / "secrets").load(who.till_id))
        theme = Theme(SchemeName.LIGHT)
        theme.dress(application)
        runner = make_runner(till, settings)
        opened = OpenWindow.open(application, theme, till, runner, settings, _PATIENT)
        try:
            ben = sign_in(till, StaffId(premises.hub.shop.staff["Ben"]), _BEN_PIN)
            if not isinstance(ben, SignedIn):
                raise TypeError(f"Ben could not sign in: {ben}")
            opened.counter.session.worker = ben
            yield _AtWork(opened, till)
        finally:
            opened.close()


def _times(what: str, measured: list[float]) -> list[Figure]:
    return [
        alone(f"{what}, p50", percentile(measured, 50), "ms"),
        alone(f"{what}, p99", percentile(measured, 99), "ms", most=P99_MS_AIM),
    ]


def _gaps(what: str, beats: Heartbeat) -> list[Figure]:
    return [
        alone(f"one event of the window while {what}, p99", percentile(beats.gaps_ms, 99), "ms", most=P99_MS_AIM),
        alone(f"one event of the window while {what}, longest", max(beats.gaps_ms), "ms", most=EVENT_MS_MAX),
    ]
