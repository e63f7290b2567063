"""What is sent: messages as their JSON schema has them, the same with something broken in them, and plain rubbish."""

import json
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from hypothesis import strategies as st

Schema = dict[str, Any]

_ITEMS_MAX: Final = 3
"""What is larger than Hypothesis likes to draw is thrown away, and with it all that is interesting."""
_NOT_ZERO: Final = r"^[^\x00]*$"

_NASTY_TEXTS: Final = st.sampled_from(
    [
        "",
        "\x00",
        "\ud800",
        "1e999",
        "NaN",
        "-0",
        "٣",
        "0192\u200b",
        "'; DROP TABLE cards; --",
        "%",
        "\\",
        "TS1-",
        "🙂" * 50,
    ]
)
_NUMBERS: Final = st.integers(-(2**70), 2**70) | st.sampled_from([0, -1, 2**31, 2**53, 2**63, 10**400]) | st.floats()

ANYTHING: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(max_size=30) | _NASTY_TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=10) | st.sampled_from(["key", "seq", "kind"]), inner, max_size=4)
    ),
    max_leaves=8,
)


def conforming(schema: Schema) -> st.SearchStrategy[Any]:
    """Values that a schema allows. Knows the words that our own schemas use."""
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return st.one_of([conforming(choice) for choice in schema[word]])
    match schema.get("type"):
        case "object":
            return _objects(schema)
        case "array":
            most = min(schema.get("maxItems", _ITEMS_MAX), _ITEMS_MAX)
            items = conforming(schema.get("items", {}))
            return st.lists(items, min_size=1, max_size=most) | st.lists(items, max_size=most)
        case "string":
            return _texts(schema)
        case "integer":
            most = schema.get("maximum", schema.get("exclusiveMaximum", 2**31) - 1)
            return st.integers(schema.get("minimum", -5), most)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return ANYTHING


def _objects(schema: Schema) -> st.SearchStrategy[Any]:
    fields = {name: conforming(part) for name, part in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    match schema.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date-time":
            seconds = st.integers(86_400, 253_370_764_800) | st.integers(1_750_000_000, 1_850_000_000)
            return seconds.map(lambda second: datetime.fromtimestamp(second, UTC).isoformat())
        case "date":
            return st.dates().map(str)
        case "binary":
            return st.text()
    pattern = schema.get("pattern", _NOT_ZERO)
    if pattern != _NOT_ZERO:
        # In Python's own expressions `$` also stands before a last line break.
        return st.from_regex(str(pattern).removesuffix("$") + r"\Z" if str(pattern).endswith("$") else str(pattern))
    readable = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    return st.text(readable, min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 40))


@st.composite
def broken(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> Any:
    """Values of another strategy, most of them with something in them that does not belong there."""
    value = draw(values)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 3]))):
        value = _break(draw, value)
    return value


def _break(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        name = draw(st.sampled_from(sorted(value)))
        if draw(st.integers(0, 4)) == 0:
            return {other: part for other, part in value.items() if other != name}
        return value | {name: _break(draw, value[name])}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _break(draw, value[place]), *value[place + 1 :]]
    return draw(ANYTHING)


def written(values: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """As a body, whole or torn; or no JSON at all."""
    texts = values.map(lambda value: json.dumps(value).encode())
    torn = st.builds(lambda text, end: text[: end % (len(text) + 1)], texts, st.integers(0, 10_000))
    deep = st.integers(1, 3_000).map(lambda depth: b"[" * depth + b"]" * depth)
    return st.one_of(texts, texts, texts, texts, torn, deep, st.binary(max_size=200))


def queries(parameters: list[Schema]) -> st.SearchStrategy[str]:
    """Query strings of parameters that are as they should be, or are not, or are not there."""
    rubbish = st.binary(max_size=20).map(quote) | st.text(max_size=20).map(lambda text: quote(text, errors="replace"))
    fields = {}
    for parameter in parameters:
        fitting = conforming(parameter["schema"]).map(_as_query_text)
        fields[parameter["name"]] = st.one_of(fitting, fitting, fitting, fitting, fitting, rubbish)
    return st.fixed_dictionaries({}, optional=fields).map(
        lambda chosen: "&".join(f"{name}={value}" for name, value in chosen.items())
    ) | st.fixed_dictionaries(fields).map(
        lambda chosen: "&".join(f"{name}={value}" for name, value in chosen.items() if value != "None")
    )


def _as_query_text(value: Any) -> str:
    return "None" if value is None else quote(str(value), errors="replace")
