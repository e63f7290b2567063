"""What tests of the whole till share: a real server to speak to."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from server.store.migrate import upgrade
from tests.desktop.real_hub import RealHub, running_hub


@pytest.fixture
def hub(fresh_database: Callable[..., str], tmp_path: Path) -> Iterator[RealHub]:
    """The real server with one shop, on this machine's own clock."""
    with running_hub(fresh_database(upgrade), tmp_path / "hub", SystemClock()) as hub:
        hub.open_shop()
        yield hub
