"""`audit` beside a running server, when somebody has changed a row by hand."""

from tests.helpers.postgres import ask
from tests.helpers.real_hub import RealHub
from tests.world.processes.conftest import NewTill
from tests.world.processes.server_process import ServerProcess
from tests.world.processes.steered_till import FREE_HANDS
from tests.world.processes.steering import Steering


def test_a_balance_that_was_changed_by_hand_is_named(
    shop: RealHub, new_till: NewTill, server: ServerProcess, database_url: str
) -> None:
    shop.open_shop(FREE_HANDS)
    with Steering(new_till().folder) as steering:
        steering.go_online()
        steering.act(0, 4)
        steering.drain()
    assert server.command("audit").status == 0

    ((card_id,),) = ask(database_url, "UPDATE cards SET stamp_count = 7 RETURNING card_id")
    found = server.command("audit")
    assert (found.status, found.err) == (1, "")
    assert f"card {card_id}" in found.out
    assert "balance 7, and its ledger makes 3" in found.out

    ask(database_url, "UPDATE cards SET stamp_count = 3")
    assert server.command("audit").status == 0
