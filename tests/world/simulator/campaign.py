"""A campaign: many runs, and the count of what happened in them. What never happened was not proved."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from common.rules.refusals import RefusalCode
from common.wire.push import WireCode
from tests.world.simulator.directed import directed_runs
from tests.world.simulator.faults import FAULTS
from tests.world.simulator.plan import plan
from tests.world.simulator.run import Result, run
from tests.world.simulator.setting import Setting, setting_of
from tests.world.simulator.shrink import Rerun, shrink
from tests.world.simulator.steps import Step, script
from tests.world.simulator.world.world import Place, Tally

ONLY_TILLS_SAY: Final = frozenset({RefusalCode.REDEEM_NEEDS_CONNECTION, RefusalCode.OFFLINE_TOO_LONG})

CODES: Final = frozenset({*RefusalCode} - ONLY_TILLS_SAY) | frozenset(WireCode) | {"accepted"}

EVENTS: Final = frozenset(
    {
        *FAULTS,
        "clocks_are_moved_for_summer_or_winter",
        "staff_comes_back",
        "program_reopened",
        "cards_merged",
        "numbers_collide",
    }
)
ENOUGH: Final = 100
"""In a campaign of so many runs or more, none of these may be missing."""

SHRINKING_S: Final = 90.0
_TOLD_EVERY: Final = 50

Runs = Iterable[tuple[str, Setting, list[Step]]]


@dataclass(slots=True)
class Campaign:
    """What came of it. `failed`: the failing runs by name, shrunk."""

    runs: int = 0
    tally: Tally = field(default_factory=Tally)
    failed: list[tuple[str, Result]] = field(default_factory=list)

    @property
    def never_happened(self) -> list[str]:
        """What a campaign should have seen, and did not."""
        return sorted((EVENTS - set(self.tally.faults)) | (CODES - set(self.tally.codes)))

    @property
    def holds(self) -> bool:
        return not self.failed and not (self.never_happened and self.runs >= ENOUGH)


def runs_of(seeds: int, first: int, *, directed: bool) -> Iterator[tuple[str, Setting, list[Step]]]:
    """The directed runs, and those of so many seeds."""
    if directed:
        yield from directed_runs()
    for seed in range(first, first + seeds):
        yield f"seed {seed}", setting_of(seed), plan(seed)


def campaign(
    place: Place,
    runs: Runs,
    *,
    shrinking_s: float = SHRINKING_S,
    failures_max: int = 1,
    tell: Callable[[str], None] = print,
) -> Campaign:
    """Run them, one after the other, until as many failed as may."""
    done = Campaign()
    for name, setting, steps in runs:
        result = run(place, setting, steps)
        done.runs += 1
        done.tally.add(result.tally)
        if done.runs % _TOLD_EVERY == 0:
            tell(f"{done.runs} runs, {done.tally.operations:,} operations")
        if result.failure is None:
            continue
        tell(f"{name} failed: {result.failure}")
        smallest = shrink(result, _rerun(place, setting), within_s=shrinking_s)
        done.failed.append((name, smallest))
        tell(describe(name, smallest))
        if len(done.failed) >= failures_max:
            break
    return done


def _rerun(place: Place, setting: Setting) -> Rerun:
    return lambda steps: run(place, setting, steps)


def describe(name: str, result: Result) -> str:
    """A failing run as a script, to be read and to be run again."""
    steps, failure = script(list(result.steps), result.told), result.failure
    return f"\n{name}, {len(result.steps)} steps:\n{result.setting!r}\n{steps}\n{type(failure).__name__}: {failure}"


def summary(done: Campaign, seconds: float) -> str:
    """The table of a campaign."""
    tally = done.tally
    head = [
        ("runs", done.runs),
        ("steps", tally.steps),
        ("operations tried", tally.operations),
        ("faults that happened", sum(tally.faults.values())),
        ("verdicts", sum(tally.codes.values())),
        ("seconds", round(seconds)),
        ("runs that failed", len(done.failed)),
    ]
    lines = [f"{name:<32}{count:>10,}" for name, count in head]
    for title, counted in (("Faults", tally.faults), ("Verdicts", tally.codes), ("Acts", tally.acts)):
        lines += ["", title, *(f"  {name:<38}{count:>8,}" for name, count in sorted(counted.items()))]
    if done.never_happened:
        lines += ["", "Never happened:", *(f"  {name}" for name in done.never_happened)]
    return "\n".join(lines)
