"""The exchange: what a till does on its own, and a redemption that waits for it."""

import json
from collections.abc import Callable
from typing import Any, cast

from desktop.flow.redemption import HandedOut, Rejected, Unanswered, redeem_with_server
from desktop.store.cards import CardView
from desktop.sync.push import PATH as PUSH
from desktop.sync.runner import Runner
from tests.world.simulator.acts.counter import Verb, on_card, who
from tests.world.simulator.steps import Step
from tests.world.simulator.world.till import SimulatedTill
from tests.world.simulator.world.world import World


def push(world: World, step: Step) -> str:
    till = world.till(step)
    with till.at_work():
        return str(till.push())


def pull(world: World, step: Step) -> str:
    till = world.till(step)
    with till.at_work():
        return str(till.pull())


def sync(world: World, step: Step) -> str:
    """All of it, until nothing is left or something goes wrong."""
    till = world.till(step)
    with till.at_work():
        return str(till.exchange.fully())


def arrive(world: World, _step: Step) -> str:
    """The oldest request that is still on its way arrives; nobody waits for its answer any more."""
    if not world.server.under_way:
        return "nothing is on its way"
    request = world.server.under_way.pop(0)
    reply = world.server.handle(request)
    if world.fell_back and request.target == PUSH:
        world.repeated_late |= {operation["key"] for operation in json.loads(request.body)["operations"]}
    return f"late {request.method} {request.target[:20]}: {None if reply is None else reply.status}"


class _Inline:
    """The runner's part in a redemption, without its thread: hurry, then exchange until there is an answer."""

    def __init__(self, till: SimulatedTill, *, online: bool) -> None:
        self._till = till
        self.stopped = False
        self.state = _Line(online)

    def hurry(self) -> None:
        """It exchanges while it is waited for."""

    def wait_until(self, answered: Callable[[], bool], _patience_ms: int) -> None:
        self._till.push()
        if not answered():
            self._till.pull()


class _Line:
    def __init__(self, online: bool) -> None:
        self.online = online


def _redeem_online(world: World, step: Step, card: CardView) -> object:
    till = world.till(step)
    runner: Any = _Inline(till, online=step.c % 5 != 4)
    done = redeem_with_server(till.till, cast(Runner, runner), who(till, step.b), card.card_id)
    match done:
        case HandedOut(recorded) | Rejected(recorded) | Unanswered(recorded):
            return recorded
    return done


EXCHANGE: dict[str, Verb] = {
    "push": push,
    "pull": pull,
    "sync": sync,
    "arrive": arrive,
    "redeem_online": on_card(_redeem_online),
}
