"""Machines that work as one till: data folders that are copied, put back and cloned, with a memory of what was done.

What a machine calls done is remembered outside every book, so that a book that is put back cannot make it forgotten.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from common.clock import Clock
from common.entropy import new_uuid
from common.ids import CardId, OperationKey
from common.rules.asks import Kind
from common.wire.base import MAX_OPERATIONS
from common.wire.operations import StampOperation
from desktop.cashier.engine import NOBODY
from desktop.cashier.enrol import enrol
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.main import make_exchange
from desktop.settings import load_settings
from desktop.store import identity, operations
from desktop.store.identity import Identity
from desktop.store.operations import Trace
from desktop.store.setback import news
from desktop.store.setback.news import SetbackNews
from desktop.sync.line.failures import Failure
from desktop.sync.outcomes import Exchanged, Pushed
from server.merchant.attention import Item, list_attention
from server.operate.audit import run
from tests.demo.counter import Counter, open_counter
from tests.helpers.clock import ManualClock
from tests.helpers.real_hub import RealHub
from tests.world.accounts import agree, keys_of_book, outcomes_of_server

TERMS: Final = """
pin_policy = "off"
cooldown_minutes = 0
daily_limit = 1000
visit_limit = 20
stamps_target = 3
offline_redemption = "provisional"
"""

ROUNDS_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class World:
    """One shop's server, and what all machines together have called done."""

    hub: RealHub
    database_url: str
    clock: ManualClock
    folder: Path
    blank_book: bytes
    done: set[OperationKey] = field(default_factory=set)

    def machine(self, name: str) -> "Machine":
        """A machine of its own, enrolled as the till of that name."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "till.db").write_bytes(self.blank_book)
        machine = Machine(self, folder)
        machine.enrol(name)
        return machine

    def attention(self) -> list[Item]:
        with self.hub.engine.connect() as connection:
            return list_attention(connection)

    def diverged(self) -> list[Item]:
        return [item for item in self.attention() if item.kind == "till_diverged"]

    def settle(self, *machines: "Machine") -> None:
        """Everybody syncs in turn until nobody has anything to send; then all that must hold is looked at."""
        for _ in range(ROUNDS_MAX):
            if not sum(machine.sync().sent for machine in machines):
                break
        else:
            raise AssertionError(f"still something to send after {ROUNDS_MAX} rounds")
        outcomes = outcomes_of_server(self.database_url)
        assert {key: outcomes.get(str(key)) for key in self.done if len(outcomes.get(str(key), [])) != 1} == {}
        assert set(outcomes) == {str(key) for key in self.done}
        for machine in machines:
            machine.sync()
            agree(machine.book, self.database_url)
        assert run.audit(self.hub.engine).findings == ()


@dataclass(frozen=True, slots=True)
class Machine:
    """A computer with a till's data folder. It is closed whenever nothing is done on it."""

    world: World
    folder: Path

    @property
    def book(self) -> Path:
        return self.folder / "till.db"

    @contextmanager
    def open(self, clock: Clock | None = None) -> Iterator[Counter]:
        with open_counter(self.folder, clock or self.world.clock) as counter:
            yield counter

    def enrol(self, name: str) -> None:
        """With a code for the till of that name, and a first sync."""
        with self.open() as counter:
            counter.enrol(self.world.hub.url, self.world.hub.code(name))
            counter.sync()

    def sync(self) -> Exchanged:
        with self.open() as counter:
            return counter.sync()

    def push_once(self) -> Pushed | Failure:
        """One push and nothing else; what it brought is in the book, as if the machine died then."""
        with self.open() as counter:
            exchange = make_exchange(counter.till, load_settings(self.folder))
            try:
                return exchange.push(MAX_OPERATIONS)
            finally:
                exchange.close()

    def copy(self, name: str) -> "Machine":
        """The same disk once more: an image that is kept, or a second machine."""
        copy = Machine(self.world, self.folder.with_name(name))
        shutil.copytree(self.folder, copy.folder)
        return copy

    def put_back(self, image: "Machine") -> None:
        """Somebody restores the image: what was here is gone."""
        shutil.rmtree(self.folder)
        shutil.copytree(image.folder, self.folder)

    def new_card(self) -> CardId:
        with self.open() as counter:
            done = enrol(counter.till, NOBODY)
        assert isinstance(done, Recorded)
        self.world.done.add(done.key)
        return done.card.card_id

    def stamp(self, card_id: CardId, times: int = 1) -> list[OperationKey]:
        """As many customers as `times`, a minute apart; a reward is handed out whenever the card is full here."""
        keys = []
        with self.open() as counter:
            for _ in range(times):
                self.world.clock.advance(timedelta(minutes=1))
                done = stamp(counter.till, NOBODY, card_id)
                assert isinstance(done, Recorded), done
                keys.append(done.key)
                if done.card.balance >= 3:
                    paid = redeem(counter.till, NOBODY, card_id)
                    assert isinstance(paid, Recorded), paid
                    keys.append(paid.key)
        self.world.done.update(keys)
        return keys

    def stamp_in_bulk(self, card_id: CardId, times: int) -> None:
        """Many stamps in one commit, without asking any rule of the till's."""
        with self.open() as counter, counter.till.book.write() as connection:
            for _ in range(times):
                operation = StampOperation(
                    key=OperationKey(new_uuid(self.world.clock.now())),
                    seq=identity.load(connection).next_seq,
                    card_id=card_id,
                    terms_version=1,
                    occurred_at=self.world.clock.now(),
                    boot_id=self.world.clock.boot_id(),
                    uptime_ms=self.world.clock.uptime_ms(),
                )
                operations.append(connection, operation, Kind.STAMP, self.world.clock.now(), Trace(stamps=1))
                self.world.done.add(operation.key)

    def who(self) -> Identity:
        with self.open() as counter, counter.till.book.read() as connection:
            return identity.load(connection)

    def news(self) -> SetbackNews | None:
        with self.open() as counter, counter.till.book.read() as connection:
            return news.unseen(connection)

    def waiting(self) -> int:
        with self.open() as counter, counter.till.book.read() as connection:
            return operations.counts(connection).waiting

    def keys(self) -> set[str]:
        return set(keys_of_book(self.book))
