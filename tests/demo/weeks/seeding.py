"""Makes the demo's data: the shop, its tills, and the weeks behind them.

The server runs in this process meanwhile, over HTTP and on its embedded PostgreSQL like any other, but by a clock that
the seeder moves. At the end that clock shows the present, and the server process takes the data over.
"""

import random
from contextlib import ExitStack
from datetime import timedelta
from typing import Final

from common.clock import Clock
from server.merchant.apply import apply_shop_file
from server.merchant.shop_file import parse_shop_file
from server.store import migrate
from server.store.embedded import EmbeddedPostgres
from tests.demo.counter import Counter, open_counter
from tests.demo.hub.network import Network
from tests.demo.places import Places
from tests.demo.shop import SLUG, STORES, TILL_NAME, shop_file
from tests.demo.weeks.lived import History
from tests.demo.weeks.plan import opening_day, plan_weeks
from tests.helpers.clock import ManualClock
from tests.helpers.real_hub import RealHub, running_hub

SEED: Final = 20
"""The same weeks for everybody, but for where in its week the demo is started."""


def seed(places: Places, network: Network, clock: Clock) -> dict[str, int]:
    """Fill an empty data folder; how often what happened. The tills are enrolled at the network's own addresses."""
    places.data.mkdir(parents=True, exist_ok=True)
    chance, now = random.Random(SEED), clock.now()
    time = ManualClock(opening_day(now))
    with ExitStack() as stack:
        database = stack.enter_context(EmbeddedPostgres(places.server))
        migrate.upgrade(database.start())
        hub = stack.enter_context(running_hub(database.start(), places.server, time))
        network.lead_to(hub.url)
        shop = parse_shop_file(shop_file(), name="shop.toml")
        apply_shop_file(hub.engine, shop, time, file_name="shop.toml")
        counters = {
            store: _enrolled(stack.enter_context(open_counter(places.till(store), time)), hub, network, store)
            for store in STORES
        }
        history = History(counters, time, chance)
        history.live(plan_weeks(chance, now))
        time.advance(max(clock.now() - time.now(), timedelta(0)))
        # Twice around: what the second till sent is news to the first.
        for counter in (*counters.values(), *counters.values()):
            counter.sync()
    return dict(history.tally)


def _enrolled(counter: Counter, hub: RealHub, network: Network, store: str) -> Counter:
    counter.enrol(network.relays[store].url, hub.code(till=TILL_NAME, store=store, slug=SLUG))
    counter.sync()
    return counter
