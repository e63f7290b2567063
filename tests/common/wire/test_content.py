"""Content: two operations say the same when, and only when, what they say is the same, however it is written."""

import hashlib
import json
import random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.wire.operations import OPERATION, canonical_content, content_digest
from tests.samples import files

OPERATIONS: Final = [name for name in files.names() if name.startswith("operation_")]
OTHER_ID: Final = "01936f3a-2c00-7c01-8a00-0000000000ff"

OTHERWISE: Final[dict[str, list[Any]]] = {
    "key": [OTHER_ID],
    "card_id": [OTHER_ID],
    "staff_id": [OTHER_ID],
    "approved_by": [OTHER_ID, None],
    "terms_version": [4],
    "occurred_at": ["2026-11-22T10:00:00.123457Z", "2026-11-22T10:00:00.123456+01:00"],
    "boot_id": ["another boot"],
    "uptime_ms": [8_001_000],
    "notes": ["", "another note"],
    "count": [9],
    "original": [OTHER_ID],
    "reason": ["Another reason"],
    "number": ["123456789012"],
    "token": ["TS1-" + "0" * 26],
    "name": ["Lea Müller", None],
    "phone": ["1", None],
    "email": ["lea@example.org", None],
    "failures": [6],
}
"""For each field that PROTOCOL.md lists, something else that it may say."""


def _digest(message: dict[str, Any]) -> bytes:
    return content_digest(canonical_content(OPERATION.validate_json(json.dumps(message))))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_listed_field_is_content(name: str) -> None:
    sample = files.read(name)
    first = _digest(sample)
    assert set(sample) - {"seq", "kind"} <= set(OTHERWISE)
    for field in set(sample) & set(OTHERWISE):
        for other in OTHERWISE[field]:
            if other == sample[field] or (name == "operation_lockout" and field in {"staff_id"} and other is None):
                continue
            assert _digest(sample | {field: other}) != first, (field, other)


def test_the_kind_is_content() -> None:
    said = files.read("operation_redeem")
    assert _digest(said) != _digest(said | {"kind": "unblock"})


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_seq_and_unknown_fields_are_no_content(name: str) -> None:
    sample = files.read(name)
    assert _digest(sample | {"seq": 9_000}) == _digest(sample)
    assert _digest(sample | {"from_a_later_version": "x"}) == _digest(sample)


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=10)
@given(seed=st.integers(0, 1_000))
def test_the_order_of_fields_is_no_content(name: str, seed: int) -> None:
    sample = files.read(name)
    fields = list(sample.items())
    random.Random(seed).shuffle(fields)
    assert _digest(dict(fields)) == _digest(sample)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_default_may_be_written_or_left_out(name: str) -> None:
    sample = files.read(name)
    spoken = {field: part for field, part in sample.items() if part is not None}
    assert _digest(spoken) == _digest(sample)


def test_one_stamp_may_be_written_or_left_out() -> None:
    sample = files.read("operation_stamp")
    without = {field: part for field, part in sample.items() if field != "count"}
    assert _digest(without) == _digest(sample | {"count": 1})
    assert _digest(without) != _digest(sample)


@pytest.mark.parametrize(
    "moment",
    ["2026-11-22T11:00:00.123456+01:00", "2026-11-21T23:30:00.123456-10:30", "2026-11-22 10:00:00.123456Z"],
)
def test_a_moment_may_be_written_in_any_zone(moment: str) -> None:
    sample = files.read("operation_stamp")
    assert _digest(sample | {"occurred_at": moment}) == _digest(sample)


@pytest.mark.parametrize("field", ["key", "card_id", "staff_id", "approved_by"])
def test_an_id_may_be_written_in_capitals(field: str) -> None:
    sample = files.read("operation_stamp")
    assert _digest(sample | {field: sample[field].upper()}) == _digest(sample)


@pytest.mark.parametrize("name", OPERATIONS)
def test_content_is_what_the_operation_says(name: str) -> None:
    sample = files.read(name)
    operation = OPERATION.validate_python(sample)
    content = canonical_content(operation)
    assert json.loads(content) == {field: part for field, part in sample.items() if field != "seq" and part is not None}
    # What is kept as content can be read again, with any seq.
    assert OPERATION.validate_python(json.loads(content) | {"seq": operation.seq}) == operation
    assert content_digest(content) == hashlib.sha256(content).digest()
