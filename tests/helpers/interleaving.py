"""Two transactions whose steps a test puts in order, so that a race is forced and not hoped for."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Engine, event, text

First = TypeVar("First")
Second = TypeVar("Second")

PATIENCE_S: Final = 30.0
_LOOK_AGAIN_S: Final = 0.005

_WAITING: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[First, Second]):
    """What both gave, and whether the second had to wait for a lock of the first."""

    first: First
    second: Second
    second_waited: bool


class Gap:
    """Stops one thread right after a statement of its own, until it is let go."""

    def __init__(self, marker: str) -> None:
        self._marker = marker
        self._thread: int | None = None
        self._reached = threading.Event()
        self._go_on = threading.Event()

    def enter(self) -> None:
        """From now on, this thread stops after the statement."""
        self._thread = threading.get_ident()

    def wait_until_reached(self, running: "Future[Any]") -> None:
        """Returns when the thread has stopped. Raises what ended it, if it ended before."""
        while not self._reached.wait(_LOOK_AGAIN_S):
            if running.done():
                running.result()
                raise AssertionError(f"no statement with {self._marker!r} was executed: the gap is not there")

    def let_go(self) -> None:
        self._go_on.set()

    def after_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """A listener for SQLAlchemy's `after_cursor_execute`."""
        if self._marker in statement and threading.get_ident() == self._thread and not self._reached.is_set():
            self._reached.set()
            assert self._go_on.wait(PATIENCE_S), "nobody let the first transaction go on"


def in_the_gap(
    engine: Engine, *, after: str, first: Callable[[], First], second: Callable[[], Second]
) -> Outcome[First, Second]:
    """Run `first`, hold it after its statement that contains `after`, and run `second` meanwhile.

    The second gets as far as it can: to its end, or to where it waits for a lock. Only then the first goes on.
    """
    gap = Gap(after)

    def run_first() -> First:
        gap.enter()
        return first()

    with _listening(engine, gap), ThreadPoolExecutor(2) as threads:
        try:
            one = threads.submit(run_first)
            gap.wait_until_reached(one)
            other = threads.submit(second)
            waited = _finished_or_waiting(engine, other)
        finally:
            gap.let_go()
        return Outcome(one.result(), other.result(), waited)


def _finished_or_waiting(engine: Engine, running: "Future[Any]") -> bool:
    """Whether the database says that a transaction waits for a lock, before `running` is done."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(int(PATIENCE_S / _LOOK_AGAIN_S)):
            if connection.execute(_WAITING).scalar_one():
                return True
            if running.done():
                return False
            threading.Event().wait(_LOOK_AGAIN_S)
    raise AssertionError("the second transaction neither ended nor waited for a lock")


@contextmanager
def _listening(engine: Engine, gap: Gap) -> Iterator[None]:
    event.listen(engine, "after_cursor_execute", gap.after_statement)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", gap.after_statement)
