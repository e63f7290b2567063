"""What every message of the wire shares: the protocol's number, its bounds, and how moments and texts are written."""

import base64
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, StringConstraints, WithJsonSchema

from common.times import to_wire

PROTOCOL: Final = 1
MAX_OPERATIONS: Final = 500
MAX_BODY_BYTES: Final = 1024 * 1024
INTEGER_MAX: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exact."""


# What each request says it speaks. Read are others too, to be told that one side needs an update.
Protocol = Annotated[int, Field(strict=True, json_schema_extra={"const": PROTOCOL})]
ProtocolInQuery = Annotated[int, Field(json_schema_extra={"const": PROTOCOL})]
"""As the other, but what stands in a query is text."""


Whole = Annotated[int, Field(ge=-INTEGER_MAX, le=INTEGER_MAX)]
"""A number in an answer. Without a bound, one that no book can hold would reach it."""


class Message(BaseModel):
    """A message or a part of one. Immutable; fields of a newer protocol are ignored."""

    # A message may hold a customer's name or a secret, and a validator's complaint ends in a log.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""A year of room, so that a rule may add its days and weeks to any moment."""


def _read_moment(value: Any) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("a moment is RFC 3339 text with a time zone")
    if not EARLIEST <= value < _LATEST:
        raise ValueError("a moment lies in the years 1970 to 9998")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


Moment = Annotated[
    datetime,
    PlainValidator(_read_moment),
    PlainSerializer(to_wire, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware moment in UTC; on the wire RFC 3339 with microseconds."""


def _read_octets(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return base64.b64decode(value, validate=True)
    raise ValueError("octets are base64 text")


Octets = Annotated[
    bytes,
    PlainValidator(_read_octets),
    PlainSerializer(lambda value: base64.b64encode(value).decode("ascii"), return_type=str),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
"""Bytes in a model, base64 on the wire. Not pydantic's Base64Bytes: that decodes bytes too, so that a key handed to
a model as it is would silently become another."""

Count = Annotated[int, Field(strict=True, ge=1, le=INTEGER_MAX)]
UPTIME_MS_MAX: Final = 100 * 366 * 24 * 3_600 * 1_000
"""No machine runs for a hundred years; what claims so is broken, and would leave the calendar."""

Natural = Annotated[int, Field(strict=True, ge=0, le=INTEGER_MAX)]

UptimeMs = Annotated[int, Field(strict=True, ge=0, le=UPTIME_MS_MAX)]


def text(least: int, most: int) -> StringConstraints:
    """A bounded text without NUL, which no database keeps."""
    return StringConstraints(strict=True, min_length=least, max_length=most, pattern=r"\A[^\x00]*\z")


Incarnation = Annotated[str, text(1, 200)]
"""The name of one life of the server's data; where the data goes back in time, another begins."""

Notes = Annotated[str, text(0, 500)]
Name = Annotated[str, text(1, 120)]
Phone = Annotated[str, text(1, 40)]
Email = Annotated[str, text(3, 254)]
Reason = Annotated[str, text(1, 200)]
BootId = Annotated[str, text(1, 64)]
AppVersion = Annotated[str, text(1, 40)]
