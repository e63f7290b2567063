"""Serve: the server as a command, from the database's start to its stop."""

import importlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

import structlog

from common.clock import Clock
from server.database import Database, running_database
from server.operate.supervisor import tell_supervisor
from server.processes.certificate import tls_of
from server.serving import serving
from server.settings import Settings
from server.store import migrate
from server.store.embedded import EmbeddedPostgresError
from server.trouble import AddressTrouble

_log = structlog.get_logger(__name__)


def serve(settings: Settings, clock: Clock, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. `on_ready` is told the address once requests are answered.

    Raises DatabaseTrouble, AddressTrouble, CertificateTrouble and WorkersFailed.
    """
    scheme = "http" if tls_of(settings) is None else "https"
    with (
        _stopping_on_signals(),
        _listening(settings) as listener,
        _loading("server.processes.run") as processes,
        serving(settings.data_dir),
        running_database(settings) as database,
    ):
        migrate.upgrade(database.url)
        if settings.database_url is None:
            settings = settings.model_copy(update={"database_url": database.url})

        def ready() -> None:
            on_ready(_address_of(listener, scheme))
            tell_supervisor("READY=1")

        def stopping() -> None:
            tell_supervisor("STOPPING=1")

        run: Callable[..., None] = processes.result().run
        with _kept_running(database):
            run(settings, clock, listener, ready, stopping)


@contextmanager
def _loading(module: str) -> Iterator[Future[ModuleType]]:
    """The module, loaded while the database starts: HTTP takes as long as that."""
    with ThreadPoolExecutor(1, "loading") as thread:
        yield thread.submit(importlib.import_module, module)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The listening socket, ours, so that a taken port is told before the database is started, and port 0 is known."""
    try:
        places = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # TCP by name: asyncio turns Nagle's algorithm off only where the socket says so, and every answer would
        # otherwise wait 40 ms for the other side's delayed acknowledgement.
        listener = socket.socket(places[0][0], socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise AddressTrouble(f'There is no address "{settings.host}" to listen at. Check TILLSTAMP_HOST.') from error
    with listener:
        if os.name == "posix":
            # A restarted server need not wait until the kernel has forgotten the old one's connections.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(places[0][4])
        except OSError as error:
            raise AddressTrouble(
                f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
                "Is the server running already? Another port is chosen with --port or TILLSTAMP_PORT."
            ) from error
        yield listener


def _address_of(listener: socket.socket, scheme: str) -> str:
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal stop like Ctrl-C, at whatever point: as an exception that unwinds what was begun.

    Uvicorn takes SIGINT and SIGTERM over while it serves, lets open requests finish, and raises them again when it is
    done; without these handlers that would end the process before the database is stopped. Once we are stopping,
    further signals are ignored.
    """

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in handled:
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped(number)

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)

    handled = (signal.SIGINT, signal.SIGTERM)
    before: dict[int, Any] = {number: signal.signal(number, stop) for number in handled}
    if hasattr(signal, "SIGHUP"):
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, pass_on)
    try:
        yield
    except _Stopped:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Stopped(BaseException):
    """Somebody asked us to stop. No error, and nothing that an `except Exception` on the way may catch."""


@contextmanager
def _kept_running(database: Database) -> Iterator[None]:
    """Restarts an embedded database that dies, while we serve."""
    if database.embedded is None:
        yield
        return
    stopping = threading.Event()
    watcher = threading.Thread(target=database.embedded.watch, args=(stopping, _tell), name="database watch")
    watcher.start()
    try:
        yield
    finally:
        stopping.set()
        watcher.join()


def _tell(trouble: EmbeddedPostgresError | None) -> None:
    if trouble is None:
        _log.warning("the database had died and was restarted")
    else:
        _log.error("the database died and cannot be restarted yet", trouble=str(trouble))
