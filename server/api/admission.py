"""Admission: how often one till, and one address, may ask. Before anything of a request is read or looked up."""

from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from common.clock import Clock
from common.wire.problem import ProblemCode
from server.access.rates import Buckets, Rate
from server.access.senders import sender_of
from server.access.tokens import sha256
from server.api.problems import problem_response

HEAD_BYTES_MAX: Final = 16 * 1024
"""Query and headers together. What stands before us reads somewhat more before it gives up."""

_TILLS: Final = "/v1/"
"""What tills ask for. /healthz, /readyz and /metrics are for whoever keeps the server running, who may ask always."""


class Admission:
    """Refuses with 429 and Retry-After whoever asks too often. A stream of events is one request, however long."""

    def __init__(self, app: ASGIApp, clock: Clock, till: Rate, address: Rate) -> None:
        self._app = app
        self._clock = clock
        self._tills = Buckets(till)
        self._addresses = Buckets(address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refusal(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        head = len(scope["query_string"]) + sum(len(name) + len(value) for name, value in scope["headers"])
        if head > HEAD_BYTES_MAX:
            return problem_response(ProblemCode.MALFORMED)
        wait_s = self._wait_s(scope) if scope["path"].startswith(_TILLS) else 0
        return problem_response(ProblemCode.TOO_MANY_REQUESTS, retry_after_s=wait_s) if wait_s else None

    def _wait_s(self, scope: Scope) -> float:
        now_ms = self._clock.uptime_ms()
        client = scope.get("client")
        wait_s = self._addresses.take(sender_of(client[0] if client else None), now_ms)
        authorization = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        if wait_s or authorization is None:
            return wait_s
        # Whether there is such a till is not known yet. A made-up token has a bucket too, and its address pays for it.
        return self._tills.take(sha256(authorization.decode("latin-1")), now_ms)
