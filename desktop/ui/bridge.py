"""The only thread crossing of the window: acts go to one worker thread, their ends come back to the thread that paints.

The thread that paints never touches the network, Argon2 or the book. It hands over an `Act`, a value that says what to
do and whom to tell, and goes on painting. What the sync runner has to say comes the same way.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from desktop.devices.printer import PrinterTrouble
from desktop.sync.state import SyncState
from desktop.trouble import KnownTrouble

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Act(Generic[_T]):
    """Something to do off the thread that paints.

    Attributes:
        do: runs on the worker; may read and write the book, and take its time.
        done: gets what `do` returned, on the thread that paints.
        troubled: gets the known trouble that `do` raised, on the thread that paints.
    """

    do: Callable[[], _T]
    done: Callable[[_T], None]
    troubled: Callable[[KnownTrouble], None]


class Bridge(QObject):
    """One worker, acts in the order they were handed over.

    Signals:
        sync_changed(SyncState): the exchange with the server stands differently.
        printer_told(object): how a slip went, a PrinterTrouble or None.
        broke(): an act met a bug; the log has its traceback.
    """

    sync_changed = Signal(object)
    printer_told = Signal(object)
    broke = Signal()
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._acts: queue.SimpleQueue[Act[Any] | None] = queue.SimpleQueue()
        self._ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        # Not a daemon: an act that is being recorded when the window closes is finished first.
        self._worker = threading.Thread(target=self._work, name="acts")
        self._closed = False

    def start(self) -> None:
        self._worker.start()

    def run(self, act: Act[_T]) -> None:
        """Do `act` when the worker comes to it."""
        self._acts.put(act)

    def tell_sync(self, state: SyncState) -> None:
        """Hand the runner's news over; called on the runner's thread."""
        self.sync_changed.emit(state)

    def tell_printer(self, trouble: PrinterTrouble | None) -> None:
        """Hand on how a slip went; called on the printer's thread."""
        self.printer_told.emit(trouble)

    def close(self) -> None:
        """End the worker after the acts that it already has. What they bring is told to nobody."""
        self._closed = True
        self._acts.put(None)
        if self._worker.ident is not None:
            self._worker.join()

    def _work(self) -> None:
        while (act := self._acts.get()) is not None:
            self._ended.emit(self._do(act))

    def _do(self, act: Act[Any]) -> Callable[[], None]:
        """Carry out one act; what to call for it on the thread that paints."""
        try:
            brought = act.do()
        except KnownTrouble as trouble:
            known = trouble
            return lambda: act.troubled(known)
        except Exception:
            _log.exception("an act met a bug")
            return self.broke.emit
        return lambda: act.done(brought)

    def _tell(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()
