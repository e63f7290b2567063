"""Telling a scanner's burst of keys from a person's typing. Pure: no Qt, no clock; times are milliseconds
from the caller.

A keyboard-wedge scanner is a keyboard. What gives it away is its pace: keys at most `max_gap_ms` apart,
closed by Enter or Tab. The first keys of a burst look like typing, so every character is held back until it
is clear what it is: after `max_gap_ms` of silence it was a person, and the keys go on to where they were
meant, unchanged and in order.

    keys (gap ms)          ended      what it is
    T S 1 - 0 … (5)        Enter      a scan: "TS1-0…"; nothing reaches the window
    T S 1 - 0 4 (5)        no         half a scan: dropped and reported
    1 2 3 4 (5)            Enter      half a scan: a person does not press five keys in 200 ms
    t i o n (45)           no         a person rolling over the keys: replayed
    4 8 2 1 (180)          Enter      a person: each key is replayed after the silence, Enter passes at once
"""

from dataclasses import dataclass, field
from enum import Enum, auto

GAP_BOUNDS_MS = (20, 100)

LENGTH_MIN = 6  # characters; every card code has at least twelve, fewer than this is not worth looking up
MACHINE_LENGTH = 4  # characters that, with their end key at a scanner's pace, no person types
LENGTH_MAX = 512  # characters; a larger code is no card, and is reported as half a scan
TAIL_MS = 300  # after half a scan without its end, what follows this soon is the rest of it
REPEAT_MS = 2_000  # the same code within this time is the same scan


@dataclass(frozen=True, slots=True)
class ScannerSetup:
    """How the scanner is set up. Raises ValueError where `max_gap_ms` is outside 20–100.

    Attributes:
        max_gap_ms: its longest pause between two keys. The longer, the more a fast typist looks like a scanner: widen
            it only if scans are missed.
        prefix, suffix: what it types before and behind each code, and the code does not have.
    """

    max_gap_ms: int = 50
    prefix: str = ""
    suffix: str = ""

    def __post_init__(self) -> None:
        low, high = GAP_BOUNDS_MS
        if not low <= self.max_gap_ms <= high:
            raise ValueError(f"the gap between two keys of a scan is {low} to {high} ms, not {self.max_gap_ms}")


@dataclass(frozen=True, slots=True)
class Scan:
    """A whole scan, without the scanner's prefix and suffix; `longest_gap_ms` is the longest pause in it."""

    text: str
    longest_gap_ms: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RepeatedScan:
    """The same code again within two seconds: to be ignored."""

    text: str


@dataclass(frozen=True, slots=True)
class HalfScan:
    """A burst that broke off, or is too short or too long for a scan: "please scan again"."""

    text: str


Found = Scan | RepeatedScan | HalfScan


class Held(Enum):
    """What becomes of the keys held back until now, before anything is done with the new one."""

    KEEP = auto()
    REPLAY = auto()
    DROP = auto()


class Key(Enum):
    """What becomes of the key just pressed."""

    HOLD = auto()
    PASS = auto()
    DROP = auto()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What to do now: first with the keys held back, then with this one; and what was found, if anything."""

    held: Held
    key: Key
    found: Found | None = None


class ScanBurst:
    """The state of one keyboard. Call one method per key press; do what the ruling says.

    `at_ms` is the time of the press on any one clock that never goes back.
    """

    def __init__(self, setup: ScannerSetup) -> None:
        self._setup = setup
        self._text = ""
        self._last_ms = 0
        self._longest_gap_ms = 0
        self._eat_until_ms: int | None = None  # the rest of a burst already dealt with
        self._counted: tuple[str, int] | None = None  # the last scan that counted, and when

    @property
    def listening(self) -> bool:
        """Whether the next key may belong to a burst. While it is so, `silence` must be called when nothing
        comes.
        """
        return bool(self._text) or self._eat_until_ms is not None

    def character(self, text: str, at_ms: int) -> Ruling:
        """A key that types one visible character."""
        held, found = self._close_if_stale(at_ms)
        if self._is_rest(at_ms):
            self._eat_until_ms = max(self._eat_until_ms or at_ms, at_ms + self._setup.max_gap_ms)
            return Ruling(held, Key.DROP, found)
        self._eat_until_ms = None
        if len(self._text) >= LENGTH_MAX:
            return self._half(at_ms)
        self._longest_gap_ms = max(self._longest_gap_ms, at_ms - self._last_ms) if self._text else 0
        self._text += text
        self._last_ms = at_ms
        return Ruling(held, Key.HOLD, found)

    def end(self, at_ms: int) -> Ruling:
        """Enter, Return or Tab: the end of a burst, if there is one."""
        held, found = self._close_if_stale(at_ms)
        if self._is_rest(at_ms):
            return Ruling(held, Key.DROP, found)
        length = len(self._text)
        if length >= LENGTH_MIN:
            scan = self._count(self._text, at_ms)
            self._text = ""
            self._eat_until_ms = at_ms + self._setup.max_gap_ms  # a scanner that ends with CR and LF
            return Ruling(Held.DROP, Key.DROP, scan)
        if length >= MACHINE_LENGTH:
            return self._half(at_ms)
        if length:
            self._text = ""
            held = Held.REPLAY
        return Ruling(held, Key.PASS, found)

    def modifier(self, at_ms: int) -> None:
        """Shift and its like: part of a burst (the capitals of a token), yet no character."""
        if self._text and at_ms - self._last_ms <= self._setup.max_gap_ms:
            self._last_ms = at_ms

    def other(self, at_ms: int) -> Ruling:
        """Any other key (an arrow, F1, Ctrl+C, a key that repeats because it is held down): no scanner
        presses it.
        """
        held, found = self._close_if_stale(at_ms)
        if self._text:
            held, found = self._close(at_ms)
        return Ruling(held, Key.PASS, found)

    def silence(self, at_ms: int) -> Ruling:
        """Nothing came for longer than the gap, and nothing is queued: what is held back was all there is."""
        if self._eat_until_ms is not None and at_ms > self._eat_until_ms:
            self._eat_until_ms = None
        if not self._text:
            return Ruling(Held.KEEP, Key.PASS)
        held, found = self._close(at_ms)
        return Ruling(held, Key.PASS, found)

    def _is_rest(self, at_ms: int) -> bool:
        return not self._text and self._eat_until_ms is not None and at_ms <= self._eat_until_ms

    def _close_if_stale(self, at_ms: int) -> tuple[Held, Found | None]:
        if self._text and at_ms - self._last_ms > self._setup.max_gap_ms:
            return self._close(self._last_ms)
        return Held.KEEP, None

    def _close(self, at_ms: int) -> tuple[Held, Found | None]:
        """A burst without an end: long enough for a machine, or a person after all."""
        if len(self._text) >= LENGTH_MIN:
            ruling = self._half(at_ms)
            return ruling.held, ruling.found
        self._text = ""
        return Held.REPLAY, None

    def _half(self, at_ms: int) -> Ruling:
        found = HalfScan(self._text)
        self._text = ""
        self._eat_until_ms = at_ms + TAIL_MS
        return Ruling(Held.DROP, Key.DROP, found)

    def _count(self, text: str, at_ms: int) -> Scan | RepeatedScan:
        """Two seconds run from the scan that counted: a card left under the scanner counts again after them."""
        text = text.removeprefix(self._setup.prefix).removesuffix(self._setup.suffix)
        if self._counted is not None:
            counted, counted_ms = self._counted
            if counted == text and at_ms - counted_ms < REPEAT_MS:
                return RepeatedScan(text)
        self._counted = (text, at_ms)
        return Scan(text, self._longest_gap_ms)
