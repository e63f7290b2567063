"""A merchant on a database of its own, which a test may set back in time."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop
from tests.helpers.shop_fixtures import clock, engine, open_shop, own_engine
from tests.helpers.time_machine import TimeMachine

__all__ = ["clock", "engine", "open_shop", "own_engine"]


@pytest.fixture
def shop(own_engine: Engine, clock: ManualClock) -> Shop:
    return Shop.open(own_engine, clock)


@pytest.fixture
def machine(own_engine: Engine) -> Iterator[TimeMachine]:
    machine = TimeMachine(own_engine)
    yield machine
    machine.forget()
