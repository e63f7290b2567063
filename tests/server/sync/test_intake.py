"""Intake reads each operation on its own, whatever stands where its fields should be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.wire.problem import ProblemCode
from server.sync.intake import Broken, Readable, read_operations, read_push
from tests.samples import files


@pytest.mark.parametrize("kind", [[], {}, ["stamp"], 1, None, True, "from a later version"], ids=repr)
def test_a_kind_of_any_shape_parks_its_operation_alone(kind: Any) -> None:
    stamp = files.read("operation_stamp")
    odd, good = read_operations([stamp | {"kind": kind}, stamp | {"seq": 43}])
    assert isinstance(odd, Broken)
    assert (odd.outcome, odd.code, odd.seq) == ("parked", "unknown_kind", 42)
    assert isinstance(good, Readable)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"", b"\xff", b"NaN", b"[]", b"null"])
def test_what_is_no_batch_is_malformed(body: bytes) -> None:
    assert read_push(body) is ProblemCode.MALFORMED


@pytest.mark.parametrize("depth", [250, 500, 800, 950, 990])
def test_what_is_nested_too_deep_for_one_reader_is_so_for_all(depth: int) -> None:
    """Between what the strict reader takes and what the other breaks at, nothing may be read that cannot be written."""
    stamp = files.read("operation_stamp") | {"kind": "gift", "of": "deep"}
    batch = json.dumps(files.read("push_request") | {"operations": [stamp]})
    assert read_push(batch.replace('"deep"', "[" * depth + "]" * depth).encode()) is ProblemCode.MALFORMED


def test_half_a_character_harms_no_other_operation() -> None:
    stamp = files.read("operation_stamp")
    batch = files.read("push_request") | {"operations": [stamp | {"notes": "\ud800"}, stamp | {"seq": 43}]}
    request = read_push(json.dumps(batch).encode("ascii"))
    assert not isinstance(request, ProblemCode)
    odd, good = read_operations(request.operations)
    assert isinstance(odd, Broken)
    assert (odd.outcome, odd.code) == ("rejected", "invalid_operation")
    assert isinstance(good, Readable)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["stamp", "redeem"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*files.read("operation_stamp"), "original", "token"]), anything, max_size=6))
def test_whatever_stands_in_its_fields_an_operation_is_read_or_kept(wrong: dict[str, Any]) -> None:
    """Never raises, and what it keeps is JSON that any reader takes."""
    [item] = read_operations([files.read("operation_stamp") | wrong])

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    kept = json.loads(item.content, parse_constant=refuse)
    assert "seq" not in kept
    assert isinstance(item, Readable) or (isinstance(item, Broken) and item.problem)
