"""Shrinking: fewer and fewer steps, as long as the run still fails in the same way (ddmin)."""

from collections.abc import Callable
from time import monotonic

from tests.world.simulator.run import HEALED, Result
from tests.world.simulator.steps import Step

Rerun = Callable[[list[Step]], Result]


def shrink(failed: Result, rerun: Rerun, *, within_s: float) -> Result:
    """The smallest failing run that was found in the time given: `failed` itself, if no smaller one was."""
    until = monotonic() + within_s
    best, looks_like = failed, failed.looks_like
    steps = [step for step in failed.steps if failed.at in (None, HEALED) or step.number <= (failed.at or 0)]
    parts = 2
    while len(steps) > 1 and monotonic() < until:
        for left in _without_each_part(steps, parts):
            if monotonic() > until:
                return best
            result = rerun(left)
            if result.failure is not None and result.looks_like == looks_like:
                best, steps, parts = result, left, max(parts - 1, 2)
                break
        else:
            if parts >= len(steps):
                return best
            parts = min(parts * 2, len(steps))
    return best


def _without_each_part(steps: list[Step], parts: int) -> list[list[Step]]:
    """The steps less each of so many parts; the last parts first, for what comes late matters least."""
    size = -(-len(steps) // parts)
    starts = range(0, len(steps), size)
    return [steps[:start] + steps[start + size :] for start in reversed(starts)]
