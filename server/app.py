"""The app: everything a server process needs, built from settings and a clock; nothing is built at import."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Engine, event
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from common.clock import Clock
from common.version import VERSION
from server.access.rates import Rate
from server.api import enrol, events, health, park, problems, pull, push, rotate
from server.api.admission import Admission
from server.api.deps import Hub, ProblemError
from server.api.described import PROBLEMS, DescribedApi
from server.api.observed import Observed
from server.incarnation import read_life
from server.observing.figures import Figures
from server.observing.fleet import FleetCollector
from server.operate.fleet import read_fleet
from server.settings import Settings
from server.store.engine import make_engine
from server.store.fence.sharded import notice_citus
from server.store.wake.listen import Wake

_RESOURCES: Final = (enrol, rotate, push, park, pull, events, health)

ROUTES: Final = frozenset(
    route.path for resource in _RESOURCES for route in resource.router.routes if isinstance(route, APIRoute)
)
"""Every address that is told apart in figures and logs."""


def create_app(settings: Settings, clock: Clock) -> FastAPI:
    """The server's app on the database that `settings` names; the caller sees to an embedded one.

    Raises ValueError when no DATABASE_URL is set, FileTrouble when the data directory cannot be used.
    """
    if settings.database_url is None:
        raise ValueError("the app needs the address of a database")
    engine = make_engine(settings.database_url, pool_size=settings.database_connections, prepares=settings.prepares)
    notice_citus(engine)
    figures = Figures(further=[FleetCollector(partial(read_fleet, engine), clock)])
    _watch_pool(engine, figures, settings.database_connections)
    life = read_life(settings.data_dir, clock)
    hub = Hub(
        engine=engine,
        feed_engine=engine.execution_options(isolation_level="REPEATABLE READ"),
        clock=clock,
        incarnation=life.incarnation,
        receipt_key=life.receipt_key,
        wake=Wake(settings.session_url or settings.database_url, on_hearing=lambda hears: figures.deaf.set(not hears)),
        figures=figures,
        till_version=settings.till_version,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        listening = asyncio.create_task(hub.wake.run())
        figures.processes.set(1)
        yield
        figures.processes.set(0)
        listening.cancel()
        # Only its cancellation ends it; a bug that did comes to light here.
        with suppress(asyncio.CancelledError):
            await listening
        engine.dispose()

    app = DescribedApi(
        title="Tillstamp",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # An address that is nearly right is wrong: a redirected POST would come again, or not at all.
        redirect_slashes=False,
    )
    app.state.hub = hub
    problems.install(app)
    app.add_middleware(
        Admission,
        clock=clock,
        till=Rate(settings.till_requests_per_s, settings.till_requests_burst),
        address=Rate(settings.address_requests_per_s, settings.address_requests_burst),
    )
    if settings.trusted_proxy_list:
        # Added after admission, so before it: it counts whom the proxy speaks for.
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxy_list)

    @app.exception_handler(ProblemError)
    def problem(_request: Request, error: ProblemError) -> Response:
        return problems.problem_response(error.code)

    for resource in _RESOURCES:
        app.include_router(resource.router, responses=PROBLEMS)
    # Added last, so first of all: what admission refuses is counted too.
    app.add_middleware(Observed, figures=figures, routes=ROUTES)
    return app


def _watch_pool(engine: Engine, figures: Figures, most: int) -> None:
    """Count the connections in use: when all are, requests wait for one."""
    figures.connections_max.set(most)
    event.listen(engine, "checkout", lambda *_: figures.connections.inc())
    event.listen(engine, "checkin", lambda *_: figures.connections.dec())
