"""Moments: the server's database as it was once, with what had been seen of it."""

from dataclasses import dataclass

from tests.helpers.time_machine import TimeMachine
from tests.world.simulator.world.observer import Seen


@dataclass(frozen=True, slots=True)
class Moment:
    """What a backup holds, or a standby that lags behind."""

    machine: TimeMachine
    seen: Seen
