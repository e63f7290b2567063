"""The real server on loopback, over a database of a test's own, with a small shop that the test may change."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine, text

from common.clock import Clock
from server.access.enrolment import make_code
from server.app import create_app
from server.merchant.apply import apply_shop_file
from server.merchant.names import find_merchant, find_open_store
from server.merchant.shop_file import parse_shop_file
from server.processes.hub_server import GRACE_S, HubServer
from server.settings import Settings
from server.store.engine import in_transaction, make_engine
from tests.helpers.shop import CHEAP

SHOP = """
[merchant]
slug = "{slug}"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
{terms}
[[stores]]
slug = "gare"
name = "Gare"
[[stores]]
slug = "port"
name = "Port"
[[staff]]
name = "Ana"
pin = "4821"
role = "manager"
[[staff]]
name = "Ben"
pin = "1357"
"""


@dataclass(frozen=True, slots=True)
class RealHub:
    """A running server."""

    url: str
    engine: Engine
    clock: Clock

    def open_shop(self, terms: str = "", slug: str = "roast") -> None:
        """A merchant with two stores, Ana (manager, 4821) and Ben (1357); again: a change of its terms."""
        shop = parse_shop_file(SHOP.format(slug=slug, terms=terms), name="shop.toml")
        apply_shop_file(self.engine, shop, self.clock, file_name="shop.toml", pin_cost=CHEAP)

    def code(self, till: str = "front", store: str = "gare", slug: str = "roast") -> str:
        """An enrolment code."""
        return in_transaction(
            self.engine,
            lambda connection: (
                make_code(
                    connection,
                    merchant_id=(merchant := find_merchant(connection, slug)),
                    store_id=find_open_store(connection, merchant, store),
                    till_name=till,
                    now=self.clock.now(),
                ).code
            ),
        )

    def rows(self, statement: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement)))


@contextmanager
def running_hub(database_url: str, data_dir: Path, clock: Clock, port: int = 0) -> Iterator[RealHub]:
    """The server for the time of the block; `port` 0 takes a free one."""
    settings = Settings(database_url=database_url, data_dir=data_dir)
    listener = socket.create_server(("127.0.0.1", port))
    app = create_app(settings, clock)
    # A stream that does not end with the server is told by a stray line of uvicorn's, not by a test that hangs.
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=GRACE_S)
    server = HubServer(config, app.state.hub.wake)
    thread = threading.Thread(target=server.run, args=([listener],), name="real hub")
    thread.start()
    engine = make_engine(settings.database_url or "")
    try:
        yield RealHub(f"http://127.0.0.1:{listener.getsockname()[1]}", engine, clock)
    finally:
        server.should_exit = True
        thread.join()
        engine.dispose()
        listener.close()
