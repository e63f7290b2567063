"""The server: the real app on the real PostgreSQL, called in this process, with a database that can be cut off."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from sqlalchemy import Connection, Engine, event

from server.api.deps import Hub
from server.app import create_app
from server.settings import Settings
from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.asgi import Answer, Client
from tests.helpers.databases import Databases
from tests.helpers.faults import Bug
from tests.world.simulator.world.clocks import Timeline
from tests.world.simulator.world.wire import Reply, Request

_BOOKING: Final = "INSERT INTO transactions"

Cut = Callable[[Connection], None]
"""What happens to the database's connection at the moment that it was armed for."""


class SimulatedServer:
    """One server process, its database, and an operator's own connection to it.

    Attributes:
        office: the operator's engine: what commands do beside the running server.
        under_way: requests that were sent and have not arrived yet.
        on_contact: called after each request that arrived.
        fails_over: keys of operations over which this server has a bug.
        cut_met: how often a connection was cut.
    """

    def __init__(self, databases: Databases, folder: Path, timeline: Timeline) -> None:
        self.timeline = timeline
        self.under_way: list[Request] = []
        self.on_contact: Callable[[], None] = lambda: None
        self.fails_over: set[str] = set()
        self.cut_met = 0
        self._databases = databases
        self.folder = folder
        self._cut: tuple[int | None, Cut] | None = None
        self._statements = 0
        self._dies_with_it = False
        self._loop = asyncio.Runner()
        self._url = databases.make(migrate.upgrade)
        self.office: Engine
        self._app: FastAPI
        self._start()

    @property
    def incarnation(self) -> str:
        return self._hub.incarnation

    @property
    def url(self) -> str:
        return self._url

    @property
    def _hub(self) -> Hub:
        hub: Hub = self._app.state.hub
        return hub

    def handle(self, request: Request) -> Reply | None:
        """Serve one request; None where the server dies over it, before or after it committed."""
        self._statements = 0
        answer = self._ask(request)
        died = self._dies_with_it
        self._dies_with_it = False
        if died:
            self.restart()
        self.on_contact()
        if died:
            return None
        if answer.raised is not None:
            raise answer.raised
        return Reply(answer.status, answer.headers, answer.body)

    def cut_connection(self, cut: Cut, *, at_statement: int | None, server_dies: bool) -> None:
        """Let `cut` meet the connection of the next request at that statement; None: at its commit."""

        def meet(connection: Connection) -> None:
            self.cut_met += 1
            self._cut = None
            self._dies_with_it = server_dies
            cut(connection)

        self._cut = (at_statement, meet)

    def spare_connections(self) -> None:
        """Nothing meets a connection any more."""
        self._cut = None

    def restart(self) -> None:
        """The process ends and another begins; the database stays."""
        self._stop()
        self._start()

    def close(self) -> None:
        self._stop()
        self._loop.close()
        self._databases.drop(self._url)

    def _start(self) -> None:
        self._app = create_app(Settings(database_url=self._url, data_dir=self.folder), self.timeline)
        event.listen(self._hub.engine, "before_cursor_execute", self._before_statement)
        event.listen(self._hub.engine, "commit", self._before_commit)
        self.office = make_engine(self._url, pool_size=2)

    def _stop(self) -> None:
        self._hub.engine.dispose()
        self.office.dispose()

    def _ask(self, request: Request) -> Answer:
        client = Client(self._app, run=self._run)
        return client.request(request.method, request.target, request.body, **request.headers)

    def _run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        # The entropy of the step at hand is the context's; without this the loop would run in its own.
        return self._loop.run(work, context=contextvars.copy_context())

    def _before_statement(self, connection: Connection, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        self._statements += 1
        if _BOOKING in statement and any(key in str(values) for key in self.fails_over):
            raise Bug(f"the server fails over {self.fails_over}")
        if self._cut is not None and self._cut[0] == self._statements:
            self._cut[1](connection)

    def _before_commit(self, connection: Connection) -> None:
        if self._cut is not None and self._cut[0] is None:
            self._cut[1](connection)
