"""Lives the planned weeks through: tills with real books judge and record, and push to the server, day by day.

Nothing here writes a row. What a customer of the plan gets is what the law said at that moment.
"""

import random
from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from common.ids import CardId, OperationKey
from common.rules.refusals import Refused
from desktop.cashier.enrol import enrol
from desktop.cashier.looking import activity
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.replace import replace
from desktop.cashier.stamp import stamp
from desktop.cashier.void import void_operation
from tests.demo.counter import Counter, CounterTrouble
from tests.demo.shop import MANAGER, TARGET, Person, cashiers_of
from tests.demo.weeks.plan import Customer, Event, Habit, Moment
from tests.helpers.clock import ManualClock

_REDEEMS_AT_ONCE = 0.75
_MANY = 1_000


@dataclass(slots=True)
class History:
    """What has happened so far.

    Attributes:
        tally: how often each thing happened, for the person who started the demo.
    """

    counters: Mapping[str, Counter]
    clock: ManualClock
    chance: random.Random
    tally: Tally[str] = field(default_factory=Tally)
    _cards: dict[Customer, CardId] = field(default_factory=dict)
    _last_stamps: dict[Customer, OperationKey] = field(default_factory=dict)
    _gone: set[Customer] = field(default_factory=set)

    def live(self, events: list[Event]) -> None:
        """All of it, the clock moving on from one event to the next."""
        for event in events:
            self.clock.advance(max(event.at - self.clock.now(), timedelta(0)))
            self._happen(event)

    def _happen(self, event: Event) -> None:
        counter, customer = self.counters[event.store], event.customer
        if customer is None:
            self._sync(counter)
            return
        cashier = self.chance.choice(cashiers_of(event.store))
        match event.what:
            case Moment.NEW_CARD:
                self._give_card(counter, cashier, customer)
            case Moment.VISIT:
                self._serve(counter, cashier, customer)
            case Moment.SECOND_CUP:
                self._stamp(counter, cashier, customer)
            case Moment.SLIP:
                self._take_back(counter, cashier, customer, None, "Wrong card")
            case Moment.RETURN:
                self._take_back(counter, cashier, customer, MANAGER, "Return")
            case Moment.LOST:
                by = counter.by(cashier, approved_by=MANAGER)
                self._count("lost cards replaced", replace(counter.till, by, self._cards[customer]))

    def _give_card(self, counter: Counter, cashier: Person, customer: Customer) -> None:
        done = enrol(counter.till, counter.by(cashier), name=customer.name)
        if not isinstance(done, Recorded):
            raise CounterTrouble(f"{customer.name} got no card: {done}")
        self._cards[customer] = done.card.card_id
        self.tally["cards"] += 1

    def _serve(self, counter: Counter, cashier: Person, customer: Customer) -> None:
        card = card_again(counter.till, self._cards[customer])
        if card is None:
            # Begun in the other store today: this till has not heard of it.
            return
        if customer.habit is Habit.NEARLY and card.balance == TARGET - 1:
            self._gone.add(customer)
        if customer in self._gone:
            return
        spends = customer.habit is not Habit.SAVER and self.chance.random() < _REDEEMS_AT_ONCE
        if card.balance >= TARGET and spends:
            self._count("rewards", redeem(counter.till, counter.by(cashier), card.card_id))
        self._stamp(counter, cashier, customer)

    def _stamp(self, counter: Counter, cashier: Person, customer: Customer) -> None:
        done = stamp(counter.till, counter.by(cashier), self._cards[customer])
        self._count("stamps", done)
        if isinstance(done, Recorded):
            self._last_stamps[customer] = done.key

    def _take_back(
        self, counter: Counter, cashier: Person, customer: Customer, manager: Person | None, reason: str
    ) -> None:
        key = self._last_stamps.pop(customer, None)
        if key is not None:
            self._count("taken back", void_operation(counter.till, counter.by(cashier, manager), key, reason))

    def _count(self, what: str, done: object) -> None:
        match done:
            case Recorded():
                self.tally[what] += 1
            case Refused():
                self.tally["refused by the till"] += 1
            case trouble:
                raise CounterTrouble(f"{what}: {trouble}")

    def _sync(self, counter: Counter) -> None:
        """Somebody also looks at what was rejected, as the till asks for."""
        counter.sync()
        for one in activity.needing_attention(counter.till, _MANY):
            self.tally["rejected by the server"] += 1
            activity.acknowledge(counter.till, one.operation.key)
