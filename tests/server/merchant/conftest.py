"""A migrated database, and a shop applied to it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from common.pin import PinCost
from server.merchant.apply import Applied, apply_shop_file
from server.merchant.shop_file import parse_shop_file
from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.clock import ManualClock

# The least that Argon2 takes: these tests are not about how slow a hash is.
CHEAP = PinCost(time_cost=1, memory_kib=8, parallelism=1)

SHOP = """
[merchant]
slug = "roast"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
[[stores]]
slug = "gare"
name = "Gare"
[[stores]]
slug = "kirchberg"
name = "Kirchberg"
[[staff]]
name = "Ana"
pin = "4821"
role = "manager"
[[staff]]
name = "Ben"
pin = "0042"
stores = ["gare"]
"""

Apply = Callable[..., Applied]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def engine(fresh_database: Callable[..., str]) -> Iterator[Engine]:
    engine = make_engine(fresh_database(migrate.upgrade))
    yield engine
    engine.dispose()


@pytest.fixture
def apply(engine: Engine, clock: ManualClock) -> Apply:
    """`apply(text)` applies a shop file at the clock's time."""

    def apply(content: str = SHOP) -> Applied:
        shop = parse_shop_file(content, name="shop.toml")
        return apply_shop_file(engine, shop, clock, file_name="shop.toml", pin_cost=CHEAP)

    return apply
