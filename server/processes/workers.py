"""Several worker processes behind one listening socket, and the one that looks after them.

A worker is told to stop by the end of its line: a pipe on which nobody ever speaks to it. So it also stops when whoever
looks after it was killed, and no worker is left behind to serve without its database's keeper. On the same line the
worker says once that it is ready.
"""

import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from typing import Final

import structlog

from common.clock import Clock
from server.incarnation import read_life
from server.logs import configure_logs
from server.processes.hub_server import GRACE_S, run_hub
from server.settings import Settings
from server.trouble import WorkersFailed

PAUSE_MAX_S: Final = 30.0
"""Between two attempts at a worker that dies before it serves: one second at first, then twice as long each time."""

_PATIENCE_S: Final = GRACE_S + 5
"""Uvicorn ends open requests after GRACE_S; who has not ended by then does not end."""

_READY: Final = b"ready"

# Not forked: a child would inherit the threads' locks, and the thread that watches the database is one of them.
_SPAWN: Final = multiprocessing.get_context("spawn")

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    line: "connection.Connection[object, object]"
    ready: bool = False

    def hear(self) -> None:
        """Take note of what the line says. Its end says that the process ends, which is told elsewhere."""
        try:
            self.ready = self.line.recv_bytes() == _READY
        except EOFError:
            self.line.close()


@dataclass(slots=True)
class Workers:
    """Looks after `count` workers at one socket.

    Attributes:
        on_dead: is told the process id of each worker that ended.
        on_stopping: is told before they are ended.
    """

    settings: Settings
    clock: Clock
    listener: socket.socket
    count: int
    on_dead: Callable[[int], None] = lambda _pid: None
    on_stopping: Callable[[], None] = lambda: None
    _workers: list[_Worker] = field(default_factory=list)
    _pause_s: float = 0.0

    def keep(self, on_ready: Callable[[], None]) -> None:
        """Start the workers, tell when all of them serve, and replace each that dies; until an exception ends it.

        Raises WorkersFailed when one dies before all were ready, and FileTrouble.
        """
        # Trouble with the data directory is told here, once, and not by each worker to the log.
        read_life(self.settings.data_dir, self.clock)
        with self._ending_them():
            for _ in range(self.count):
                self._start()
            while not all(worker.ready for worker in self._workers):
                if dead := self._wait():
                    code = dead[0].process.exitcode
                    raise WorkersFailed(
                        f"A server process ended before it served (exit status {code}). The log says why."
                    )
            on_ready()
            while True:
                for worker in self._wait():
                    self._replace(worker)

    def _start(self) -> None:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_work, args=(self.settings, self.clock, self.listener, theirs), name="worker")
        process.start()
        # Only the worker has its end now, so that we hear when it ends; and only we have ours.
        theirs.close()
        self._workers.append(_Worker(process, ours))

    def _wait(self) -> list[_Worker]:
        """Those that died, as soon as something happened."""
        lines = [worker.line for worker in self._workers if not worker.ready and not worker.line.closed]
        happened = connection.wait([*lines, *(worker.process.sentinel for worker in self._workers)])
        for worker in self._workers:
            if worker.line in happened:
                worker.hear()
        return [worker for worker in self._workers if worker.process.sentinel in happened]

    def _replace(self, dead: _Worker) -> None:
        dead.process.join()
        _log.warning("a server process died and is replaced", process=dead.process.pid, status=dead.process.exitcode)
        self._workers.remove(dead)
        dead.line.close()
        self.on_dead(dead.process.pid or 0)
        if dead.ready:
            self._pause_s = 0.0
        else:
            # It would die again at once: the others need the machine meanwhile.
            self._pause_s = min(PAUSE_MAX_S, max(1.0, self._pause_s * 2))
            time.sleep(self._pause_s)
        self._start()

    @contextmanager
    def _ending_them(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.on_stopping()
            for worker in self._workers:
                worker.line.close()
            for worker in self._workers:
                worker.process.join(_PATIENCE_S)
                if worker.process.is_alive():
                    _log.error("a server process did not stop and is killed", process=worker.process.pid)
                    worker.process.kill()
                    worker.process.join()


def _work(
    settings: Settings, clock: Clock, listener: socket.socket, line: "connection.Connection[object, object]"
) -> None:
    """One worker. Ctrl-C and a closed terminal reach the whole group, but whoever looks after us says when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    configure_logs(settings.log_level)
    run_hub(settings, clock, listener, on_started=lambda: line.send_bytes(_READY), lifeline=line.fileno())
