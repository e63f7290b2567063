"""Intake reads each operation on its own, whatever stands where its fields should be."""

import json
from typing import Any

import pytest

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


def test_half_a_character_harms_no_other_operation() -> None:
    stamp = files.read("operation_stamp")
    batch = files.read("push_request") | {"operations": [stamp | {"notes": "\ud800"}, stamp | {"seq": 43}]}
    request = read_push(json.dumps(batch).encode("ascii"))
    assert not isinstance(request, ProblemCode)
    odd, good = read_operations(request.operations)
    assert isinstance(odd, Broken)
    assert (odd.outcome, odd.code) == ("rejected", "invalid_operation")
    assert isinstance(good, Readable)
