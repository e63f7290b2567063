"""One process that serves, or several and the one that looks after them."""

import socket
from collections.abc import Callable

from common.clock import Clock
from server.observing.figures import shared_figures
from server.processes.hub_server import run_hub
from server.processes.workers import Workers
from server.settings import Settings


def run(
    settings: Settings,
    clock: Clock,
    listener: socket.socket,
    on_ready: Callable[[], None],
    on_stopping: Callable[[], None],
) -> None:
    """Serve at `listener` until SIGINT or SIGTERM. Raises FileTrouble, CertificateTrouble and WorkersFailed."""
    if settings.workers == 1:
        run_hub(settings, clock, listener, on_ready, on_stopping)
        return
    with shared_figures() as forget_process:
        Workers(settings, clock, listener, settings.workers, forget_process, on_stopping).keep(on_ready)
