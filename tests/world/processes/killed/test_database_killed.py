"""`kill -9` of the embedded PostgreSQL in mid-batch: the server restarts it, and the till tries again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from server.store.embedded import EmbeddedPostgres
from tests.helpers.postgres import kill_postmaster
from tests.helpers.real_hub import RealHub
from tests.world.processes.commands import environment
from tests.world.processes.conftest import NewTill
from tests.world.processes.killed.gates import build_commit_gate, closed_gate
from tests.world.processes.killed.rest import came_to_rest
from tests.world.processes.server_process import ServerProcess
from tests.world.processes.steered_till import FREE_HANDS
from tests.world.processes.steering import Steering

BATCH: Final = 30


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory where PostgreSQL's own account may enter, and short."""
    with tempfile.TemporaryDirectory(prefix="tillstamp-killed-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        EmbeddedPostgres(Path(folder)).erase()


@pytest.fixture
def database_url(data_dir: Path) -> Iterator[str]:
    """The server's own database, which we use beside it, as its commands do. Only the server keeps it running."""
    with EmbeddedPostgres(data_dir) as database:
        yield database.start()


@pytest.fixture
def server(data_dir: Path, tmp_path: Path) -> Iterator[ServerProcess]:
    """The server with its embedded PostgreSQL."""
    with ServerProcess(environment(TILLSTAMP_DATA_DIR=str(data_dir)), tmp_path / "server.log") as server:
        yield server


def test_a_database_that_is_killed_in_mid_batch(
    shop: RealHub, new_till: NewTill, server: ServerProcess, database_url: str, data_dir: Path
) -> None:
    """Once in the middle of its COMMIT, and once before anything is written."""
    shop.open_shop(FREE_HANDS)
    till = new_till()
    build_commit_gate(database_url)
    acts = 0
    for place in ("commit", "cards"):
        with Steering(till.folder) as steering:
            steering.act(acts, BATCH)
            acts += BATCH
            with closed_gate(database_url, place) as gate:
                steering.go_online()
                gate.wait_until_reached()
                kill_postmaster(data_dir)
            steering.drain()
    came_to_rest(till, server, database_url, acts)
    assert server.log().count("the database had died and was restarted") == 2
