"""The recovery drill: real tills, a real server, and data that goes back in time, by a restore or behind its back.

Nothing is lost, nothing counts twice, what was judged keeps its verdict, and no customer sees anything of it.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from common.card_code import make_token
from common.clock import SystemClock
from common.ids import CardId, OperationKey
from desktop.cashier.engine import Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.cashier.void import void_operation
from desktop.store import operations
from desktop.store.book import Book
from desktop.sync.exchange import Exchange
from desktop.sync.outcomes import Enrolled, Exchanged
from server.database import Database
from server.operate.audit.run import audit
from server.operate.backup import back_up
from server.operate.restore import restore
from server.settings import Settings
from server.store import migrate
from server.store.engine import make_engine
from tests.desktop.sync.books import copy_book
from tests.desktop.sync.test_with_the_real_hub import ana, connected, use_code
from tests.helpers.databases import Databases
from tests.helpers.real_hub import RealHub, running_hub
from tests.helpers.time_machine import TimeMachine

CLOCK = SystemClock()
TERMS = 'cooldown_minutes = 0\ndaily_limit = 100\nstamps_target = 3\noffline_redemption = "provisional"'


@dataclass
class OneTill:
    till: Till
    exchange: Exchange
    keys: list[OperationKey] = field(default_factory=list)

    def did(self, done: object) -> Recorded:
        assert isinstance(done, Recorded), done
        self.keys.append(done.key)
        return done

    def enrols(self, token: str) -> CardId:
        return self.did(enrol(self.till, ana(self.till), token)).card.card_id

    def stamps(self, card_id: CardId) -> OperationKey:
        return self.did(stamp(self.till, ana(self.till), card_id)).key

    def syncs(self) -> None:
        outcome = self.exchange.fully()
        assert isinstance(outcome, Exchanged), outcome

    def balances(self, cards: list[CardId]) -> list[int | None]:
        found = [card_again(self.till, card_id) for card_id in cards]
        return [None if card is None else card.balance for card in found]

    def verdicts(self) -> list[object]:
        said: list[object] = []
        with self.till.book.read() as connection:
            for key in self.keys:
                found = operations.find(connection, key)
                assert found is not None
                assert found.verdict is not None
                said.append(found.verdict.model_dump(exclude={"ver", "seq", "replayed", "receipt"}))
        return said

    def opened(self) -> int:
        with self.till.book.read() as connection:
            count: int = connection.execute("SELECT count(*) FROM operations WHERE open = 1").fetchone()[0]
        return count


@dataclass
class World:
    """A server that is started and stopped, and two tills that live through it."""

    url: str
    data_dir: Path
    port: int = 0

    @contextmanager
    def serving(self) -> Iterator[RealHub]:
        with running_hub(self.url, self.data_dir, CLOCK, self.port) as hub:
            self.port = int(hub.url.rpartition(":")[2])
            yield hub

    @property
    def database(self) -> Database:
        return Database(self.url, None)

    def figures(self) -> dict[uuid.UUID, int]:
        engine = make_engine(self.url)
        try:
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT card_id, stamp_count FROM cards"))
                return {row.card_id: row.stamp_count for row in rows}
        finally:
            engine.dispose()

    def is_clean(self) -> None:
        engine = make_engine(self.url)
        try:
            assert audit(engine).findings == ()
        finally:
            engine.dispose()


GoBack = Callable[[World, Path, TimeMachine], None]


def by_restore(world: World, file: Path, _machine: TimeMachine) -> None:
    settings = Settings(database_url=world.url, data_dir=world.data_dir)
    restored = restore(settings, world.database, file, CLOCK, force=True)
    assert restored.merchants == ("roast",)


def behind_its_back(_world: World, _file: Path, machine: TimeMachine) -> None:
    machine.go_back()


@pytest.mark.parametrize(("go_back", "last_first"), [(by_restore, False), (by_restore, True), (behind_its_back, True)])
def test_the_drill(databases: Databases, empty_book: Path, tmp_path: Path, go_back: GoBack, last_first: bool) -> None:
    world = World(databases.make(migrate.upgrade), tmp_path / "hub")
    engine = make_engine(world.url)
    machine = TimeMachine(engine)
    with ExitStack() as stack:
        with world.serving() as hub:
            hub.open_shop(TERMS)
            front, port = (open_till(stack, hub, empty_book, tmp_path / name, name) for name in ("gare", "port"))
            shared = front.enrols(make_token(b"1" * 17))
            front.stamps(shared)
            for one in (front, port, front):
                one.syncs()
            if go_back is by_restore:
                back_up(world.database, tmp_path / "shop.backup")
        machine.keep()

        with world.serving():
            cards = a_day(front, port, shared)
        world.is_clean()
        seen, figures = [one.balances(cards) for one in (front, port)], world.figures()
        told = [one.verdicts() for one in (front, port)]
        assert seen[0] == seen[1]

        go_back(world, tmp_path / "shop.backup", machine)
        assert world.figures() != figures
        late = front.stamps(shared)
        with world.serving():
            for one in (port, front) if last_first else (front, port):
                one.syncs()
                # The front till has one stamp more, its own; nothing else moves, whoever was heard.
                assert front.balances(cards) == [figures[shared] + 1, *seen[0][1:]]
                assert port.balances(cards)[1:] == seen[1][1:]
            for one in (front, port):
                one.syncs()
        world.is_clean()
        front.keys.remove(late)
        assert [one.verdicts() for one in (front, port)] == told
        figures[shared] += 1
        assert world.figures() == figures
        for one in (front, port):
            assert one.balances(cards) == [figures.get(card, figures[cards[2]]) for card in cards]
            assert one.opened() == 0
    machine.forget()
    engine.dispose()


def a_day(front: OneTill, port: OneTill, shared: CardId) -> list[CardId]:
    """What two tills do that stand on each other's work. The cards: shared, merged, the one that it was merged into."""
    front.stamps(shared)
    mistaken = port.stamps(shared)
    for one in (front, port):
        one.syncs()
    port.did(redeem(port.till, ana(port.till), shared))
    port.syncs()
    front.syncs()
    again = front.stamps(shared)
    front.did(void_operation(front.till, ana(front.till), again))
    stays = port.enrols(make_token(b"2" * 17))
    port.stamps(stays)
    port.syncs()
    merged = front.enrols(make_token(b"2" * 17))
    front.stamps(merged)
    for one in (front, port, front):
        one.syncs()
    assert mistaken in port.keys
    return [shared, merged, stays]


def open_till(stack: ExitStack, hub: RealHub, empty_book: Path, folder: Path, store: str) -> OneTill:
    folder.mkdir()
    book = stack.enter_context(Book.open(copy_book(empty_book, folder)))
    assert isinstance(use_code(book, hub, hub.code(store, store), folder), Enrolled)
    till, exchange = connected(book, folder)
    stack.callback(exchange.close)
    one = OneTill(till, exchange)
    one.syncs()
    return one
