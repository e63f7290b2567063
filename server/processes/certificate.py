"""The certificate that a serving process shows, kept fresh: nobody restarts a server because it was renewed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server.operate.tls import Tls
from server.settings import Settings
from server.trouble import CertificateTrouble

_log = structlog.get_logger(__name__)


def tls_of(settings: Settings) -> Tls | None:
    """What the settings name; None where we speak plain HTTP. Raises CertificateTrouble."""
    return None if settings.tls_certificate is None else Tls(settings.tls_certificate, settings.tls_key)


@contextmanager
def fresh_tls(settings: Settings) -> Iterator[Tls | None]:
    """The same, for the time of the block; files that are renewed meanwhile are taken over."""
    tls = tls_of(settings)
    if tls is None:
        yield None
        return
    stopping = threading.Event()
    watcher = threading.Thread(target=tls.watch, args=(stopping, _tell), name="certificate watch")
    watcher.start()
    try:
        yield tls
    finally:
        stopping.set()
        watcher.join()


def _tell(trouble: CertificateTrouble | None) -> None:
    if trouble is None:
        _log.info("a renewed certificate was taken over")
    else:
        _log.error("the certificate was changed and cannot be used; the one before is shown", trouble=str(trouble))
