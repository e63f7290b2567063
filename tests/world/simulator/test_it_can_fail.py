"""The simulator can fail: with a guard taken out of the product a run fails, and its trace is shrunk and told."""

import dataclasses

import pytest

from tests.world.simulator.campaign import CODES, ENOUGH, EVENTS, Campaign, campaign, summary
from tests.world.simulator.directed import directed_runs
from tests.world.simulator.planted import PLANTED
from tests.world.simulator.run import Result, run
from tests.world.simulator.setting import Setting
from tests.world.simulator.shrink import shrink
from tests.world.simulator.steps import Step
from tests.world.simulator.world.world import Place, Tally


def directed(name: str) -> tuple[Setting, list[Step]]:
    return next((setting, steps) for found, setting, steps in directed_runs() if found == name)


@pytest.mark.parametrize("guard", PLANTED)
def test_without_the_guard_a_run_fails(guard: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, name = PLANTED[guard]
    setting, steps = directed(name)
    plant(monkeypatch)
    assert run(place, setting, steps).failure is not None
    monkeypatch.undo()
    assert run(place, setting, steps).failure is None, "with it, none does"


def test_a_failing_run_is_shrunk_and_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, name = PLANTED["the second neighbour"]
    setting, steps = directed(name)
    plant(monkeypatch)
    padded = [*steps, *(Step(100 + place, 1, 2, "pull") for place in range(3))]
    told: list[str] = []
    done = campaign(place, [(name, setting, padded)], shrinking_s=10, tell=told.append)
    ((_, smallest),) = done.failed
    assert not done.holds
    assert len(smallest.steps) < len(steps) < len(padded)
    assert {step.verb for step in smallest.steps} <= {"stamp", "sync"}
    assert "the reference ('rejected', 'cooldown')" in told[-1]
    for step in smallest.steps:
        assert str(step) in told[-1], "it can be read, and run again"


def test_shrinking_keeps_what_fails_in_the_same_way() -> None:
    def rerun(steps: list[Step]) -> Result:
        numbers = {step.number for step in steps}
        failure = AssertionError("both") if {3, 11} <= numbers else AssertionError("one") if 3 in numbers else None
        return Result(Setting(0), steps, Tally(), failure)

    failed = rerun([Step(number, 0, 0, "pull") for number in range(16)])
    smallest = shrink(failed, rerun, within_s=60)
    assert [step.number for step in smallest.steps] == [3, 11]
    assert shrink(failed, rerun, within_s=0) is failed, "without time, the run as it was"


def test_a_large_campaign_fails_where_something_never_happened() -> None:
    done = Campaign(ENOUGH)
    done.tally.faults.update(EVENTS)
    done.tally.codes.update(CODES)
    assert (done.holds, done.never_happened) == (True, [])
    del done.tally.faults["answer_lost"]
    assert (done.holds, done.never_happened) == (False, ["answer_lost"])
    assert "answer_lost" in summary(done, 1.0)
    assert dataclasses.replace(done, runs=ENOUGH - 1).holds, "a small one may miss something"
