"""Problems of a shop file, in words: where it is, what is wrong, and what was probably meant."""

from collections.abc import Iterator, Mapping, Set
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from server.merchant.shop_values import PROBLEM, shown

Location = tuple[int | str, ...]

_LISTED = ("stores", "staff")


def in_words(error: ValidationError, tables: Mapping[str, Any], known: Mapping[str, Set[str]]) -> Iterator[str]:
    """One sentence for each problem. `known` names the keys of each section."""
    for details in error.errors(include_url=False):
        yield _sentence(details, tables, known)


def _sentence(details: ErrorDetails, tables: Mapping[str, Any], known: Mapping[str, Set[str]]) -> str:
    location, kind = details["loc"], details["type"]
    place, key = _place(location, tables), location[-1]
    if kind == "extra_forbidden":
        return _unknown(location, place, known)
    if kind == "missing" and len(location) == 1:
        return f"there is no {_heading(str(key))}"
    if kind == "missing":
        return f"{place}: {key} is missing"
    if kind == "too_short":
        return f"there is no {_heading(str(key))}"
    if kind == PROBLEM:
        return f"{place}: {_value_name(location)} {details['msg']}"
    if len(location) == 1 or kind == "model_type":
        key = location[0]
        return f"{_heading(str(key))} is not written as a section; write {_heading(str(key))} on a line of its own"
    return f"{place}: {_value_name(location)} cannot be {shown(details['input'])}; {details['msg'].lower()}"


def _unknown(location: Location, place: str, known: Mapping[str, Set[str]]) -> str:
    key = str(location[-1])
    if len(location) == 1:
        return f'there is an unknown section or key "{key}"{_meant(key, set(known), as_heading=True)}'
    section = str(location[0])
    elsewhere = [name for name, keys in known.items() if key in keys and name != section]
    if elsewhere and not get_close_matches(key, known[section], cutoff=0.85):
        return f'{place}: "{key}" does not belong here; it belongs under {_heading(elsewhere[0])}'
    return f'{place}: unknown key "{key}"{_meant(key, known[section], as_heading=False)}'


def _meant(key: str, known: Set[str], *, as_heading: bool) -> str:
    nearest = get_close_matches(key.lower().replace("-", "_"), sorted(known), n=1, cutoff=0.5)
    if not nearest:
        names = ", ".join(_heading(name) if as_heading else name for name in sorted(known))
        return f"; known here: {names}"
    return f", did you mean {_heading(nearest[0]) if as_heading else chr(34) + nearest[0] + chr(34)}?"


def _place(location: Location, tables: Mapping[str, Any]) -> str:
    """`[terms]`, `store "gare"`, or `the 2nd [[stores]]` where even its name cannot be read."""
    section = str(location[0])
    if section not in _LISTED or len(location) < 2:
        return _heading(section)
    number = int(location[1])
    row = tables[section][number]
    name = (row.get("name") or row.get("slug")) if isinstance(row, dict) else None
    what = "store" if section == "stores" else "staff"
    return f'{what} "{name}"' if isinstance(name, str) else f"{_heading(section)} number {number + 1}"


def _value_name(location: Location) -> str:
    """The key, with the place in its list: `stores`, second entry."""
    named = [str(part) for part in location[1:] if isinstance(part, str)]
    last = location[-1]
    return f"{named[0]} (entry {last + 1})" if isinstance(last, int) and named else named[0] if named else ""


def _heading(section: str) -> str:
    return f"[[{section}]]" if section in _LISTED else f"[{section}]"
