"""How many cases: few in every run of the suite, many where somebody wants it proven."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

ROUTE_CASES: Final = int(os.environ.get("TILLSTAMP_FUZZ_ROUTES", "300"))
"""Over all routes together."""

DECODER_CASES: Final = int(os.environ.get("TILLSTAMP_FUZZ_DECODER", "40"))
"""For each decoder."""

# What it costs to draw a whole push is no fault of the test, nor that all cases meet one server.
_EXPECTED: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)


def fuzz(cases: int) -> settings:
    """The settings of a test over so many cases."""
    return settings(max_examples=cases, suppress_health_check=_EXPECTED)
