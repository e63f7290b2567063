"""An operation as the rules see it, and its key when nothing else can be read."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.rules.asks import (
    Act,
    Ask,
    Block,
    CarryOver,
    Enrol,
    Kind,
    Lockout,
    Redeem,
    Replace,
    Stamp,
    Unblock,
    Void,
)
from common.wire.operations import KNOWN_KINDS, OPERATION, OperationBase, StampOperation, usable_key
from tests.samples import files


def _operation(name: str, **changes: Any) -> OperationBase:
    return OPERATION.validate_python(files.read(f"operation_{name}") | changes)


def _codes(name: str) -> tuple[Any, Any]:
    sample = files.read(f"operation_{name}")
    return sample["number"], sample["token"]


CARD_ID = uuid.UUID(files.read("operation_enrol")["card_id"])


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("stamp", Stamp(2)),
        ("redeem", Redeem()),
        ("void", Void(original=uuid.UUID(files.read("operation_void")["original"]))),  # type: ignore[arg-type] # a key
        ("void_count", Void(count=3)),
        ("enrol", Enrol(CARD_ID, *_codes("enrol"))),  # type: ignore[arg-type] # a card's id
        ("replace", Replace(*_codes("replace"))),
        ("block", Block()),
        ("unblock", Unblock()),
        ("carry_over", CarryOver(7)),
        ("lockout", Lockout(5)),
    ],
)
def test_each_kind_is_an_act_of_the_rules(name: str, act: Act) -> None:
    operation = _operation(name)
    assert operation.act() == act
    assert operation.ask() == Ask(act, operation.staff_id, operation.approved_by)
    assert operation.ask().kind == files.read(f"operation_{name}")["kind"]


def test_every_kind_is_known() -> None:
    assert {kind.value for kind in Kind} == KNOWN_KINDS


def test_what_all_kinds_say_is_no_operation() -> None:
    base = OperationBase.model_validate(files.read("operation_stamp"))
    with pytest.raises(NotImplementedError):
        base.act()


def test_an_operation_is_immutable() -> None:
    operation = _operation("stamp")
    with pytest.raises(ValueError, match="frozen"):
        operation.seq = 43  # type: ignore[misc] # that is the test


@pytest.mark.parametrize(
    ("name", "left_out", "default"),
    [
        ("stamp", "count", 1),
        ("stamp", "staff_id", None),
        ("stamp", "approved_by", None),
        ("stamp", "notes", None),
        ("void", "count", None),
        ("void", "reason", None),
        ("void_count", "original", None),
        ("enrol", "name", None),
        ("enrol", "phone", None),
        ("enrol", "email", None),
        ("lockout", "card_id", None),
    ],
)
def test_a_field_left_out_means_its_default(name: str, left_out: str, default: object) -> None:
    sample = files.read(f"operation_{name}")
    del sample[left_out]
    assert getattr(OPERATION.validate_python(sample), left_out) == default


@pytest.mark.parametrize("name", [name for name in files.names() if name.startswith("operation_")])
@pytest.mark.parametrize("needed", ["key", "seq", "kind", "terms_version", "occurred_at", "boot_id", "uptime_ms"])
def test_what_no_operation_can_leave_out(name: str, needed: str) -> None:
    sample = files.read(name)
    del sample[needed]
    with pytest.raises(ValueError, match=needed):
        OPERATION.validate_python(sample)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        *((name, "card_id") for name in ("stamp", "redeem", "void", "enrol", "replace", "block", "unblock")),
        ("carry_over", "card_id"),
        ("carry_over", "count"),
        ("enrol", "number"),
        ("enrol", "token"),
        ("replace", "number"),
        ("replace", "token"),
        ("block", "reason"),
        ("lockout", "staff_id"),
        ("lockout", "failures"),
    ],
)
def test_what_a_kind_cannot_leave_out(name: str, needed: str) -> None:
    sample = files.read(f"operation_{name}")
    for without in ({field: part for field, part in sample.items() if field != needed}, sample | {needed: None}):
        with pytest.raises(ValueError, match=needed):
            OPERATION.validate_python(without)


KEY = uuid.UUID("01936f3a-2c00-7c01-8a00-00000000002a")


@pytest.mark.parametrize("text", [str(KEY), str(KEY).upper(), KEY.hex])
def test_a_key_is_read_out_of_any_operation(text: str) -> None:
    assert usable_key(text) == KEY


@pytest.mark.parametrize(
    "value",
    [
        None,
        42,
        True,
        [],
        {},
        KEY,
        "",
        "42",
        str(KEY)[:-1],
        str(KEY) + "0",
        " " + KEY.hex,
        "٠" * 32,
        "1_" * 15 + "11",
        "0x" + "0" * 30,
        "\ud800" * 32,
        "\x00" * 32,
    ],
    ids=repr,
)
def test_what_is_no_key(value: object) -> None:
    assert usable_key(value) is None


@given(st.one_of(st.text(max_size=50), st.text(alphabet="0123456789abcdefABCDEF-{}_: ", max_size=50)))
def test_a_usable_key_is_one_that_an_operation_may_have(text: str) -> None:
    sample = files.read("operation_stamp") | {"key": text}
    key = usable_key(text)
    if key is None:
        with pytest.raises(ValueError, match="key"):
            StampOperation.model_validate(sample)
    else:
        assert StampOperation.model_validate(sample).key == key
