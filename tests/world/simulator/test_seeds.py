"""Twenty seeds: whatever they decide, everything holds. `./run simulate` runs as many more as one likes."""

import pytest

from tests.world.simulator.campaign import describe
from tests.world.simulator.plan import plan
from tests.world.simulator.run import run
from tests.world.simulator.setting import setting_of
from tests.world.simulator.world.world import Place

SEEDS = 20


@pytest.mark.parametrize("seed", range(SEEDS))
def test_everything_holds(seed: int, place: Place) -> None:
    result = run(place, setting_of(seed), plan(seed))
    assert result.failure is None, describe(f"seed {seed}", result)
    assert result.tally.steps == len(result.steps)
    assert sum(result.tally.faults.values()) > 5
    assert result.tally.codes["accepted"] > 0
