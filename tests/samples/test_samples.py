"""Today's models read each frozen message of protocol 1, and write it back equal."""

import json
from typing import Any, Final

import pytest
from pydantic import TypeAdapter

from common.rules.asks import Kind
from common.wire.enrol import EnrolRequest, EnrolResponse
from common.wire.operations import OPERATION, canonical_content, content_digest
from common.wire.park import ParkRequest
from common.wire.problem import Problem
from common.wire.pull import PullResponse
from common.wire.push import Outcome, PushRequest, PushResponse, Verdict
from tests.samples import files

MODELS: Final[dict[str, TypeAdapter[Any]]] = {
    "operation": OPERATION,
    "verdict": TypeAdapter(Verdict),
    "push_request": TypeAdapter(PushRequest),
    "push_response": TypeAdapter(PushResponse),
    "pull_response": TypeAdapter(PullResponse),
    "enrol_request": TypeAdapter(EnrolRequest),
    "enrol_response": TypeAdapter(EnrolResponse),
    "park_request": TypeAdapter(ParkRequest),
    "problem": TypeAdapter(Problem),
}
OPERATIONS: Final = [name for name in files.names() if name.startswith("operation_")]

RAW: Final = frozenset({"detail", "operations", "operation"})
"""What a message carries as it is: there an unknown field is content."""


def _model(name: str) -> TypeAdapter[Any]:
    return next(model for prefix, model in MODELS.items() if name.startswith(prefix))


def _with_unknown_fields(message: Any) -> Any:
    """The message as a later version might send it: one more field in every object."""
    if isinstance(message, list):
        return [_with_unknown_fields(part) for part in message]
    if isinstance(message, dict):
        known = {name: part if name in RAW else _with_unknown_fields(part) for name, part in message.items()}
        return {"from_a_later_version": {"a": [1]}, **known}
    return message


@pytest.mark.parametrize("name", files.names())
def test_a_frozen_message_is_read_and_written_back_equal(name: str) -> None:
    sample, model = files.read(name), _model(name)
    message = model.validate_json(json.dumps(sample))
    # A field that was appended since has a default, and no place in what was frozen before.
    assert json.loads(model.dump_json(message, exclude_unset=True)) == sample
    # The server reads operations out of a body that is parsed already.
    assert model.validate_python(sample) == message


@pytest.mark.parametrize("name", files.names())
def test_unknown_fields_are_ignored(name: str) -> None:
    sample, model = files.read(name), _model(name)
    grown = _with_unknown_fields(sample)
    assert grown != sample
    assert model.validate_json(json.dumps(grown)) == model.validate_python(sample)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_content_of_an_operation_is_frozen(name: str) -> None:
    # The server keeps digests for ever: a content that is written otherwise would make every repeat another operation.
    content = canonical_content(OPERATION.validate_python(files.read(name)))
    assert content_digest(content).hex() == files.read(files.DIGESTS)[name]


def test_every_operation_has_its_digest() -> None:
    assert sorted(files.read(files.DIGESTS)) == OPERATIONS


def test_every_kind_and_every_message_has_a_sample() -> None:
    assert {files.read(name)["kind"] for name in OPERATIONS} == {kind.value for kind in Kind}
    verdicts = [files.read(name) for name in files.names() if name.startswith("verdict_")]
    assert {verdict["outcome"] for verdict in verdicts} == {outcome.value for outcome in Outcome}
    assert all(any(name.startswith(prefix) for name in files.names()) for prefix in MODELS)
