"""The server and its database: connections that break at a statement or at the commit, and processes that die."""

from typing import Final

import psycopg
from sqlalchemy import Connection

from tests.world.simulator.steps import Step
from tests.world.simulator.world.server import Cut
from tests.world.simulator.world.world import World

_STATEMENTS: Final = 16


def _break(connection: Connection) -> None:
    """The backend is gone: what was not committed is rolled back by PostgreSQL."""
    _driver(connection).close()


def _commit_and_break(connection: Connection) -> None:
    """The commit arrives at PostgreSQL, its confirmation does not come back."""
    driver = _driver(connection)
    driver.commit()
    driver.close()


def _driver(connection: Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


class DatabaseGone:
    """The connection breaks at some statement of the next request; the server lives and says it is busy."""

    name = "database_gone_at_a_statement"
    weight = 3
    dies = False

    def strike(self, world: World, step: Step) -> str:
        return _meet(world, step, self.name, _break, at_statement=1 + step.a % _STATEMENTS, server_dies=self.dies)


class ServerKilled(DatabaseGone):
    """The server dies at some statement: nobody answers."""

    name = "server_killed_at_a_statement"
    dies = True


class CommitLost:
    """The connection breaks as the server wants to commit."""

    name = "database_gone_at_the_commit"
    weight = 3
    dies = False
    cut = staticmethod(_break)

    def strike(self, world: World, step: Step) -> str:
        return _meet(world, step, self.name, self.cut, at_statement=None, server_dies=self.dies)


class CommitUnanswered(CommitLost):
    """The commit happened, and the server does not know."""

    name = "commit_happened_unheard"
    cut = staticmethod(_commit_and_break)


class ServerKilledAtCommit(CommitLost):
    """The server dies right before its commit."""

    name = "server_killed_before_its_commit"
    dies = True


class ServerKilledAfterCommit(CommitLost):
    """The server dies right after its commit."""

    name = "server_killed_after_its_commit"
    dies = True
    cut = staticmethod(_commit_and_break)


class ServerRestarted:
    """The server is stopped and started."""

    name = "server_restarted"
    weight = 1

    def strike(self, world: World, _step: Step) -> str:
        world.server.restart()
        world.happened(self.name)
        return "stopped and started"


def _meet(world: World, step: Step, name: str, cut: Cut, *, at_statement: int | None, server_dies: bool) -> str:
    """It is the next push or pull of this till that meets it, or nothing does."""
    till, before = world.till(step), world.server.cut_met
    world.server.cut_connection(cut, at_statement=at_statement, server_dies=server_dies)
    try:
        with till.at_work():
            return str(till.pull() if step.b % 4 == 3 else till.push())
    finally:
        world.server.spare_connections()
        if world.server.cut_met > before:
            world.happened(name)


DATABASE: Final = (
    DatabaseGone(),
    ServerKilled(),
    CommitLost(),
    CommitUnanswered(),
    ServerKilledAtCommit(),
    ServerKilledAfterCommit(),
    ServerRestarted(),
)
