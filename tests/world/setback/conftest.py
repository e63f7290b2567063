"""A server and a shop of a test's own, and a clock that everybody goes by."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store.migrate import upgrade
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.real_hub import running_hub
from tests.world.setback.machines import TERMS, World


@pytest.fixture
def world(databases: Databases, tmp_path: Path, blank_book: bytes) -> Iterator[World]:
    url = databases.make(upgrade)
    clock = ManualClock()
    with running_hub(url, tmp_path / "hub", clock) as hub:
        hub.open_shop(TERMS)
        yield World(hub, url, clock, tmp_path, blank_book)
    databases.drop(url)
