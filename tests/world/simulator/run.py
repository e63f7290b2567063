"""A run: the steps of a plan, everything heals, and then it must all come together."""

import logging
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

from common.entropy import drawn_from
from desktop.store import identity
from desktop.store.identity import Enrolment
from desktop.sync.outcomes import Exchanged
from desktop.trouble import NotSyncedYet
from server.merchant.parked import Which
from server.sync.parking.decide import Verb
from tests.world.simulator.acts.counter import COUNTER
from tests.world.simulator.acts.exchange import EXCHANGE, arrive
from tests.world.simulator.checks.ending import everything_holds
from tests.world.simulator.checks.facts import Violation
from tests.world.simulator.faults import FAULTS
from tests.world.simulator.faults.lives import end_recovery
from tests.world.simulator.faults.parking import decide
from tests.world.simulator.setting import Setting
from tests.world.simulator.steps import Step
from tests.world.simulator.world.perils import Killed
from tests.world.simulator.world.shop import SLUG
from tests.world.simulator.world.world import Place, Tally, World

VERBS: Final = COUNTER | EXCHANGE | {name: fault.strike for name, fault in FAULTS.items()}

ROUNDS_MAX: Final = 6
"""So many exchanges of each till must do, once nothing goes wrong any more."""

_BETWEEN_ROUNDS_S: Final = 3_700
"""Longer than an hour: by then a till has compared its cards with the server's."""

HEALED: Final = 1_000_000
"""The number of the step that is no step: what comes after the last."""


@dataclass(slots=True)
class Result:
    """How a run ended.

    Attributes:
        failure: what did not hold, or what was raised; None when all was well.
        at: the number of the step that failed.
        told: what each step came to.
    """

    setting: Setting
    steps: Sequence[Step]
    tally: Tally
    failure: Exception | None = None
    at: int | None = None
    told: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def looks_like(self) -> str:
        """What two failures have in common that are the same."""
        words = "" if self.failure is None else f"{self.failure}".split("\n", maxsplit=1)[0]
        return f"{type(self.failure).__name__}: {''.join(letter for letter in words if letter.isalpha())[:60]}"


def run(place: Place, setting: Setting, steps: Sequence[Step]) -> Result:
    """Run these steps in a world of their own."""
    folder = Path(tempfile.mkdtemp(dir=place.folder))
    # What the product logs of trouble is what a run is full of.
    logging.disable(logging.CRITICAL)
    begun = perf_counter()
    result = Result(setting, steps, Tally())
    world = None
    try:
        world = World(place, setting, folder)
        result.tally = world.tally
        _safety(world, result)
        _liveness(world, result)
    except Exception as failure:
        # A violation, or a bug that something raised: either is what the run was looking for.
        result.failure = failure
    finally:
        if world is not None:
            world.tally.codes += world.observer.codes
            world.close()
        shutil.rmtree(folder)
        logging.disable(logging.NOTSET)
        result.seconds = perf_counter() - begun
    return result


def _safety(world: World, result: Result) -> None:
    for step in result.steps:
        result.at = step.number
        result.told[step.number] = "it failed here"
        result.told[step.number] = _take(world, step)
        world.tally.steps += 1
        world.check(world.till(step))


def _take(world: World, step: Step) -> str:
    world.timeline.pass_by(step.after_s)
    till = world.till(step)
    with drawn_from(random.Random(f"{world.setting.seed} {step.number}").randbytes):
        point = till.perils.point
        try:
            return VERBS[step.verb](world, step)
        except Killed:
            world.happened(f"till_killed_{point}")
            return f"{till.name} was killed {point}"
        except NotSyncedYet:
            # It was enrolled again and has no verifiers of its new key yet: it says so, and nobody can sign in.
            return f"{till.name} says that it has no rules yet"
        finally:
            for name in till.line.met:
                world.happened(name)
            till.line.met.clear()


def _liveness(world: World, result: Result) -> None:
    result.at = HEALED
    with drawn_from(random.Random(f"{world.setting.seed} healed").randbytes):
        _heal(world)
        for _ in range(ROUNDS_MAX):
            world.timeline.pass_by(_BETWEEN_ROUNDS_S)
            ends = [till.exchange.fully() for till in world.tills]
            came_through = all(isinstance(end, Exchanged) for end in ends)
            settled = came_through and not any(till.exchange.operations_wait() for till in world.tills)
            # A standby forgets recoveries too: what a till offers from before one of those begins it once more.
            if settled and not end_recovery(world):
                break
        else:
            raise Violation(f"after {ROUNDS_MAX} rounds without a fault it has not come together: {ends}")
        # What the last till brought, the first has not heard of yet.
        for till in world.tills:
            till.exchange.fully()
        everything_holds(world)


def _heal(world: World) -> None:
    """Nothing goes wrong any more, whatever was sent arrives, and who was sent away is let in again."""
    world.server.spare_connections()
    world.server.fails_over.clear()
    for till in world.tills:
        till.line.waiting.clear()
        till.line.fails_over.clear()
        till.perils.point = None
    while world.server.under_way:
        arrive(world, Step(HEALED, 0, 0, "arrive"))
    for till in world.tills:
        till.exchange.fully()
        with till.book.read() as connection:
            standing = identity.load(connection).enrolment
        if standing is Enrolment.MUST_ENROL_AGAIN:
            # A machine that shares its name with another one is given one of its own.
            shared = sum(one.name == till.name for one in world.tills) > 1
            if shared:
                till.name += f" on {till.folder.name}"
            world.enrol(till)
    for till in world.tills:
        till.exchange.fully()
    end_recovery(world)
    decide(world, Which(merchant=SLUG, everything=True), Verb.RETRY)
    decide(world, Which(merchant=SLUG, everything=True), Verb.REJECT)
