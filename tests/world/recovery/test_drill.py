"""The recovery drill: real tills, a real server, and data that goes back in time, by a restore or behind its back.

Nothing is lost, nothing counts twice, what was judged keeps its verdict, and no customer sees anything of it.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from common.card_code import make_token
from common.ids import CardId
from desktop.cashier.redeem import redeem
from desktop.cashier.void import void_operation
from server.database import Database
from server.operate.audit.run import audit
from server.operate.backup import back_up
from server.operate.restore import restore
from server.settings import Settings
from server.store import migrate
from server.store.engine import make_engine
from tests.helpers.databases import Databases
from tests.helpers.real_hub import RealHub, running_hub
from tests.helpers.time_machine import TimeMachine
from tests.world.recovery.tills import CLOCK, OneTill, open_till

TERMS = 'cooldown_minutes = 0\ndaily_limit = 100\nstamps_target = 3\noffline_redemption = "provisional"'


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
def test_the_drill(databases: Databases, blank_book: bytes, tmp_path: Path, go_back: GoBack, last_first: bool) -> None:
    world = World(databases.make(migrate.upgrade), tmp_path / "hub")
    engine = make_engine(world.url)
    machine = TimeMachine(engine)
    with ExitStack() as stack:
        with world.serving() as hub:
            hub.open_shop(TERMS)
            front, port = (open_till(stack, hub, blank_book, tmp_path / name, name) for name in ("gare", "port"))
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
    port.did(redeem(port.till, port.ana, shared))
    port.syncs()
    front.syncs()
    again = front.stamps(shared)
    front.did(void_operation(front.till, front.ana, again))
    stays = port.enrols(make_token(b"2" * 17))
    port.stamps(stays)
    port.syncs()
    merged = front.enrols(make_token(b"2" * 17))
    front.stamps(merged)
    for one in (front, port, front):
        one.syncs()
    assert mistaken in port.keys
    return [shared, merged, stays]
