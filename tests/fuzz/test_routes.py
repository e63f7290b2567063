"""Every route of the running server but the event stream, by Schemathesis after the server's own OpenAPI.

No answer is a failure, none has a status, a type or a shape that the document does not promise, and nothing is logged
that would be. What the document allows is sent, and what it does not; by a till, and by nobody.
"""

import logging
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.cases import ROUTE_CASES, fuzz
from tests.fuzz.target import Target, running_target
from tests.helpers.databases import Databases

LEFT_OUT: Final = {"/v1/sync/events"}
"""It does not end; tests/server/api has its own."""

ENROL: Final = "/v1/tills/enrol"
WITHOUT_INPUT: Final = {"/healthz", "/readyz", "/metrics"}
# Most of what can go wrong hides behind a push.
WEIGHTS: Final = {"/v1/sync/push": 3, "/v1/sync/park": 2}

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_no_request_makes_the_server_fail(
    databases: Databases, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # An operation that is handed in unread is told with a warning, and should be; a failure with an error.
    caplog.set_level(logging.ERROR, logger="server.sync.receive")
    with running_target(databases, tmp_path) as target:
        document = schemathesis.openapi.from_url(f"{target.url}/openapi.json").exclude(path=sorted(LEFT_OUT))
        routes = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
        shares = 2 * sum(WEIGHTS.get(route.path, 1) for route in routes if route.path not in WITHOUT_INPUT)
        taken: set[str] = set()
        for route in routes:
            allowed = route.as_strategy(generation_mode=GenerationMode.POSITIVE)
            cases = ROUTE_CASES * WEIGHTS.get(route.path, 1) // shares
            taken |= {route.path} if _send(target, allowed, cases) else set()
            if route.path not in WITHOUT_INPUT:
                _send(target, route.as_strategy(generation_mode=GenerationMode.NEGATIVE), cases)
        # A made-up enrolment code is never one of ours. All else that the document allows must be of use.
        assert taken == {route.path for route in routes} - {ENROL}, "cases that are all refused prove little"


def _send(target: Target, requests: st.SearchStrategy[Case[Any]], cases: int) -> bool:
    """Send what is drawn; whether any of it was taken."""
    headers = {"Authorization": f"Bearer {target.till.token}"}
    statuses: set[int] = set()

    @fuzz(cases)
    @given(requests, st.sampled_from([headers, headers, headers, {}]))
    def every_answer_is_promised(case: Case[Any], credentials: dict[str, str]) -> None:
        if case.operation.path == ENROL:
            target.forget_wrong_codes()
        answer = case.call(headers=credentials)
        case.validate_response(answer, checks=CHECKS)
        statuses.add(answer.status_code)

    every_answer_is_promised()
    return min(statuses) < 300
