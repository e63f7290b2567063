"""Twenty seconds of real faults between real processes; `./run soak` goes on for longer."""

from typing import Final

from tests.world.soak.faults import FAULTS
from tests.world.soak.line import Weather
from tests.world.soak.report import report
from tests.world.soak.soak import soak

SECONDS: Final = 20.0


def test_twenty_seconds_of_real_faults_lose_nothing_and_double_nothing() -> None:
    said: list[str] = []
    outcome = soak(SECONDS, seed=1, tell=said.append)
    told = "\n".join([*said, report(outcome)])
    assert outcome.holds, told
    assert outcome.balance.promised > 100, told
    # Of the network's a connection must have come just then; which of them do, the machine decides.
    assert [name for name in FAULTS if name not in [*Weather] and not outcome.faults[name]] == [], told
    assert sum(outcome.faults[kind] > 0 for kind in Weather) >= 5, told
