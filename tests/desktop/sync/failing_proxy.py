"""A proxy before the real server that fails over what a test names, as a broken gateway does."""

import http.client
from io import BufferedIOBase
from urllib.parse import urlsplit

from tests.desktop.sync.scripted_server import Request, raw


class FailingProxy:
    """A reply for `serving`: hands every request on, but answers 500 to the pushes that hold one of `poison`.

    Attributes:
        refused: how many operations each refused push had.
        paths: what was asked for.
        fails_everywhere: nothing is handed on at all.
    """

    def __init__(self, server_url: str, *poison: str) -> None:
        address = urlsplit(server_url)
        self._host, self._port = address.hostname or "", address.port or 0
        self.poison = set(poison)
        self.refused: list[int] = []
        self.paths: list[str] = []
        self.fails_everywhere = False

    def __call__(self, request: Request, out: BufferedIOBase) -> None:
        path = request.path.partition("?")[0]
        self.paths.append(path)
        if self.fails_everywhere:
            out.write(raw(500, b"<h1>Bad gateway</h1>", "text/html"))
            return
        if path == "/v1/sync/push" and self.poison & {one["key"] for one in request.json["operations"]}:
            self.refused.append(len(request.json["operations"]))
            out.write(raw(500, b"<h1>Internal Server Error</h1>", "text/html"))
            return
        connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        try:
            kept = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
            connection.request(request.method, request.path, request.body, kept)
            answer = connection.getresponse()
            out.write(raw(answer.status, answer.read(), answer.headers.get("Content-Type", "")))
        finally:
            connection.close()
