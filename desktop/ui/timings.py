"""How long the window lets things stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """In milliseconds.

    Attributes:
        result: an act's result stays, then the till returns to the idle page.
        undo: an act may be undone with one key; the law allows 60 s (DOMAIN, "Undo").
        refresh: texts that age ("oldest 3 h") are read anew.
        lock: nobody touched the till: the next act asks who is working.
        minute: of the preferences, in which a new choice for `lock` is made.
    """

    result_ms: int = 8_000
    undo_ms: int = 60_000
    refresh_ms: int = 20_000
    lock_ms: int = 10 * 60_000
    minute_ms: int = 60_000
