"""The values that a shop file may hold, each checked in the merchant's own words.

Each check sees what TOML brought and returns the value, or raises `PydanticCustomError` with the end of a sentence
that begins with the value's name: `stamps_target must be 1 to 100, not 0`.
"""

import re
from datetime import time
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, TypeVar
from zoneinfo import available_timezones

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from common.pin import is_pin
from common.terms import BOUNDS, is_timezone

PROBLEM: Final = "shop_file"

Choice = TypeVar("Choice", bound=StrEnum)

_SLUG: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SHOWN_CHARACTERS_MAX: Final = 40


def problem(words: str) -> PydanticCustomError:
    # Not as the template itself: words that quote the file may hold braces.
    return PydanticCustomError(PROBLEM, "{words}", {"words": words})


def shown(value: Any) -> str:
    """A value as the file writes it, cut short."""
    written = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    written = written or (f'"{value}"' if isinstance(value, str) else str(value))
    return written if len(written) <= _SHOWN_CHARACTERS_MAX else written[:_SHOWN_CHARACTERS_MAX] + "…"


def whole(least: int, greatest: int) -> PlainValidator:
    def check(value: Any) -> int:
        if type(value) is not int:
            raise problem(f"must be a whole number without quotes, {least} to {greatest}, not {shown(value)}")
        if not least <= value <= greatest:
            raise problem(f"must be {least} to {greatest}, not {shown(value)}")
        return value

    return PlainValidator(check)


def bounded(name: str) -> PlainValidator:
    """A whole number, or a text, within the bounds that the law has for `name`."""
    bound = BOUNDS[name]
    return words(bound.least, bound.greatest) if name == "reward" else whole(bound.least, bound.greatest)


def words(least: int, greatest: int) -> PlainValidator:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise problem(f"must be text in quotes, not {shown(value)}")
        text = value.strip()
        if not least <= len(text) <= greatest:
            raise problem(f"must have {least} to {greatest} characters, not {len(text)}")
        if not text.isprintable():
            raise problem("must be one line without control characters")
        return text

    return PlainValidator(check)


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise problem(f"must be true or false without quotes, not {shown(value)}")
    return value


def one_of(choices: type[Choice]) -> PlainValidator:
    def check(value: Any) -> Choice:
        try:
            return choices(value)
        except ValueError:
            allowed = [f'"{choice}"' for choice in choices]
            listed = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
            raise problem(f"must be {listed}, not {shown(value)}") from None

    return PlainValidator(check)


def slug(value: Any) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise problem(
            "must be a short name of small letters, digits and dashes, at most 40, like "
            f'"main-street", not {shown(value)}'
        )
    return value


def zone(value: Any) -> str:
    if not isinstance(value, str):
        raise problem(f'must be a time zone in quotes, like "Europe/Luxembourg", not {shown(value)}')
    if not is_timezone(value):
        nearest = get_close_matches(value, available_timezones(), n=1)
        meant = f'did you mean "{nearest[0]}"?' if nearest else 'write it like "Europe/Luxembourg"'
        raise problem(f"is not a time zone: {shown(value)}; {meant}")
    return value


def time_of_day(value: Any) -> time:
    if isinstance(value, str) and _TIME_OF_DAY.fullmatch(value):
        return time.fromisoformat(value)
    if isinstance(value, time) and (value.second, value.microsecond) == (0, 0):
        return value
    raise problem(f'must be a time of day like "04:30", not {shown(value)}')


def pin(value: Any) -> str:
    # Never shown: what is wrong with it may still be nearly right.
    if isinstance(value, int):
        raise problem('must stand in quotes, like "4821": without them a leading zero would be lost')
    if not isinstance(value, str) or not is_pin(value):
        raise problem('must be 4 to 6 digits in quotes, like "4821"')
    return value
