"""Operations over which the server fails, and what a person decides of what is parked."""

from typing import Final

from server.merchant.parked import Which, decide_parked, list_parked
from server.sync.parking.decide import Verb
from tests.world.simulator.steps import Step
from tests.world.simulator.world.shop import SLUG
from tests.world.simulator.world.till import SimulatedTill
from tests.world.simulator.world.world import World


class ServerFailsOverOne:
    """A bug of the server's: writing this operation raises, whatever batch it is in. It alone is parked."""

    name = "server_fails_over_an_operation"
    weight = 3

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        key = _waiting(till, step)
        if key is None:
            return "nothing waits there"
        world.server.fails_over.add(key)
        world.observer.expect(failing=key)
        world.happened(self.name)
        return f"over {key[-6:]}"


class ProxyFailsOverOne:
    """Something before the server answers 500 to each batch with this operation: the till parks it unread."""

    name = "every_batch_with_one_fails"
    weight = 2

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        key = _waiting(till, step)
        if key is None:
            return "nothing waits there"
        till.line.fails_over.add(key)
        world.observer.expect(failing=key)
        with till.at_work():
            said = str(till.exchange.fully())
        world.happened(self.name)
        return f"over {key[-6:]}: {said}"


class Decided:
    """The merchant decides one of the parked operations, or all of a till's."""

    def __init__(self, verb: Verb, weight: int) -> None:
        self.name = f"parked_{verb}"
        self.weight = weight
        self._verb = verb

    def strike(self, world: World, step: Step) -> str:
        with world.server.office.connect() as connection:
            found = list_parked(connection, SLUG)
        if not found:
            return "nothing is parked"
        one = found[step.a % len(found)]
        which = Which(merchant=SLUG, items=[one.item])
        if step.b % 3 == 0:
            which = Which(merchant=SLUG, store=one.store, till=one.till)
        told = decide(world, which, self._verb)
        world.happened(self.name)
        return told


def decide(world: World, which: Which, verb: Verb) -> str:
    """`tillstamp-server parked retry|release|reject`, and the reference looks on."""
    world.observer.expect(rejecting=verb is Verb.REJECT)
    fates = decide_parked(world.server.office, which, verb, world.timeline)
    world.observer.look()
    world.observer.expect()
    return ", ".join(f"{fate.kind} {fate.outcome} {fate.code or ''}" for fate in fates)


def _waiting(till: SimulatedTill, step: Step) -> str | None:
    """One of the operations that wait on a till, of a kind that is booked."""
    with till.book.read() as connection:
        rows = connection.execute(
            "SELECT key FROM operations WHERE state = 'waiting' AND kind IN ('stamp', 'redeem') ORDER BY position"
        ).fetchall()
    return rows[step.a % len(rows)][0] if rows else None


PARKING: Final = (
    ServerFailsOverOne(),
    ProxyFailsOverOne(),
    Decided(Verb.RETRY, weight=4),
    Decided(Verb.REJECT, weight=3),
)
