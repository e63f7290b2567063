"""The server's data goes back in time: a backup takes its place, or a standby that lagged behind. The tills bring back
what came after, by their receipts."""

import json
from typing import Final

from server.database import Database
from server.incarnation import mint_incarnation
from server.merchant.names import find_merchant
from server.operate import restore
from server.store.engine import in_transaction
from server.store.recovery.recoveries import EndedBy
from server.sync.recovery.ending import end
from tests.helpers.time_machine import TimeMachine
from tests.world.simulator.steps import Step
from tests.world.simulator.world.moments import Moment
from tests.world.simulator.world.shop import SLUG
from tests.world.simulator.world.world import World

_KEPT_MAX: Final = 3


class BackupTaken:
    """The whole database is copied."""

    name = "backup_taken"
    weight = 3

    def strike(self, world: World, _step: Step) -> str:
        if len(world.moments) >= _KEPT_MAX:
            return "there are backups enough"
        machine = TimeMachine(world.server.office)
        machine.keep()
        world.server.restart()
        world.observer.connect(world.server.url)
        world.moments.append(Moment(machine, world.observer.keep()))
        world.happened(self.name)
        return f"backup {len(world.moments)}"


class ServerFellBack:
    """A standby that lagged behind takes over, and nobody says so."""

    name = "standby_that_lagged_takes_over"
    weight = 2

    def strike(self, world: World, step: Step) -> str:
        if not world.moments:
            return "there is no standby"
        moment = world.moments[step.a % len(world.moments)]
        _keep_sealed(world)
        moment.machine.go_back()
        self.tell(world)
        world.server.restart()
        world.observer.begin_another_life(world.server.url, moment.seen)
        world.went_back = True
        world.forget_stranger()
        world.happened(self.name)
        return "the data is older now"

    def tell(self, world: World) -> None:
        """Nobody knows."""
        world.fell_back = True


class ServerRestored(ServerFellBack):
    """A backup is restored, as `tillstamp-server restore` does it, but for the slow copying."""

    name = "server_restored_from_a_backup"
    weight = 3

    def tell(self, world: World) -> None:
        before = world.server.incarnation
        mint_incarnation(world.server.folder, world.timeline)
        restore._begin_recoveries(Database(world.server.url, None), world.timeline, before)


class RecoveryGoesOn:
    """The manager waits for nobody any more."""

    name = "manager_ends_the_recovery"
    weight = 1

    def strike(self, world: World, _step: Step) -> str:
        ended = end_recovery(world)
        if ended:
            world.happened(self.name)
        return ended or "there is none under way"


def end_recovery(world: World) -> str:
    """`tillstamp-server recovery go-on`; empty where none is under way."""
    ended = in_transaction(
        world.server.office,
        lambda connection: end(
            connection, find_merchant(connection, SLUG), now=world.timeline.now(), by=EndedBy.MANAGER
        ),
    )
    world.observer.look()
    return "" if ended is None else str(ended)


def _keep_sealed(world: World) -> None:
    """What tills have receipts for must be said again, whatever the server forgets."""
    for till in world.tills:
        with till.book.read() as connection:
            rows = connection.execute(
                "SELECT key, verdict FROM operations WHERE state IN ('accepted', 'rejected') AND verdict IS NOT NULL"
            ).fetchall()
        for key, verdict in rows:
            arrived = world.observer.seen.verdicts.get(key)
            if arrived is not None and json.loads(verdict).get("receipt") is not None:
                world.sealed[key] = arrived.said


LIVES: Final = (BackupTaken(), ServerFellBack(), ServerRestored(), RecoveryGoesOn())
