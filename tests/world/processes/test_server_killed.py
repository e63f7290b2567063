"""`kill -9` of the server, and of PostgreSQL, in mid-batch: the till drains by itself once they are back."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from server.store.embedded import EmbeddedPostgres
from tests.desktop.real_hub import RealHub
from tests.helpers.postgres import kill_postmaster
from tests.world.accounts import agree, keys_of_book, outcomes_of_server
from tests.world.processes.commands import TillCommands, environment
from tests.world.processes.conftest import NewTill
from tests.world.processes.gates import build_commit_gate, closed_gate, wait_for_rows
from tests.world.processes.server_process import ServerProcess
from tests.world.processes.steered_till import FREE_HANDS
from tests.world.processes.steering import Steering

BATCH: Final = 30


def everything_came_to_rest(till: TillCommands, server: ServerProcess, database_url: str, acts: int) -> None:
    """Each act arrived once, both books say the same, and the audit finds nothing."""
    keys = keys_of_book(till.book)
    assert len(keys) == acts
    assert outcomes_of_server(database_url) == {key: ["accepted"] for key in keys}
    agree(till.book, database_url)
    assert server.command("audit").status == 0


def test_a_server_that_is_killed_in_mid_batch(
    shop: RealHub, new_till: NewTill, server: ServerProcess, database_url: str
) -> None:
    """Once before anything is written, and once when all is committed and nobody was told."""
    shop.open_shop(FREE_HANDS)
    till = new_till()
    build_commit_gate(database_url)
    with Steering(till.folder) as steering:
        steering.act(0, 1)
        steering.go_online()
        steering.drain()
    with Steering(till.folder) as steering:
        steering.act(1, BATCH)
        with closed_gate(database_url, "cards") as gate:
            steering.go_online()
            gate.wait_until_reached()
            server.kill()
        assert len(outcomes_of_server(database_url)) == 1, "the batch is rolled back"
        server.start()
        steering.drain()
        assert len(outcomes_of_server(database_url)) == 1 + BATCH
    with Steering(till.folder) as steering:
        steering.act(1 + BATCH, BATCH)
        with closed_gate(database_url, "commit") as gate:
            steering.go_online()
            gate.wait_until_reached()
            server.kill()
        wait_for_rows(database_url, f"SELECT 1 FROM verdicts HAVING count(*) = {1 + 2 * BATCH}")  # all, unheard
        server.start()
        steering.drain()
    everything_came_to_rest(till, server, database_url, 1 + 2 * BATCH)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory where PostgreSQL's own account may enter, and short."""
    with tempfile.TemporaryDirectory(prefix="tillstamp-killed-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        EmbeddedPostgres(Path(folder)).erase()


@pytest.fixture
def embedded_server(data_dir: Path, tmp_path: Path) -> Iterator[ServerProcess]:
    """The server with a PostgreSQL of its own."""
    with ServerProcess(environment(TILLSTAMP_DATA_DIR=str(data_dir)), tmp_path / "server.log") as server:
        yield server


class TestEmbedded:
    """A server with its embedded PostgreSQL, which is killed under it."""

    @pytest.fixture
    def server(self, embedded_server: ServerProcess) -> ServerProcess:
        return embedded_server

    @pytest.fixture
    def database_url(self, embedded_server: ServerProcess, data_dir: Path) -> Iterator[str]:
        """Its address; we use it beside the server, as its commands do."""
        with EmbeddedPostgres(data_dir) as database:
            yield database.start()

    def test_a_database_that_is_killed_in_mid_batch(
        self, shop: RealHub, new_till: NewTill, server: ServerProcess, database_url: str, data_dir: Path
    ) -> None:
        """Nobody touches server or till: the one restarts its database, the other tries again."""
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
        everything_came_to_rest(till, server, database_url, acts)
        assert server.log().count("the database had died and was restarted") == 2
