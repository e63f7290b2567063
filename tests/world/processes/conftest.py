"""One server process over a database of the test's own, and folders for tills that enrol at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from server.store.engine import make_engine
from server.store.migrate import upgrade
from tests.helpers.real_hub import RealHub
from tests.world.processes.commands import TillCommands, environment
from tests.world.processes.server_process import ServerProcess

NewTill = Callable[..., TillCommands]


@pytest.fixture
def database_url(fresh_database: Callable[..., str]) -> str:
    return fresh_database(upgrade)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """The server, running."""
    settings = environment(TILLSTAMP_DATABASE_URL=database_url, TILLSTAMP_DATA_DIR=str(tmp_path / "server"))
    with ServerProcess(settings, tmp_path / "server.log") as server:
        yield server


@pytest.fixture
def shop(server: ServerProcess, database_url: str) -> Iterator[RealHub]:
    """The running server's shop, which the test may open, ask and change behind its back."""
    engine = make_engine(database_url)
    yield RealHub(server.url, engine, SystemClock())
    engine.dispose()


@pytest.fixture
def new_till(tmp_path: Path, blank_book: bytes, shop: RealHub) -> NewTill:
    """`new_till(name, store, url)`: a folder whose till enrolled and synced through its own command."""

    def make(name: str = "front", store: str = "gare", url: str | None = None) -> TillCommands:
        till = TillCommands(tmp_path / name)
        till.folder.mkdir()
        till.book.write_bytes(blank_book)
        enrolled = till("enrol", "--server", url or shop.url, "--code", shop.code(name, store), "--json").json
        assert enrolled["synced"], enrolled
        return till

    return make
