"""The relay: bytes pass, a cut is a real cut, and the port stays."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.demo.hub.network import Network
from tests.demo.hub.relay import Relay
from tests.demo.shop import GARE


@pytest.fixture
def echo() -> Iterator[str]:
    """A server that says everything back, until its caller hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            with caller:
                try:
                    while part := caller.recv(1024):
                        caller.sendall(part)
                except ConnectionError:
                    pass  # cut off, which is what these tests do

    thread = threading.Thread(target=serve, name="echo")
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def _call(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def test_bytes_pass_both_ways_until_one_end_hangs_up(echo: str) -> None:
    with Relay() as relay:
        relay.lead_to(echo)
        with _call(relay.port) as call:
            call.sendall(b"a stamp")
            assert call.recv(1024) == b"a stamp"
            call.shutdown(socket.SHUT_WR)
            assert call.recv(1024) == b""


def test_a_cut_breaks_what_is_open_and_refuses_what_is_new_until_it_is_mended(echo: str) -> None:
    with Relay() as relay:
        relay.lead_to(echo)
        with _call(relay.port) as call:
            call.sendall(b"a stamp")
            assert call.recv(1024) == b"a stamp"
            relay.cut()
            with pytest.raises(ConnectionError):
                call.sendall(b"x" * 10_000_000)
        with pytest.raises(ConnectionRefusedError):
            _call(relay.port)
        port = relay.port
        relay.mend()
        assert relay.port == port
        with _call(relay.port) as call:
            call.sendall(b"another")
            assert call.recv(1024) == b"another"


def test_who_calls_while_the_server_is_away_is_hung_up_on() -> None:
    with Relay() as relay, _call(relay.port) as call:
        assert call.recv(1024) == b""


def test_a_port_that_somebody_took_is_replaced_by_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Network({GARE: port}) as network:
            assert network.ports[GARE] not in (0, port)
