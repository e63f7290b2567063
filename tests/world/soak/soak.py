"""A soak: faults by the seed for so long, then everything heals, and the books are compared."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from common.clock import SystemClock
from tests.world.soak.ending import Balance, come_to_rest, draw_up
from tests.world.soak.failover import failed_over
from tests.world.soak.faults import faults_of, heal, relieve
from tests.world.soak.line import Weather
from tests.world.soak.place import Place, own_place

TILLS: Final = 3
_PAUSE_S: Final = (0.1, 1.0)
_RELIEVED: Final = 0.5
_TELL_EVERY_MS: Final = 5_000


@dataclass(slots=True)
class Outcome:
    """What a soak did and found.

    Attributes:
        tried: acts, refused ones and those on a full disk included.
        faults: how often each came about; of the network's, how many connections met it.
        forgotten: acts that tills knew to be settled, and the standby that took over did not have; None without one.
        failures: lines of the server's log that tell of a bug.
    """

    tried: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    forgotten: int | None = None
    healed_s: float = 0.0
    seconds: float = 0.0
    balance: Balance = field(default_factory=Balance)

    @property
    def holds(self) -> bool:
        return self.balance.holds and not self.failures and self.forgotten != 0


def soak(
    seconds: float,
    seed: int,
    *,
    tills: int = TILLS,
    failover: bool = False,
    tell: Callable[[str], None] = print,
) -> Outcome:
    """With `failover` a standby that lagged takes over at the end, and the tills bring back what it lacks.

    Raises AssertionError where something does not come to an end at all, with what was said of it."""
    chance = random.Random(seed)
    clock = SystemClock()
    outcome = Outcome()
    with own_place(tills, chance, disk_megabytes=_room(seconds)) as place, ExitStack() as afterwards:
        for till in place.tills:
            till.start()
        for till in place.tills:
            till.wait_for_promises(1)
        began_ms = clock.uptime_ms()
        _trouble(place, outcome, chance, began_ms + int(seconds * 1000), clock, tell)
        healing_ms = clock.uptime_ms()
        heal(place)
        if failover:
            tell("the database dies, and a standby that lags takes over")
            outcome.forgotten = afterwards.enter_context(failed_over(place))
        parked = come_to_rest(place)
        outcome.healed_s = (clock.uptime_ms() - healing_ms) / 1000
        outcome.balance = draw_up(place, parked)
        for till in place.tills:
            outcome.tried += till.tried
            outcome.refused += till.refused
            outcome.faults.update(till.line.met)
            outcome.refused["disk full"] += till.found_full
            outcome.failures += [line for line in till.log().splitlines() if "Traceback" in line]
        outcome.failures += [line for line in place.server_log().splitlines() if '"level": "error"' in line]
        outcome.seconds = (clock.uptime_ms() - began_ms) / 1000
    return outcome


def _room(seconds: float) -> int:
    """Megabytes, with some to spare: what two minutes leave in a book, its log included, are some six."""
    return 16 + int(seconds / 60 * 4)


def _trouble(
    place: Place,
    outcome: Outcome,
    chance: random.Random,
    ends_ms: int,
    clock: SystemClock,
    tell: Callable[[str], None],
) -> None:
    """One fault after the other, each as often as the others, and some relief in between."""
    began_ms = told_ms = clock.uptime_ms()
    faults = faults_of(place)
    deck: list[str] = []
    while clock.uptime_ms() < ends_ms:
        if not deck:
            deck = sorted(faults)
            chance.shuffle(deck)
        name = deck.pop()
        # A line counts the connections that meet its weather.
        if faults[name](place, chance) and name not in [*Weather]:
            outcome.faults[name] += 1
        # Nothing is waited for here: so long it lasts.
        threading.Event().wait(chance.uniform(*_PAUSE_S))
        if chance.random() < _RELIEVED or name.startswith("PostgreSQL"):
            relieve(place, chance)
        if clock.uptime_ms() - told_ms >= _TELL_EVERY_MS:
            told_ms = clock.uptime_ms()
            done = sum(len(till.promised) for till in place.tills)
            lines = ", ".join(till.line.weather.value for till in place.tills)
            tell(f"{(told_ms - began_ms) / 1000:6.0f} s  {done:6} acts done  {name:<22} lines: {lines}")
