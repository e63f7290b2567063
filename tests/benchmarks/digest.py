"""A till of 100,000 cards makes sure that it has what the server has; while it does, an act waits for one slice."""

import time

from tests.benchmarks.figures import Figure, alone, percentile
from tests.benchmarks.premises import Premises
from tests.benchmarks.till import new_till, pull_all

SLICE_MS_MAX = 50.0
"""Half of what a person calls at once: an act that waits for Python's lock meanwhile is not noticed."""


def digest(premises: Premises) -> list[Figure]:
    """The pull that brings the server's digest, all slices together, and the slowest of a hundred slices."""
    hub, folder = premises.hub, premises.floor.folder
    with new_till(hub, folder / "comparing") as (_till, exchange):
        pull_all(exchange)
        asked = time.perf_counter()
        pull_all(exchange)
        answered = time.perf_counter()
        slices_ms = []
        while exchange.comparing:
            began = time.perf_counter()
            if exchange.compare():
                raise RuntimeError("a till that was just filled differs from its server")
            slices_ms.append((time.perf_counter() - began) * 1_000)
    if not slices_ms:
        raise RuntimeError("the server sent no digest")
    slowest_ms = percentile(slices_ms, 99)
    what = f"digest of {len(hub.cards):,} cards"
    return [
        alone(f"{what}: the pull that brings it", answered - asked, "s"),
        alone(f"{what}: the till's own, {len(slices_ms)} slices", sum(slices_ms) / 1_000, "s"),
        alone(f"{what}: a slice of the till's (99 %)", slowest_ms, "ms", most=SLICE_MS_MAX),
    ]
