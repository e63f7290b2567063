"""Observed: each request is counted, timed, and told in the log with whose it is."""

import asyncio
from collections.abc import Container
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.wire.events import EVENTS_PATH
from server.observing.figures import OTHER, Figures
from server.observing.request import request_in_hand

_TOO_MANY: Final = 429
_HUNG_UP: Final = 499
"""No status that is sent: as nginx counts it."""

_OFTEN: Final = frozenset({EVENTS_PATH, "/v1/sync/pull", "/v1/sync/push", "/healthz", "/readyz", "/metrics"})
"""Asked all day by tills that have nothing to say; told in the log when they have, or when something is amiss."""

_log = structlog.get_logger(__name__)


class Observed:
    """The outermost layer, so that what admission refuses is counted too."""

    def __init__(self, app: ASGIApp, figures: Figures, routes: Container[str]) -> None:
        self._app = app
        self._figures = figures
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with request_in_hand() as request:
            time = asyncio.get_running_loop().time
            began = time()
            route = scope["path"] if scope["path"] in self._routes else OTHER

            async def observed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    # A stream of events goes on from here all day: what is timed is the answer's beginning.
                    status, took_s = message["status"], time() - began
                    self._figures.requests.labels(route, status).inc()
                    self._figures.seconds.labels(route).observe(took_s)
                    routine = status == _TOO_MANY or (status < 400 and route in _OFTEN and not request.figures)
                    tell = _log.debug if routine else _log.info
                    tell("answered", route=route, status=status, ms=round(took_s * 1_000, 1), **request.figures)
                await send(message)

            try:
                await self._app(scope, receive, observed)
            except ClientDisconnect:
                # A till whose network failed in mid request: there is nobody to answer, and nothing was done.
                self._figures.requests.labels(route, _HUNG_UP).inc()
                _log.info("a request was cut off", route=route)
            except Exception:
                # Whoever answers it (problems.py) stands outside of this layer, and knows no longer whose it was.
                self._figures.requests.labels(route, 500).inc()
                _log.exception("a request failed", route=route)
                raise
