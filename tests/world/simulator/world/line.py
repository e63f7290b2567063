"""The line between one till and the server: requests go over it one at a time, and a fault may be waiting on it."""

import json
from typing import Final, Protocol

import httpx

from tests.world.simulator.world.perils import Perils, Point
from tests.world.simulator.world.server import SimulatedServer
from tests.world.simulator.world.wire import Reply, Request

PUSH: Final = "/v1/sync/push"

LATENCY_S: Final = 0.04
"""One way, on a good day."""


class LineFault(Protocol):
    """Decides what becomes of one request. Raises httpx's errors where no whole answer comes."""

    name: str

    def carry(self, line: "Line", request: Request) -> Reply: ...


class Line(httpx.BaseTransport):
    """Carries one till's requests.

    Attributes:
        waiting: the faults that the next requests meet, in order.
        met: the names of those that were met.
        fails_over: keys; a push with one of these operations is answered 500, again and again.
        last_push: the last whole answer to a push, which a cache may give again.
    """

    def __init__(self, server: SimulatedServer, perils: Perils) -> None:
        self.server = server
        self.waiting: list[LineFault] = []
        self.met: list[str] = []
        self.fails_over: set[str] = set()
        self.last_push: Reply | None = None
        self._perils = perils

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = Request(request.method, request.url.raw_path.decode(), dict(request.headers), request.read())
        self._perils.reach(Point.BEFORE_SENDING)
        reply = self._carry(sent)
        self._perils.reach(Point.ANSWERED)
        # A till reads its clocks when an answer begins, so it must have arrived by now.
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    def _carry(self, sent: Request) -> Reply:
        if sent.target == PUSH and self._fails_over(sent.body):
            return Reply(500, {"content-type": "text/html"}, b"<html>Internal Server Error</html>")
        if not self.waiting:
            return self.deliver(sent)
        fault = self.waiting.pop(0)
        self.met.append(fault.name)
        return fault.carry(self, sent)

    def _fails_over(self, body: bytes) -> bool:
        return any(operation["key"] in self.fails_over for operation in json.loads(body)["operations"])

    def deliver(self, request: Request, *, out_s: float = LATENCY_S, back_s: float = LATENCY_S) -> Reply:
        """Bring a request to the server and its answer back. Raises httpx.ReadTimeout where the server died over it."""
        self.pass_by(out_s)
        reply = self.server.handle(request)
        self.pass_by(back_s)
        if reply is None:
            raise httpx.ReadTimeout("the server died")
        if reply.status == httpx.codes.OK and request.method == "POST":
            self.last_push = reply
        return reply

    def later(self, request: Request) -> None:
        """Leave a request on the way; it arrives after others were served."""
        self.server.under_way.append(request)

    def pass_by(self, seconds: float) -> None:
        self.server.timeline.pass_by(seconds)
