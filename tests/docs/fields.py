"""What a field of a message may be, in the words of docs/protocol.md, read from the model's own JSON schema."""

from typing import Any, Final

from pydantic import BaseModel

from common.wire.base import INTEGER_MAX, UPTIME_MS_MAX

_PATTERNS: Final = {
    r"\A[0-9]{12}\z": "12 digits",
    r"\ATS1-[0-9A-HJKMNP-TV-Z]{26}\z": "`TS1-` and 26 signs",
    r"\A[0-9a-f]{64}\z": "64 hexadecimal digits",
    r"\A[a-z_]{1,40}\z": "1 to 40 of a–z and _",
    "^[0-2][0-9]:[0-5][0-9]$": "time of day, `04:30`",
}
_FORMATS: Final = {"uuid": "UUID", "date-time": "moment", "date": "date"}
_NO_BOUND: Final = {INTEGER_MAX, -INTEGER_MAX, UPTIME_MS_MAX, 2**31 - 1}
"""What is there so that a reader cannot be broken, and not because anybody comes near it."""


def rows(model: type[BaseModel]) -> list[tuple[str, str, str]]:
    """For each field its name, what it may be, and what its absence means."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    needed = set(schema.get("required", ()))
    return [
        (name, _may_be(said, definitions), "needed" if name in needed else _absent(said))
        for name, said in schema["properties"].items()
    ]


def _absent(said: dict[str, Any]) -> str:
    match said.get("default"):
        case None:
            return "empty" if said.get("type") in ("array", "object") else "null"
        case bool(value):
            return str(value).lower()
        case value:
            return str(value)


def _may_be(said: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        values = definitions[name].get("enum")
        return ", ".join(f"`{value}`" for value in values) if values else f"[{name}](#{name.lower()})"
    if "anyOf" in said:
        return ", or ".join(_may_be(part, definitions) for part in said["anyOf"])
    if "const" in said:
        return f"`{said['const']}`"
    match said.get("type"):
        case "null":
            return "null"
        case "boolean":
            return "true, false"
        case "integer":
            return _integer(said)
        case "array":
            most = f", at most {said['maxItems']:,}" if "maxItems" in said else ""
            return f"list of {_may_be(said['items'], definitions)}{most}"
        case "string":
            return _string(said)
        case "object":
            return "object"
        case _:
            return "anything"


def _integer(said: dict[str, Any]) -> str:
    least, most = said.get("minimum"), said.get("maximum")
    if most is not None and most not in _NO_BOUND:
        return f"{least:,} to {most:,}"
    return "number" if least is None or least in _NO_BOUND else f"{least} or more"


def _string(said: dict[str, Any]) -> str:
    if "contentEncoding" in said:
        return "base64"
    if said.get("format") in _FORMATS:
        return _FORMATS[said["format"]]
    if said.get("pattern") in _PATTERNS:
        return _PATTERNS[said["pattern"]]
    return f"text, {said['minLength']} to {said['maxLength']}" if "maxLength" in said else "text"
