"""Three tills that sell a log without ever hearing of each other, by real books and the real exchange."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from common.card_code import TOKEN_ENTROPY_BYTES, make_token
from common.rules.refusals import Refused
from desktop.cashier.engine import NOBODY
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.store.cards import CardView
from server.merchant.apply import apply_shop_file
from server.merchant.shop_file import parse_shop_file
from server.store.migrate import upgrade
from tests.demo.counter import Counter, open_counter
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.real_hub import RealHub, running_hub
from tests.world.sales.coffee_log import ZONE, Sale
from tests.world.sales.independent_fold import Numbers

TILLS: Final = 3
BEFORE: Final = timedelta(hours=1)
"""The tills are enrolled this long before the first sale, and then hear nothing more."""

_SHOP: Final = """
[merchant]
slug = "machine"
name = "Coffee Machine"
offline_days_max = 3650
[program]
name = "Coffee card"
[terms]
timezone = "{zone}"
stamps_target = {numbers.target}
cooldown_minutes = {numbers.cooldown_minutes}
daily_limit = {numbers.daily_limit}
visit_limit = 1
pin_policy = "off"
offline_redemption = "provisional"
[[stores]]
slug = "hall"
name = "Hall"
"""


def printed_token(card: str) -> str:
    """What the pre-printed card of this number in the log has in its code."""
    return make_token(hashlib.sha256(card.encode()).digest()[:TOKEN_ENTROPY_BYTES])


@dataclass(frozen=True, slots=True)
class Machine:
    """One till and its clock.

    Attributes:
        book: its path.
    """

    counter: Counter
    clock: ManualClock
    book: Path

    def sell(self, sales: Sequence[Sale]) -> int:
        """Every cup, when it was sold; how many were refused a stamp here."""
        refused = 0
        for sale in sales:
            self.clock.advance(sale.at - self.clock.now())
            refused += self._serve(sale)
        return refused

    def _serve(self, sale: Sale) -> bool:
        till, token = self.counter.till, printed_token(sale.card)
        card = look_up(till, token)
        if not isinstance(card, CardView):
            begun = enrol(till, NOBODY, token)
            assert isinstance(begun, Recorded), begun
            card = begun.card
        assert till.knowledge is not None
        if card.balance >= till.knowledge.terms.stamps_target:
            assert isinstance(redeem(till, NOBODY, card.card_id), Recorded)
        done = stamp(till, NOBODY, card.card_id)
        assert isinstance(done, Recorded | Refused), done
        return isinstance(done, Refused)


@contextmanager
def three_tills(
    databases: Databases, folder: Path, blank_book: bytes, sales: Sequence[Sale], numbers: Numbers
) -> Iterator[tuple[RealHub, str, ManualClock, list[Machine]]]:
    """A server with its database's address and its clock, and three enrolled tills with a clock each."""
    url = databases.make(upgrade)
    begins = sales[0].at - BEFORE
    hub_clock = ManualClock(begins)
    with ExitStack() as stack:
        stack.callback(databases.drop, url)
        hub = stack.enter_context(running_hub(url, folder / "hub", hub_clock))
        shop = parse_shop_file(_SHOP.format(zone=ZONE, numbers=numbers), name="shop.toml")
        apply_shop_file(hub.engine, shop, hub_clock, file_name="shop.toml")
        machines = []
        for number in range(TILLS):
            place = folder / f"till-{number}"
            place.mkdir()
            (place / "till.db").write_bytes(blank_book)
            clock = ManualClock(begins)
            counter = stack.enter_context(open_counter(place, clock))
            counter.enrol(hub.url, hub.code(f"till {number}", "hall", "machine"))
            counter.sync()
            machines.append(Machine(counter, clock, place / "till.db"))
        yield hub, url, hub_clock, machines
