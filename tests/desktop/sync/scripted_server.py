"""A small real HTTP server on loopback that answers as a test tells it to, byte by byte where that matters."""

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What the till sent. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


# Writes the whole answer, or as much of it as the test wants; the connection is closed afterwards.
Reply = Callable[[Request, BufferedIOBase], None]


class ScriptedServer:
    """Answers every request with `reply`, which a test may change at any time. `requests` is what has arrived.

    `greeting` is sent to whoever connects, before anything is read.
    """

    def __init__(self, reply: Reply, tls: ssl.SSLContext | None, port: int, greeting: bytes) -> None:
        self.reply = reply
        self.requests: list[Request] = []
        self.closing = threading.Event()
        scripted = self

        class Handler(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                if tls is not None:
                    self.request = tls.wrap_socket(self.request, server_side=True)
                super().setup()

            def finish(self) -> None:
                super().finish()
                if tls is not None:
                    self.request.close()

            def handle(self) -> None:
                self.wfile.write(greeting)
                request = _read_request(self.rfile)
                if request is not None:
                    scripted.requests.append(request)
                    scripted.reply(request, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A till that hangs up, or wants no such certificate, is what many tests are about."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(
    reply: Reply, tls: ssl.SSLContext | None = None, port: int = 0, greeting: bytes = b""
) -> Iterator[ScriptedServer]:
    """A server for the time of the block."""
    server = ScriptedServer(reply, tls, port, greeting)
    thread = threading.Thread(target=server.run, name="scripted server")
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


def _read_request(stream: BufferedIOBase) -> Request | None:
    first = stream.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = {}
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Request(first[0], first[1], headers, body)


def raw(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> bytes:
    """A whole answer as bytes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Something", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in named.items()]
    return ("\r\n".join([*lines, "Connection: close", "", ""])).encode() + body


def answering(
    status: int, body: bytes | dict[str, Any], content_type: str = "application/json", **headers: str
) -> Reply:
    """Always the same answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return sending(raw(status, content, content_type, **headers))


def problem(status: int, code: str, **headers: str) -> Reply:
    """One of our problems."""
    body = {"type": "about:blank", "title": "Something", "status": status, "code": code}
    return answering(status, body, "application/problem+json", **headers)


def dripping(server_closing: threading.Event, interval_s: float = 0.05) -> Reply:
    """The head of an answer, then a byte now and then, for ever: each single read is quick, the whole never ends."""

    def reply(_: Request, out: BufferedIOBase) -> None:
        _write(out, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{")
        while not server_closing.wait(interval_s):
            if not _write(out, b" "):
                return

    return reply


def free_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def sending(content: bytes) -> Reply:
    """These bytes, whole answer or not."""

    def reply(_: Request, out: BufferedIOBase) -> None:
        _write(out, content)

    return reply


def silent(server_closing: threading.Event) -> Reply:
    """No answer at all, until the test is over."""

    def reply(_: Request, __: BufferedIOBase) -> None:
        server_closing.wait(10)

    return reply


def _write(out: BufferedIOBase, content: bytes) -> bool:
    try:
        out.write(content)
    except OSError:
        return False
    return True
