"""A network backend whose every wait ends with the request's own deadline.

HTTP libraries time single reads, so a server that sends a byte a second can hold a request for ever. Here each wait is
cut into short slices; between two of them it is asked whether the deadline has passed or the till is closing.
"""

import ssl
import threading
from collections.abc import Iterable
from typing import Any, Final

import httpcore

from common.clock import Clock

_SLICE_S: Final = 0.25
"""How long, at most, a closing till waits for a request that hangs."""


class DeadlinePassed(httpcore.TimeoutException):
    """The whole request took longer than it may."""


class Cancelled(httpcore.NetworkError):
    """The till is closing."""


class Deadline:
    """The moment, by the machine's uptime, at which the request at hand ends. Sleep counts: a request that a laptop
    slept over is over.
    """

    def __init__(self, clock: Clock, cancelled: threading.Event) -> None:
        self._clock = clock
        self._cancelled = cancelled
        self._ends_ms = 0

    def begin(self, seconds: float) -> None:
        self._ends_ms = self._clock.uptime_ms() + round(seconds * 1000)

    def left_s(self, most: float | None) -> float:
        """Seconds to wait now, at most `most`. Raises DeadlinePassed, Cancelled."""
        if self._cancelled.is_set():
            raise Cancelled("the till is closing")
        left = (self._ends_ms - self._clock.uptime_ms()) / 1000
        if left <= 0:
            raise DeadlinePassed("the request took too long")
        return left if most is None else min(left, most)


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose reads and writes keep to the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        waited = 0.0
        while True:
            try:
                return self._stream.read(max_bytes, self._deadline.left_s(_SLICE_S))
            except httpcore.ReadTimeout:
                waited += _SLICE_S
                if timeout is not None and waited >= timeout:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In small parts: the backend's own loop would start the time-out anew for every byte that a slow line takes.
        for start in range(0, len(buffer), 65_536):
            self._stream.write(buffer[start : start + 65_536], self._deadline.left_s(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        encrypted = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left_s(timeout))
        return DeadlineStream(encrypted, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections that keep to the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._backend = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._backend.connect_tcp(host, port, self._deadline.left_s(timeout), local_address, socket_options)
        return DeadlineStream(stream, self._deadline)
