"""A place for runs, on this worker's own PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.helpers.databases import Databases
from tests.world.simulator.place import place_on
from tests.world.simulator.world.world import Place


@pytest.fixture(scope="session")
def place(databases: Databases) -> Iterator[Place]:
    with place_on(databases) as made:
        yield made
