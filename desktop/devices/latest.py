"""One thread that does what it was asked last, not all that it was asked before: a device never works off a pile."""

import logging
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

_T = TypeVar("_T")

_PATIENCE_S: Final = 2.0
_log = logging.getLogger(__name__)


class Latest(Generic[_T]):
    """Calls `do` with each thing that is put, on its own thread; of what waits meanwhile only the newest is kept.

    The thread begins with the first thing. It is a daemon: a device file of the system may block for as long as it
    likes, and a program that was closed must end.
    """

    def __init__(self, name: str, do: Callable[[_T], None]) -> None:
        self._do = do
        self._changed = threading.Condition()
        self._next: _T | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def put(self, thing: _T) -> bool:
        """Have this done next; what waited until now is dropped. False once it is closed."""
        with self._changed:
            if self._closed:
                return False
            self._next = thing
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify_all()
            return True

    def close(self) -> None:
        """Drop what waits, and wait a moment for what is being done."""
        with self._changed:
            self._closed = True
            self._next = None
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_S)

    def _run(self) -> None:
        while (thing := self._taken()) is not None:
            try:
                self._do(thing)
            except Exception:
                # A bug in a device must not be the end of it: the next slip may well be printed.
                _log.exception("%s met a bug and goes on", self._thread.name)

    def _taken(self) -> _T | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next is not None)
            thing, self._next = self._next, None
            return thing
