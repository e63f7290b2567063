"""A printer on the network, as far as a till can tell: a real socket that takes slips, refuses, or falls silent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Self

from desktop.devices.printer import NetworkPrinter

PATIENCE_S: Final = 20.0
READY: Final = b"\x12"
NO_PAPER: Final = b"\x72"


class APrinter:
    """Takes one connection after another.

    Attributes:
        answer: what it says when it is asked for paper; empty: nothing.
        hangs_up: it breaks each connection off at once.
        slips: what it was given, one for each connection.
    """

    def __init__(self, answer: bytes = READY, *, hangs_up: bool = False) -> None:
        self.answer = answer
        self.hangs_up = hangs_up
        self.slips: list[bytes] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.reached = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, name="a printer")
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def address(self) -> NetworkPrinter:
        return NetworkPrinter("127.0.0.1", self.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.may_go_on.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE_S)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                self.reached.set()
                if not self.hangs_up:
                    self._take(line)

    def _take(self, line: socket.socket) -> None:
        line.settimeout(PATIENCE_S)
        asked = line.recv(3)
        assert asked == b"\x10\x04\x04"
        assert self.may_go_on.wait(PATIENCE_S)
        if self.answer:
            line.sendall(self.answer)
        content = b""
        while part := line.recv(65_536):
            content += part
        if content:
            self.slips.append(content)


@contextmanager
def nobody_takes_calls() -> Iterator[NetworkPrinter]:
    """An address that neither accepts nor refuses, as of a printer that hangs: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = []
        try:
            for _ in range(4):
                caller = socket.socket()
                caller.setblocking(False)
                caller.connect_ex(address)
                waiting.append(caller)
            yield NetworkPrinter(*address)
        finally:
            for caller in waiting:
                caller.close()
