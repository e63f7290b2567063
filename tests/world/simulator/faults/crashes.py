"""Tills that are killed: before and after every commit, and between any two steps of an act, a push or a pull."""

from typing import Final

from tests.world.simulator.steps import Step
from tests.world.simulator.world.perils import Point
from tests.world.simulator.world.world import World


class TillKilled:
    """The till dies at the next point of this sort that it comes to, or at one of the next few."""

    weight = 3

    def __init__(self, point: Point) -> None:
        self.name = f"till_killed_{point}"
        self._point = point

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        till.perils.point = self._point
        till.perils.passes = step.a % 4
        return f"waits for {till.name}"


CRASHES: Final = tuple(TillKilled(point) for point in Point)
