"""The scanner: an event filter over the whole application that takes a scan out of the stream of keys.

`desktop.flow.scan_burst` decides; this file only feeds it and holds keys back. It works on every page and
over every dialog, since it sees a key before any window does. A scanner's end key never presses the button
that has the focus, because it never arrives there.

Keys that a person types arrive up to `max_gap_ms` + 20 ms late. Shortcuts on plain characters work: a
replayed key goes through Qt's shortcuts like any other.
"""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from shiboken6 import isValid

from desktop.flow.scan_burst import Found, HalfScan, Held, Key, RepeatedScan, Ruling, Scan, ScanBurst, ScannerSetup

GRACE_MS = 20  # a scanner's next key may be on its way through the operating system this long

_END_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_MODIFIER_KEYS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
    }
)
_TYPING_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


@dataclass(frozen=True, slots=True)
class _HeldKey:
    """A press or release held back, and the object that it was on its way to."""

    receiver: QObject
    event: QKeyEvent


class _Times:
    """When a key was pressed, in ms since the program began to listen.

    Inside a burst the event's own timestamp counts, where the platform gives one: while the window is busy,
    keys queue up and arrive at once, yet their timestamps still tell a scan from typing. A timestamp that
    stands still is none. Between bursts the arrival counts.
    """

    def __init__(self) -> None:
        self._arrival = QElapsedTimer()
        self._arrival.start()
        self._stamp_ms = 0
        self._arrival_ms = 0
        self._now_ms = 0

    def of(self, event: QKeyEvent, *, in_burst: bool) -> int:
        arrival_ms, stamp_ms = self._arrival.elapsed(), event.timestamp()
        gap_ms = arrival_ms - self._arrival_ms
        if in_burst and self._stamp_ms and stamp_ms > self._stamp_ms:
            gap_ms = stamp_ms - self._stamp_ms
        self._stamp_ms, self._arrival_ms = stamp_ms, arrival_ms
        self._now_ms += gap_ms
        return self._now_ms

    def now(self) -> int:
        """Now, on the same scale."""
        return self._now_ms + self._arrival.elapsed() - self._arrival_ms


class Scanner(QObject):
    """Recognises scans while it lives; `install` once, on the application.

    Attributes:
        limit_ms: the longest pause between two keys of one scan.
        longest_gap_ms: the longest in the last whole scan.

    Signals:
        scanned(str): a scan, once; the text as the scanner typed it.
        repeated(str): the same scan again within two seconds. Nothing needs doing.
        half_scanned(str): a burst broke off; ask for another scan.
    """

    scanned = Signal(str)
    repeated = Signal(str)
    half_scanned = Signal(str)

    def __init__(self, setup: ScannerSetup, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.limit_ms = setup.max_gap_ms
        self.longest_gap_ms = 0
        self._burst = ScanBurst(setup)
        self._times = _Times()
        self._held: list[_HeldKey] = []
        self._dropped: set[int] = set()  # keys whose press was taken out, so that their release is too
        self._replaying: tuple[int, int] | None = None  # key and timestamp of the event being replayed
        self._silence_ms = setup.max_gap_ms + GRACE_MS
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setTimerType(Qt.TimerType.PreciseTimer)
        self._silence.timeout.connect(self._on_silence)
        self._armed = QElapsedTimer()
        self._armed_for_ms = 0

    def install(self, application: QCoreApplication) -> None:
        """Start to see the keys of `application`."""
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook. True takes the event out."""
        if not isinstance(event, QKeyEvent) or (event.key(), event.timestamp()) == self._replaying:
            return False
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            return self._press(watched, event)
        if kind == QEvent.Type.KeyRelease:
            return self._release(watched, event)
        return kind == QEvent.Type.ShortcutOverride and self._claim(event)

    def _claim(self, event: QKeyEvent) -> bool:
        """Qt asks before a shortcut fires. A key that may belong to a scan is claimed, so that it comes here
        as a press.
        """
        if _is_character(event) or (event.key() in _END_KEYS and self._burst.listening):
            event.accept()
            return True
        return False

    def _press(self, watched: QObject, event: QKeyEvent) -> bool:
        at_ms = self._times.of(event, in_burst=self._burst.listening)
        if event.key() in _MODIFIER_KEYS:
            self._burst.modifier(at_ms)
            return False
        if event.isAutoRepeat():
            ruling = self._burst.other(at_ms)
        elif event.key() in _END_KEYS and not event.modifiers() & ~_TYPING_MODIFIERS:
            ruling = self._burst.end(at_ms)
        elif _is_character(event):
            ruling = self._burst.character(event.text(), at_ms)
        else:
            ruling = self._burst.other(at_ms)
        return self._obey(ruling, watched, event)

    def _obey(self, ruling: Ruling, watched: QObject, event: QKeyEvent) -> bool:
        self._settle(ruling.held)
        if ruling.key is Key.HOLD:
            self._held.append(_HeldKey(watched, event.clone()))
            self._dropped.discard(event.key())
        elif ruling.key is Key.DROP:
            self._dropped.add(event.key())
        else:
            self._dropped.discard(event.key())
        self._arm(self._silence_ms)
        self._tell(ruling.found)
        return ruling.key is not Key.PASS

    def _release(self, watched: QObject, event: QKeyEvent) -> bool:
        if any(held.event.key() == event.key() for held in self._held):
            self._held.append(_HeldKey(watched, event.clone()))
            return True
        if event.key() in self._dropped:
            self._dropped.discard(event.key())
            return True
        return False

    def _settle(self, held: Held) -> None:
        if held is Held.KEEP:
            return
        keys, self._held = self._held, []
        if held is Held.DROP:
            self._dropped |= _still_down(keys)
            return
        for key in keys:
            if isValid(key.receiver):  # a dialog may have closed in between
                self._replaying = (key.event.key(), key.event.timestamp())
                QCoreApplication.sendEvent(key.receiver, key.event)
        self._replaying = None

    def _arm(self, wait_ms: int) -> None:
        if not self._burst.listening:
            self._silence.stop()
            return
        self._armed.restart()
        self._armed_for_ms = wait_ms
        self._silence.start(wait_ms)

    def _on_silence(self) -> None:
        if self._armed.elapsed() - self._armed_for_ms > GRACE_MS:
            # The timer is late: the window was busy, and keys may be queued behind it. Let them come first.
            self._arm(GRACE_MS)
            return
        ruling = self._burst.silence(self._times.now())
        self._settle(ruling.held)
        self._arm(self._silence_ms)
        self._tell(ruling.found)

    def _tell(self, found: Found | None) -> None:
        match found:
            case None:
                return
            case Scan(text, longest_gap_ms):
                self.longest_gap_ms = longest_gap_ms
                self.scanned.emit(text)
            case RepeatedScan(text):
                self.repeated.emit(text)
            case HalfScan(text):
                self.half_scanned.emit(text)


def _is_character(event: QKeyEvent) -> bool:
    text = event.text()
    return len(text) == 1 and text.isprintable() and not event.modifiers() & ~_TYPING_MODIFIERS


def _still_down(keys: list[_HeldKey]) -> set[int]:
    """Keys of a dropped burst that were pressed and not yet released."""
    down: set[int] = set()
    for held in keys:
        if held.event.type() == QEvent.Type.KeyPress:
            down.add(held.event.key())
        else:
            down.discard(held.event.key())
    return down
