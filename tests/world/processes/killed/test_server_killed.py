"""`kill -9` of the server in mid-batch: the till drains by itself once the server is back."""

from typing import Final

from tests.helpers.real_hub import RealHub
from tests.world.accounts import outcomes_of_server
from tests.world.processes.conftest import NewTill
from tests.world.processes.killed.gates import build_commit_gate, closed_gate, wait_for_rows
from tests.world.processes.killed.rest import came_to_rest
from tests.world.processes.server_process import ServerProcess
from tests.world.processes.steered_till import FREE_HANDS
from tests.world.processes.steering import Steering

BATCH: Final = 30


def test_a_server_that_is_killed_in_mid_batch(
    shop: RealHub, new_till: NewTill, server: ServerProcess, database_url: str
) -> None:
    """Once before anything is written, and once when all is committed and nobody was told.

    The second time the till dies with it, so that nothing but its book can tell it what to send.
    """
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
    wait_for_rows(database_url, f"SELECT 1 FROM verdicts HAVING count(*) = {1 + 2 * BATCH}")
    server.start()
    with Steering(till.folder) as steering:
        steering.go_online()
        steering.drain()
    came_to_rest(till, server, database_url, 1 + 2 * BATCH)
