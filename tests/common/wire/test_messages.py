"""The messages around the operations: push, pull, enrol and problems."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import ValidationError

from common.pin import PinCost
from common.terms import InvalidTerms, OfflineRedemption, PinPolicy, Terms
from common.wire.base import MAX_BODY_BYTES, MAX_OPERATIONS, PROTOCOL
from common.wire.enrol import EnrolRequest, EnrolResponse
from common.wire.operations import OPERATION
from common.wire.problem import PROBLEM_JSON, Problem, ProblemCode
from common.wire.pull import Changes, PullResponse, TermsRow
from common.wire.push import Outcome, PushRequest, PushResponse, Verdict
from tests.samples import files

PULL: Final = PullResponse.model_validate(files.read("pull_response"))


def test_the_bounds_of_a_push_are_those_of_the_protocol() -> None:
    assert (PROTOCOL, MAX_OPERATIONS, MAX_BODY_BYTES) == (1, 500, 1_048_576)
    assert PROBLEM_JSON == "application/problem+json"


def test_a_batch_is_read_even_when_an_operation_in_it_cannot_be() -> None:
    # One bad operation never holds up another: each is read on its own.
    broken: list[Any] = [None, 7, [], {"kind": "stamp"}, {"notes": "\x00"}]
    request = PushRequest.model_validate(files.read("push_request") | {"operations": broken})
    assert request.operations == broken


def test_a_push_that_leaves_out_what_it_may() -> None:
    sample = files.read("push_request")
    for field in ("acked", "pending", "oldest_pending_at", "operations"):
        del sample[field]
    request = PushRequest.model_validate(sample)
    assert (request.acked, request.pending, request.oldest_pending_at, request.operations) == (None, 0, None, [])


@pytest.mark.parametrize("outcome", Outcome)
def test_parked_alone_is_not_final(outcome: Outcome) -> None:
    verdict = Verdict.model_validate(files.read("verdict_accepted") | {"outcome": outcome.value})
    assert verdict.is_final is (outcome is not Outcome.PARKED)


def test_an_answer_without_a_nonce_is_not_ours() -> None:
    sample = files.read("push_response")
    del sample["nonce"]
    with pytest.raises(ValidationError, match="nonce"):
        PushResponse.model_validate(sample)


def test_terms_travel_whole() -> None:
    row = PULL.changes.terms[0]
    terms = row.terms()
    assert {field.name for field in fields(Terms)} == set(TermsRow.model_fields) - {"ver"}
    for field in fields(Terms):
        assert getattr(terms, field.name) == getattr(row, field.name)
    assert terms.day_starts_at.isoformat() == "04:30:00"
    assert terms.pin_policy is PinPolicy.REQUIRED
    assert terms.offline_redemption is OfflineRedemption.CONFIRMED


def test_terms_out_of_bounds_are_told_and_not_kept() -> None:
    row = TermsRow.model_validate(files.read("pull_response")["changes"]["terms"][0] | {"stamps_target": 0})
    with pytest.raises(InvalidTerms, match="stamps_target must be 1 to 100, not 0"):
        row.terms()


def test_a_pins_cost_travels_whole() -> None:
    ana, ben = PULL.changes.staff
    assert ana.cost is not None
    assert ana.cost.cost() == PinCost(3, 65_536, 4)
    assert (ana.salt, len(ana.verifier or b"")) == (bytes(range(16)), 32)
    assert (ben.salt, ben.cost, ben.verifier) == (None, None, None)


def test_a_page_may_leave_out_every_kind_of_row() -> None:
    assert Changes.model_validate({}) == Changes()
    assert all(rows == [] for _, rows in Changes())


def test_moments_of_a_message_are_in_utc() -> None:
    assert PULL.server_time == datetime(2026, 11, 22, 10, 2, 3, 100_000, UTC)
    assert PULL.server_time.tzinfo is UTC


def test_an_enrolled_tills_key_is_octets() -> None:
    enrolled = EnrolResponse.model_validate(files.read("enrol_response"))
    assert enrolled.pin_key == bytes(range(32))
    assert enrolled.model_copy(update={"pin_key": bytes(32)}).model_dump(mode="json")["pin_key"] == "A" * 43 + "="


@pytest.mark.parametrize(("number", "good"), [(0, False), (1, True), (9_999, True), (10_000, False)])
def test_a_tills_number_has_four_digits_and_is_not_the_servers(number: int, good: bool) -> None:
    sample = files.read("enrol_response")
    sample["till"]["number"] = number
    if good:
        assert EnrolResponse.model_validate(sample).till.number == number
    else:
        with pytest.raises(ValidationError, match="number"):
            EnrolResponse.model_validate(sample)


def test_a_code_is_read_as_it_is_typed() -> None:
    assert EnrolRequest(code="K7QF-2M9D", app_version="0.1.0", protocol=1).code == "K7QF-2M9D"


def test_a_problem_says_its_stable_code() -> None:
    problem = Problem(title="Busy", status=503, code=ProblemCode.BUSY)
    assert problem.model_dump(mode="json") == {
        "type": "about:blank",
        "title": "Busy",
        "status": 503,
        "code": "busy",
        "detail": None,
    }
    with pytest.raises(ValidationError, match="code"):
        Problem.model_validate(files.read("problem") | {"code": "no code of ours"})


def test_the_wire_can_be_described() -> None:
    # OpenAPI shows these; a type without a schema of its own would fail only there.
    for model in (PushRequest, PushResponse, PullResponse, EnrolRequest, EnrolResponse, Problem):
        for mode in ("validation", "serialization"):
            assert model.model_json_schema(mode=mode)["type"] == "object"
    assert len(OPERATION.json_schema()["oneOf"]) == 9
