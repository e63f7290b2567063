"""What OpenAPI says of bodies that we read ourselves, and of problems: FastAPI knows only what it reads itself."""

from typing import Any, Final

from fastapi import FastAPI
from pydantic import TypeAdapter

from common.wire.base import MAX_OPERATIONS
from common.wire.operations import Operation
from common.wire.problem import PROBLEM_JSON, Problem
from common.wire.push import PushRequest

_DEFINITION: Final = "#/$defs/"


def _with_common_patterns(part: Any) -> Any:
    if isinstance(part, list):
        return [_with_common_patterns(item) for item in part]
    if not isinstance(part, dict):
        return part
    said = {name: _with_common_patterns(value) for name, value in part.items()}
    if isinstance(pattern := said.get("pattern"), str):
        said["pattern"] = pattern.replace(r"\A", "^").replace(r"\z", "$")
    return said


def inlined(shape: Any) -> dict[str, Any]:
    """The JSON schema of a message, with the parts that it refers to in their places; none of ours holds itself."""
    schema = TypeAdapter(shape).json_schema()
    definitions = schema.pop("$defs", {})

    def placed(part: Any) -> Any:
        if isinstance(part, list):
            return [placed(item) for item in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return placed(definitions[part["$ref"].removeprefix(_DEFINITION)])
        # It names definitions, and only speeds up what `const` of each kind says already.
        return {name: placed(value) for name, value in part.items() if name != "discriminator"}

    whole: dict[str, Any] = _with_common_patterns(placed(schema))
    return whole


def takes(schema: dict[str, Any], media_type: str = "application/json", *, required: bool = True) -> dict[str, Any]:
    """`openapi_extra` of a route whose body is read here."""
    return {"requestBody": {"required": required, "content": {media_type: {"schema": schema}}}}


def operation_schema() -> dict[str, Any]:
    """An operation of any kind. Each model knows its kind; on the wire it must be said."""
    schema = inlined(Operation)
    for kind in schema["oneOf"]:
        kind["required"] = ["kind", *kind["required"]]
    return schema


def push_schema() -> dict[str, Any]:
    """A push, with its operations as they should be; read are others too, each on its own."""
    schema = inlined(PushRequest)
    schema["properties"]["operations"] |= {"items": operation_schema(), "maxItems": MAX_OPERATIONS}
    return schema


_PROBLEM: Final = {PROBLEM_JSON: {"schema": inlined(Problem)}}

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"description": "A problem (RFC 9457) with a stable `code`.", "content": _PROBLEM},
    503: {"description": "The server is busy. `Retry-After` says when to come again.", "content": _PROBLEM},
}


class DescribedApi(FastAPI):
    """An app whose OpenAPI says patterns as the rest of the world does: pydantic's own are Rust's."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = _with_common_patterns(super().openapi())
        return self.openapi_schema
