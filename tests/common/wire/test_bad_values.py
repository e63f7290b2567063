"""What the wire does not take: each value is refused by validation, whichever way the message comes in."""

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.wire.base import INTEGER_MAX, UPTIME_MS_MAX, Moment, Octets
from common.wire.enrol import EnrolRequest, EnrolResponse
from common.wire.operations import OPERATION
from common.wire.pull import TimeOfDay
from common.wire.push import PushRequest, Verdict
from tests.samples import files

NUL: Final = "a\x00b"
NO_INTEGERS: Final[list[Any]] = [True, False, 1.0, 1.5, "1", None, [], {}]
NO_TEXTS: Final[list[Any]] = [1, True, [], {}, NUL, "\x00"]
NO_MOMENTS: Final[list[Any]] = [
    "2026-11-22T10:00:00",  # of no zone
    "2026-11-22",
    "9999-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
    "1969-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00+14:00",
    "10000-01-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "yesterday",
    "",
    NUL,
    1_795_341_600,
    1.5,
    True,
    None,
    [],
    {},
]
NO_IDS: Final[list[Any]] = ["", "1", 1, True, [], {}, "g" * 32]
NO_NUMBERS: Final[list[Any]] = [
    "12345678901",
    "1234567890123",
    "1234-5678-9012",
    "12345678901a",
    "٠" * 12,
    123456789012,
]
NO_TOKENS: Final[list[Any]] = [
    "0" * 26,
    "TS1-" + "0" * 25,
    "TS1-" + "0" * 27,
    "TS1-" + "0" * 25 + "U",
    "TS1-" + "0" * 25 + "I",
    "ts1-" + "0" * 26,
    "TS1-" + "0" * 26 + "\n",
    "TS2-" + "0" * 26,
    7,
]

BAD: Final[list[tuple[str, str, list[Any]]]] = [
    ("operation_stamp", "key", [*NO_IDS, None]),
    ("operation_stamp", "card_id", [*NO_IDS, None]),
    ("operation_stamp", "staff_id", NO_IDS),
    ("operation_stamp", "approved_by", NO_IDS),
    ("operation_stamp", "seq", [*NO_INTEGERS, 0, -1, INTEGER_MAX + 1]),
    ("operation_stamp", "terms_version", [*NO_INTEGERS, 0, -1, 2**31]),
    ("operation_stamp", "count", [*NO_INTEGERS, 0, -1, 1_001]),
    ("operation_stamp", "uptime_ms", [*NO_INTEGERS, -1, UPTIME_MS_MAX + 1]),
    ("operation_stamp", "boot_id", [*NO_TEXTS, None, "", "x" * 65]),
    ("operation_stamp", "notes", [*NO_TEXTS, "x" * 501]),
    ("operation_stamp", "occurred_at", NO_MOMENTS),
    ("operation_stamp", "kind", ["", "STAMP", "stamps", None, 1, [], {}]),
    ("operation_void", "original", NO_IDS),
    ("operation_void", "reason", [*NO_TEXTS, "", "x" * 201]),
    ("operation_void_count", "count", [0, -1, 1_001, True, 1.0, "1"]),
    ("operation_enrol", "number", NO_NUMBERS),
    ("operation_enrol", "token", NO_TOKENS),
    ("operation_enrol", "name", [*NO_TEXTS, "", "x" * 121]),
    ("operation_enrol", "phone", [*NO_TEXTS, "", "x" * 41]),
    ("operation_enrol", "email", [*NO_TEXTS, "a@", "x" * 255]),
    ("operation_replace", "number", NO_NUMBERS),
    ("operation_replace", "token", NO_TOKENS),
    ("operation_block", "reason", [*NO_TEXTS, None, "", "x" * 201]),
    ("operation_carry_over", "count", [*NO_INTEGERS, 0, 1_001]),
    ("operation_lockout", "failures", [*NO_INTEGERS, 0, 1_001]),
    ("push_request", "protocol", ["1", True, None, 1.0]),
    ("push_request", "nonce", [*NO_IDS, None]),
    ("push_request", "epoch", [*NO_INTEGERS, 0]),
    ("push_request", "pending", [-1, True, "1"]),
    ("push_request", "oldest_pending_at", [moment for moment in NO_MOMENTS if moment is not None]),
    ("push_request", "app_version", [*NO_TEXTS, "", "x" * 41]),
    ("push_request", "operations", [None, {}, "x", 1]),
    ("push_request", "acked", [[], 1, {"seq": 0, "key": files.read("operation_stamp")["key"]}, {"seq": 1, "key": "x"}]),
    ("push_request", "clock", [None, [], {}]),
    ("enrol_request", "code", [*NO_TEXTS, "", "x" * 41]),
    ("enrol_request", "protocol", ["1", True]),
    ("enrol_response", "pin_key", ["é", "AAA", "not base64!", 1, None]),
    ("verdict_accepted", "outcome", ["ok", None, 1]),
    ("verdict_accepted", "number", NO_NUMBERS),
]
GOOD: Final[list[tuple[str, str, list[Any]]]] = [
    ("operation_stamp", "seq", [1, INTEGER_MAX]),
    ("operation_stamp", "terms_version", [1, 2**31 - 1]),
    ("operation_stamp", "count", [1, 1_000]),
    ("operation_stamp", "uptime_ms", [0, UPTIME_MS_MAX]),
    ("operation_stamp", "boot_id", ["x", "x" * 64]),
    ("operation_stamp", "notes", ["", "é" * 500, "two\nlines", "😀", None]),
    ("operation_stamp", "occurred_at", ["1970-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z"]),
    ("operation_void", "reason", ["x", "x" * 200, None]),
    ("operation_enrol", "number", ["123456789012"]),
    ("operation_enrol", "token", ["TS1-" + "Z" * 26]),
    ("operation_enrol", "name", ["x", "x" * 120, None]),
    ("operation_enrol", "phone", ["1", "1" * 40, None]),
    ("operation_enrol", "email", ["a@b", "x" * 254, None]),
    ("operation_block", "reason", ["x", "x" * 200]),
    ("operation_carry_over", "count", [1, 1_000]),
    ("operation_lockout", "failures", [1, 1_000]),
    ("push_request", "pending", [0, INTEGER_MAX]),
    ("push_request", "app_version", ["x", "x" * 40]),
    ("push_request", "operations", [[], [None], [{"notes": NUL}]]),
    ("push_request", "protocol", [0, 2]),
    ("enrol_request", "code", ["x", "x" * 40]),
]
MODELS: Final[dict[str, TypeAdapter[Any]]] = {
    "operation": OPERATION,
    "push_request": TypeAdapter(PushRequest),
    "enrol_request": TypeAdapter(EnrolRequest),
    "enrol_response": TypeAdapter(EnrolResponse),
    "verdict": TypeAdapter(Verdict),
}


def _model(name: str) -> TypeAdapter[Any]:
    return next(model for prefix, model in MODELS.items() if name.startswith(prefix))


def _each(table: list[tuple[str, str, list[Any]]]) -> list[Any]:
    return [
        pytest.param(name, field, value, id=f"{name} {field} {value!r:.40}")
        for name, field, values in table
        for value in values
    ]


@pytest.mark.parametrize(("name", "field", "value"), _each(BAD))
def test_a_bad_value_is_refused(name: str, field: str, value: Any) -> None:
    message = files.read(name) | {field: value}
    with pytest.raises(ValidationError, match=field):
        _model(name).validate_python(message)
    with pytest.raises(ValidationError, match=field):
        _model(name).validate_json(json.dumps(message))


@pytest.mark.parametrize(("name", "field", "value"), _each(GOOD))
def test_the_value_beside_it_is_taken(name: str, field: str, value: Any) -> None:
    message = files.read(name) | {field: value}
    assert _model(name).validate_python(message) == _model(name).validate_json(json.dumps(message))


@pytest.mark.parametrize("field", ["notes", "boot_id"])
def test_half_a_character_is_no_text(field: str) -> None:
    # JSON can write a lone half of a surrogate pair; no database keeps one.
    with pytest.raises(ValidationError, match=field):
        OPERATION.validate_python(json.loads(json.dumps(files.read("operation_stamp") | {field: "\ud800"})))


_moment: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)
_octets: Final[TypeAdapter[bytes]] = TypeAdapter(Octets)
_time_of_day: Final[TypeAdapter[Any]] = TypeAdapter(TimeOfDay)


@given(
    st.one_of(st.text(max_size=40), st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", fullmatch=True))
)
def test_any_text_is_a_moment_in_utc_or_is_refused(text: str) -> None:
    try:
        moment = _moment.validate_python(text)
    except ValidationError:
        return
    assert moment.tzinfo is UTC
    assert 1970 <= moment.year <= 9998
    assert _moment.validate_python(_moment.dump_python(moment, mode="json")) == moment


def test_a_moment_in_a_model_is_taken_as_it_is() -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    assert _moment.validate_python(moment) is moment
    with pytest.raises(ValidationError):
        _moment.validate_python(datetime(2026, 11, 22))  # noqa: DTZ001 - a naive moment is what must be refused


@given(st.binary(max_size=70))
def test_octets_in_a_model_stay_as_they_are_and_travel_as_base64(octets: bytes) -> None:
    assert _octets.validate_python(octets) == octets
    text = _octets.dump_json(octets)
    assert re.fullmatch(rb'"[A-Za-z0-9+/]*={0,2}"', text)
    assert _octets.validate_json(text) == octets


@pytest.mark.parametrize("value", ["", "4:30", "24:00", "12:60", "noon", 430, None, True])
def test_what_is_no_time_of_day(value: Any) -> None:
    with pytest.raises(ValidationError):
        _time_of_day.validate_python(value)


@pytest.mark.parametrize("value", ["00:00", "04:30", "23:59"])
def test_a_time_of_day_is_hours_and_minutes(value: str) -> None:
    time_of_day = _time_of_day.validate_python(value)
    assert _time_of_day.dump_python(time_of_day, mode="json") == value
    assert _time_of_day.validate_python(time_of_day) is time_of_day
