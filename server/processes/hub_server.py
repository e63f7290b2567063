"""One process that serves: uvicorn over the app, from its start to its stop."""

import asyncio
import gc
import socket
import sys
from collections.abc import Callable
from typing import Final

import uvicorn

from common.clock import Clock
from server.app import create_app
from server.processes.certificate import fresh_tls
from server.settings import Settings
from server.store.wake.listen import Wake

if sys.platform != "win32":
    import resource

GRACE_S: Final = 10
"""How long an open request may take when the server stops; a push takes far less."""

FILES_WANTED: Final = 65_536


class HubServer(uvicorn.Server):
    """Uvicorn, telling when it is ready, and ending the streams when it stops: it waits for every open answer.

    Where a `lifeline` is given, it stops as soon as that can be read: nothing is ever said on it, so its other end is
    gone.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        wake: Wake,
        on_started: Callable[[], None] = lambda: None,
        on_stopping: Callable[[], None] = lambda: None,
        lifeline: int | None = None,
    ) -> None:
        super().__init__(config)
        self._wake = wake
        self._on_started = on_started
        self._on_stopping = on_stopping
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._lifeline is not None:
            asyncio.get_running_loop().add_reader(self._lifeline, self._stop)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stopping()
        self._wake.close()
        await super().shutdown(sockets)

    def _stop(self) -> None:
        asyncio.get_running_loop().remove_reader(self._lifeline or 0)
        self.should_exit = True


def run_hub(
    settings: Settings,
    clock: Clock,
    listener: socket.socket,
    on_started: Callable[[], None],
    on_stopping: Callable[[], None] = lambda: None,
    lifeline: int | None = None,
) -> None:
    """Serve at `listener` until SIGINT or SIGTERM, or until the lifeline ends.

    Raises FileTrouble and CertificateTrouble.
    """
    app = create_app(settings, clock)
    _collect_garbage_rarely()
    _allow_many_connections()
    with fresh_tls(settings) as tls:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            # Which proxies are believed is ours to say (TILLSTAMP_TRUSTED_PROXIES); uvicorn believes the loopback.
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_S,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls.context,
        )
        HubServer(config, app.state.hub.wake, on_started, on_stopping, lifeline).run(sockets=[listener])


def _collect_garbage_rarely() -> None:
    """Spare the collector what lives as long as the process, and most of what a batch makes.

    A batch of 500 makes some ten thousand values that die with it, and no cycles: looking for those took a twentieth of
    a push.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _allow_many_connections() -> None:
    """A till that listens holds a connection open, and many systems begin with 1,024 files for a process."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
