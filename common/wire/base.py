"""What every message of the wire shares: the protocol's number, its bounds, and how moments and texts are written."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, StringConstraints, WithJsonSchema

from common.times import to_wire

PROTOCOL: Final = 1
MAX_OPERATIONS: Final = 500
MAX_BODY_BYTES: Final = 1024 * 1024
INTEGER_MAX: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exact."""


class Message(BaseModel):
    """A message or a part of one. Immutable; fields of a newer protocol are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _read_moment(value: Any) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("a moment is RFC 3339 text with a time zone")
    if value.tzinfo is UTC:
        return value
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment lies in the years 1 to 9999") from error


Moment = Annotated[
    datetime,
    PlainValidator(_read_moment),
    PlainSerializer(to_wire, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware moment in UTC; on the wire RFC 3339 with microseconds."""

Count = Annotated[int, Field(strict=True, ge=1, le=INTEGER_MAX)]
Natural = Annotated[int, Field(strict=True, ge=0, le=INTEGER_MAX)]


def text(least: int, most: int) -> StringConstraints:
    """A bounded text without NUL, which no database keeps."""
    return StringConstraints(strict=True, min_length=least, max_length=most, pattern=r"\A[^\x00]*\z")


Notes = Annotated[str, text(0, 500)]
Name = Annotated[str, text(1, 120)]
Phone = Annotated[str, text(1, 40)]
Email = Annotated[str, text(3, 254)]
Reason = Annotated[str, text(1, 200)]
BootId = Annotated[str, text(1, 64)]
AppVersion = Annotated[str, text(1, 40)]
