"""A shop at a real server process, with many cards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from common.clock import SystemClock
from server.access.enrolment import make_code
from server.store.engine import in_transaction, make_engine
from tests.benchmarks.cards import MadeCard, make_cards
from tests.benchmarks.server_process import HOST, ServerProcess, free_port, serving
from tests.benchmarks.workshop import Workshop
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop

TERMS = "cooldown_minutes = 0\ndaily_limit = 1000"
"""Terms under which each stamp of a benchmark is accepted."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A server, its one shop and the shop's cards."""

    server: ServerProcess
    database_url: str
    shop: Shop
    cards: list[MadeCard]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.port}"

    def enrolment_code(self, till_name: str) -> str:
        """A code for a new till of the first store."""
        shop, now = self.shop, SystemClock().now()
        code = in_transaction(
            shop.engine,
            lambda connection: make_code(
                connection, merchant_id=shop.merchant_id, store_id=shop.stores["gare"], till_name=till_name, now=now
            ),
        )
        return code.code


@contextmanager
def hub_with_cards(floor: Workshop, card_count: int, terms: str = TERMS) -> Iterator[Hub]:
    """The server as `serve` runs it, on a database of its own."""
    url, port = floor.database(), free_port()
    engine = make_engine(url)
    shop = Shop.open(engine, ManualClock(SystemClock().now()), terms=terms)
    cards = make_cards(url, shop, card_count)
    settings = {
        "TILLSTAMP_DATABASE_URL": url,
        "TILLSTAMP_DATA_DIR": str(floor.folder / f"hub-{port}"),
        "TILLSTAMP_PORT": str(port),
    }
    log = floor.folder / f"hub-{port}.log"
    try:
        with serving(["-m", "server", "serve"], settings, log=log, port=port) as server:
            yield Hub(server, url, shop, cards)
    finally:
        engine.dispose()
