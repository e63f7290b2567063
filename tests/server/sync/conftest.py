"""A migrated database with one shop, and tills that push to it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.clock import ManualClock
from tests.helpers.shop import OpenShop, Shop


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def engine(fresh_database: Callable[..., str]) -> Iterator[Engine]:
    engine = make_engine(fresh_database(migrate.upgrade))
    yield engine
    engine.dispose()


@pytest.fixture
def open_shop(engine: Engine, clock: ManualClock) -> OpenShop:
    """`open_shop(slug=…, terms=…)` applies a shop file to this test's database."""

    def open_shop(**said: str) -> Shop:
        return Shop.open(engine, clock, **said)

    return open_shop


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return open_shop()
