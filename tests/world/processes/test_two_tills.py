"""Two tills and a server, each a process, driven through their commands, while the network goes and comes."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from common.times import to_wire
from tests.demo.hub.relay import Relay
from tests.helpers.postgres import ask
from tests.world.accounts import accounts_of_server, agree
from tests.world.processes.commands import Said, TillCommands
from tests.world.processes.server_process import ServerProcess

SHOP = """
[merchant]
slug = "roast"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
stamps_target = 3
visit_limit = 3
offline_redemption = "provisional"
[[stores]]
slug = "gare"
name = "Gare"
[[stores]]
slug = "port"
name = "Port"
[[staff]]
name = "Ana"
pin = "4821"
role = "manager"
[[staff]]
name = "Ben"
pin = "1357"
"""


class Counter:
    """A till in one of the stores, behind a network of its own, with Ben at work."""

    def __init__(self, folder: Path, store: str, relay: Relay, server: ServerProcess) -> None:
        self.relay = relay
        self.till = TillCommands(folder)
        made = server.command("enrol-code", "--merchant", "roast", "--store", store, "--till", "front", "--json")
        enrolled = self.till("enrol", "--server", relay.url, "--code", made.json["code"], "--json")
        assert enrolled.json["synced"]

    def as_ben(self, *words: object) -> Said:
        return self.till(*words, "--staff", "Ben", "--json", pin="1357")

    def new_card(self) -> str:
        number: str = self.as_ben("new-card").json["card_number"]
        return number

    def sync(self) -> dict[str, int]:
        synced = self.till("sync", "--json").json
        return {name: synced[name] for name in ("sent", "waiting", "rejected", "parked")}


@pytest.fixture
def counters(server: ServerProcess, tmp_path: Path) -> Iterator[tuple[Counter, Counter]]:
    """A till in each store."""
    shop_file = tmp_path / "shop.toml"
    shop_file.write_text(SHOP)
    assert server.command("apply", shop_file).status == 0
    with ExitStack() as stack:
        made = []
        for store in ("gare", "port"):
            relay = stack.enter_context(Relay())
            relay.lead_to(server.url)
            made.append(Counter(tmp_path / store, store, relay, server))
        yield made[0], made[1]


def test_the_network_is_cut_and_both_tills_work_on(
    counters: tuple[Counter, Counter], server: ServerProcess, database_url: str
) -> None:
    gare, port = counters
    shared, full = gare.new_card(), gare.new_card()
    assert gare.as_ben("stamp", full, "--count", 3).json["reward_earned"] is True
    assert gare.sync() == {"sent": 3, "waiting": 0, "rejected": 0, "parked": 0}
    assert port.sync()["sent"] == 0

    for counter in counters:
        counter.relay.cut()
    first = gare.as_ben("stamp", shared).json
    assert first["stamp_count"] == 1
    assert port.as_ben("stamp", shared).json["stamp_count"] == 1, "this till cannot know"
    for counter in counters:
        assert counter.as_ben("redeem", full).json["confirmed"] is False
    own = port.new_card()
    assert port.as_ben("stamp", own, "--count", 2).status == 0
    again = gare.as_ben("stamp", shared)
    assert again.status == 4
    assert '"refused": "cooldown"' in again.out
    cut_off = port.till("sync")
    assert (cut_off.status, cut_off.out) == (3, "")
    assert cut_off.err == f"Nothing answers at {port.relay.url}: is the server running, and is the port right?\n"
    status = port.till.status()
    assert (status["online"], status["waiting"]) == (False, 4)

    for counter in counters:
        counter.relay.mend()
    assert gare.sync() == {"sent": 2, "waiting": 0, "rejected": 0, "parked": 0}
    assert port.sync() == {"sent": 4, "waiting": 0, "rejected": 2, "parked": 0}
    assert gare.sync()["sent"] == 0

    rejected = {one["code"]: one["detail"] for one in port.till.status()["recent"] if one["state"] == "rejected"}
    assert rejected.keys() == {"cooldown", "insufficient_stamps"}
    ((given_at, given_in),) = ask(
        database_url, f"SELECT event_time, store_id::text FROM transactions WHERE key = '{first['key']}'"
    )
    assert rejected["cooldown"] == {
        "until": to_wire(given_at + timedelta(minutes=15)),
        "other_at": to_wire(given_at),
        "other_store_id": given_in,
    }
    assert {number: one.totals.stamp_count for number, one in accounts_of_server(database_url).items()} == {
        shared: 1,
        full: 0,
        own: 2,
    }
    for counter in counters:
        agree(counter.till.book, database_url)
    assert [item["kind"] for item in server.command("attention", "list", "--json").json["items"]] == ["loss"]
    assert server.command("audit").status == 0
