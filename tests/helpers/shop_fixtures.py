"""Fixtures of every test that needs a shop on a server's database. A conftest imports those it wants.

The tests of one worker share one database, and each opens a merchant of its own in it: that is quicker, and whatever
one merchant's data did to another's would fail tests.
"""

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import Engine

from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.shop import OpenShop, Shop

_numbers = count(1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def engine(databases: Databases) -> Iterator[Engine]:
    """The server's engine on a migrated database that all tests of this worker share."""
    url = databases.make(migrate.upgrade)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def own_engine(databases: Databases) -> Iterator[Engine]:
    """The server's engine on a migrated database of this test's own."""
    url = databases.make(migrate.upgrade)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def open_shop(engine: Engine, clock: ManualClock) -> OpenShop:
    """`open_shop(terms=…)` applies a shop file for a merchant of this test's own."""

    def open_shop(terms: str = "", slug: str | None = None) -> Shop:
        return Shop.open(engine, clock, slug=slug or f"roast-{next(_numbers)}", terms=terms)

    return open_shop


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return open_shop()
