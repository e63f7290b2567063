"""The plan of a run: its steps, decided by the seed alone."""

import random
from typing import Final

from tests.world.simulator.faults import FAULTS
from tests.world.simulator.steps import Step

STEPS: Final = 120

_WEIGHTS: Final = {
    "stamp": 60,
    "redeem": 14,
    "redeem_online": 8,
    "void": 16,
    "void_count": 4,
    "new_card": 4,
    "replace": 3,
    "block": 3,
    "unblock": 4,
    "carry_over": 4,
    "guess_pin": 1,
    "push": 24,
    "pull": 24,
    "sync": 14,
    "arrive": 8,
}
_PAUSES_S: Final = (0, 0, 1, 5, 20, 60, 300, 880, 899, 900, 901, 1_800, 3_600)


def plan(seed: int, steps: int = STEPS) -> list[Step]:
    """Some steps, mostly work; how much of it goes wrong is the seed's decision too."""
    rng = random.Random(f"plan {seed}")
    trouble = rng.choice((0.3, 0.6, 1.0))
    weights = _WEIGHTS | {name: fault.weight * trouble for name, fault in FAULTS.items()}
    opening = ["stamp", "stamp", "stamp", *["sync"] * 4]
    verbs = opening + rng.choices(list(weights), list(weights.values()), k=steps - len(opening))
    return [
        Step(
            number,
            rng.choice(_PAUSES_S),
            rng.randrange(12),
            verb,
            rng.randrange(60),
            rng.randrange(60),
            rng.randrange(60),
        )
        for number, verb in enumerate(verbs)
    ]
