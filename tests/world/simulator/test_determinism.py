"""The same seed is the same run, to the last key; another seed is another."""

import subprocess
import sys

from tests.world.simulator.directed import directed_runs
from tests.world.simulator.plan import plan
from tests.world.simulator.run import run
from tests.world.simulator.setting import setting_of
from tests.world.simulator.world.world import Place

_PLANS = """
from tests.world.simulator.plan import plan
from tests.world.simulator.setting import setting_of
print(plan(7), setting_of(7))
"""


def test_the_same_seed_is_the_same_run(place: Place) -> None:
    one, again, other = (run(place, setting_of(seed), plan(seed)) for seed in (101, 101, 102))
    assert one.told == again.told, "the told has keys in it, so nothing random is left"
    assert one.tally == again.tally
    assert one.told != other.told


def test_a_plan_hangs_on_nothing_of_the_process() -> None:
    command, environment = [sys.executable, "-c", _PLANS], {"PYTHONHASHSEED": "1"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert said == f"{plan(7)} {setting_of(7)}\n"


def test_a_run_without_some_of_its_steps_is_a_run(place: Place) -> None:
    """What shrinking stands on: no step needs another."""
    steps = plan(103)[1::3]
    result = run(place, setting_of(103), steps)
    assert result.failure is None, result.failure
    assert set(result.told) == {step.number for step in steps}


def test_directed_runs_are_as_they_are_named() -> None:
    names = [name for name, _, _ in directed_runs()]
    assert len(names) == len(set(names))
    seeds = [setting.seed for _, setting, _ in directed_runs()]
    assert len(seeds) == len(set(seeds))
    assert max(seeds) < 0, "no seed is one of them"
