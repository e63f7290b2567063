"""The world of one run, and what its verbs may ask of it."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from common.card_code import TOKEN_ENTROPY_BYTES, make_number, make_token
from common.entropy import drawn_from
from desktop.sync.outcomes import Enrolled
from tests.helpers.databases import Databases
from tests.world.simulator.checks.facts import Violation
from tests.world.simulator.checks.view import view_is_right
from tests.world.simulator.setting import Setting
from tests.world.simulator.steps import Step
from tests.world.simulator.world.clocks import TillClock, Timeline
from tests.world.simulator.world.moments import Moment
from tests.world.simulator.world.observer import Observer
from tests.world.simulator.world.server import SimulatedServer
from tests.world.simulator.world.shop import STORES, Shop, enrolment_code
from tests.world.simulator.world.stranger import Stranger
from tests.world.simulator.world.till import Copy, SimulatedTill

_PRINTED: Final = 9_000
"""The block that blank cards are printed from: that of a till that is none."""


@dataclass(frozen=True, slots=True)
class Place:
    """What runs share: a cluster, a folder on a fast disk, and a blank book."""

    databases: Databases
    folder: Path
    blank_book: bytes


@dataclass(slots=True)
class Tally:
    """What happened, by name: of a run, or of all runs of a campaign."""

    steps: int = 0
    operations: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.steps += other.steps
        self.operations += other.operations
        self.acts += other.acts
        self.faults += other.faults
        self.codes += other.codes


class World:
    """A shop with its server and its tills.

    Attributes:
        wallet: the codes of the cards that customers have, blank ones included.
        images: of tills' disks, taken at some time of the run.
        moments: the server's database as it was at some times of the run.
        went_back: it went back to one of them; from then on the reference, which judges in one order, is silent.
        fell_back: nobody said so; a standby that lagged had taken over.
        repeated_late: operations that a request brought which the network had kept until a standby had taken over. A
            known limit (docs/recovery.md): they are judged anew before anybody shows a receipt.
        sealed: what tills had receipts for when it did, by key.
        tally: what happened.
    """

    def __init__(self, place: Place, setting: Setting, folder: Path) -> None:
        self.setting = setting
        self.folder = folder
        self.timeline = Timeline(setting.begins)
        self.tally = Tally()
        self.images: dict[Path, list[Copy]] = {}
        self.moments: list[Moment] = []
        self.went_back = False
        self.fell_back = False
        self.repeated_late: set[str] = set()
        self.sealed: dict[str, tuple[object, ...]] = {}
        self._stranger: Stranger | None = None
        self.machines = 0
        self.place = place
        self.random = random.Random(f"{setting.seed}")
        with drawn_from(self.random.randbytes):
            self.wallet = _blank_cards(setting.cards)
            self.server = SimulatedServer(place.databases, folder / "server", self.timeline)
            self.shop = Shop(dict(setting.terms), setting.offline_days_max)
            self.shop.apply(self.server.office, self.timeline)
            self.observer = Observer(self.server.url)
            self.observer.look_at_the_shop()
            self.observer.happened = self.happened
            self.server.on_contact = self.observer.look
            self.tills = [self.new_till(number) for number in range(setting.tills)]

    def new_till(self, number: int) -> SimulatedTill:
        """A machine with a book of nobody, enrolled and in step."""
        till = self.new_machine(STORES[number % len(STORES)], f"till {number}")
        till.path.write_bytes(self.place.blank_book)
        till.start()
        self.enrol(till)
        till.pull()
        while till.pull() is not None and not self.in_step(till):
            pass
        return till

    def new_machine(self, store: str, name: str) -> SimulatedTill:
        """A computer without anything on it; its clock is a little off."""
        self.machines += 1
        off = timedelta(seconds=self.random.choice((0, 0, -3, 40, -4_000, 90_000)))
        folder = self.folder / f"machine-{self.machines}"
        folder.mkdir()
        return SimulatedTill(folder, self.server, TillClock(self.timeline, self.machines, off=off), store, name)

    def enrol(self, till: SimulatedTill) -> bool:
        """Give a till a code, as a merchant would; false when the line ate the answer."""
        code = enrolment_code(self.server.office, self.timeline, till.store, till.name)
        done = isinstance(till.enrol(code), Enrolled)
        self.observer.look_at_the_shop()
        return done

    def stranger(self) -> Stranger:
        """The till of another make, enrolled when it is first needed."""
        if self._stranger is None:
            self.machines += 1
            clock = TillClock(self.timeline, self.machines, off=timedelta(0))
            self._stranger = Stranger(self.server, clock, STORES[1])
            self._stranger.enrol()
        return self._stranger

    def forget_stranger(self) -> None:
        """The server may not know it any more; the next one is enrolled anew."""
        self._stranger = None

    def in_step(self, till: SimulatedTill) -> bool:
        with till.book.read() as connection:
            (whole,) = connection.execute("SELECT staging_cursor IS NULL AND cursor IS NOT NULL FROM book").fetchone()
        return bool(whole)

    def till(self, step: Step) -> SimulatedTill:
        return self.tills[step.till % len(self.tills)]

    def happened(self, fault: str) -> None:
        self.tally.faults[fault] += 1

    def check(self, till: SimulatedTill) -> None:
        """What can be seen to hold after each step. Raises Violation."""
        with till.book.read() as connection:
            kept = {key for (key,) in connection.execute("SELECT key FROM operations")}
        if missing := till.told.done - kept:
            raise Violation(f"{till.name} called done what its book does not have: {sorted(missing)}")
        if not self.went_back:
            view_is_right(till.till, self.observer.seen, self.observer.shop, self.server.incarnation)

    def close(self) -> None:
        for till in self.tills:
            till.stop()
        self.observer.close()
        for moment in self.moments:
            moment.machine.forget()
        self.server.close()


def _blank_cards(count: int) -> list[str]:
    """Printed cards: most have a token in their code, every third only its number."""
    return [
        make_number(_PRINTED, place) if place % 3 == 2 else make_token(bytes([place + 1]) * TOKEN_ENTROPY_BYTES)
        for place in range(count)
    ]
