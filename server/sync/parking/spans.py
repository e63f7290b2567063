"""Where in a body its operations stand, so that one can be kept exactly as it came.

Read a second time, and by hand: a parser tells what a text says, not where. Only for operations that are to be parked.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_OPERATIONS: Final = "operations"

# Endless digits are a text here: what they say does not matter, only where they end.
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)


def operation_bytes(body: bytes) -> list[bytes]:
    """The exact bytes of each operation in a batch. Raises ValueError for a body that is no batch.

    As in every JSON reader, of two members of the same name the last counts.
    """
    # Without "-sig": a slice must not get a mark of its own.
    encoding = json.detect_encoding(body).removesuffix("-sig")
    text = body.decode(encoding, "surrogatepass").removeprefix("\ufeff")
    begins = None
    for name, value_begins in _members(text):
        if name == _OPERATIONS:
            begins = value_begins
    if begins is None:
        raise ValueError("the body has no operations")
    return [text[start:end].encode(encoding, "surrogatepass") for start, end in _elements(text, begins)]


def _members(text: str) -> Iterator[tuple[str, int]]:
    """The names of an object's members, and where their values begin."""
    at = _after(text, 0, "{")
    while text[at : at + 1] != "}":
        name, at = _value(text, at)
        at = _after(text, at, ":")
        yield name, at
        _, at = _value(text, at)
        at = _next(text, at, "}")


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the elements of an array begin and end."""
    at = _after(text, at, "[")
    while text[at : at + 1] != "]":
        start = at
        _, at = _value(text, at)
        yield start, at
        at = _next(text, at, "]")


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _after(text: str, at: int, sign: str) -> int:
    """Behind `sign` and the blanks around it."""
    at = _blanks(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"no {sign} at character {at}")
    return _blanks(text, at + 1)


def _next(text: str, at: int, closing: str) -> int:
    """Behind a comma, or at the closing sign."""
    at = _blanks(text, at)
    return at if text[at : at + 1] == closing else _after(text, at, ",")


def _blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()
