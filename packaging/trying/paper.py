"""A receipt printer on the network: it takes what is sent and says nothing, as many do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Paper:
    """What came out of it."""

    port: int
    printed: bytearray = field(default_factory=bytearray)


@contextmanager
def printer() -> Iterator[Paper]:
    """A printer on loopback, until the end of the `with`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        paper = Paper(listening.getsockname()[1])
        threading.Thread(target=_take, args=(listening, paper), daemon=True).start()
        yield paper
        # Wakes the thread, which else would wait for ever on a socket that is closed under it.
        listening.shutdown(socket.SHUT_RDWR)


def _take(listening: socket.socket, paper: Paper) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            while part := connection.recv(4096):
                paper.printed += part
