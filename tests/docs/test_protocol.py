"""docs/protocol.md: every address, every message and every field that there is, with its bounds, and none else."""

import inspect
import re
from typing import Final, get_args

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from common.wire import base, enrol, events, operations, park, problem, pull, push
from common.wire.operations import OPERATION, OperationBase
from common.wire.push import PushRequest
from server.api import enrol as enrol_api
from server.api import events as events_api
from server.api import health as health_api
from server.api import park as park_api
from server.api import pull as pull_api
from server.api import push as push_api
from server.api import rotate as rotate_api
from server.app import ROUTES
from server.sync.recovery.offered import BESIDE, OfferedCard
from tests.docs.fields import rows
from tests.docs.pages import DOCS, blocks, section, table

PAGE: Final = DOCS / "protocol.md"
TEXT: Final = PAGE.read_text(encoding="utf-8")
_APIS: Final = (enrol_api, rotate_api, push_api, park_api, pull_api, events_api, health_api)
ADDRESSES: Final = {
    f"{method} {route.path}"
    for api in _APIS
    for route in api.router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
}
KINDS: Final = get_args(get_args(operations.Operation)[0])
MESSAGES: Final = {
    message.__name__: message
    for module in (enrol, events, park, problem, pull, push)
    for _, message in inspect.getmembers(module, inspect.isclass)
    if issubclass(message, base.Message) and message.__module__ == module.__name__
} | {"OfferedCard": OfferedCard, "Operation": OperationBase}


def told(heading: str) -> list[list[str]]:
    return [[cell.strip("`") for cell in row] for row in table(section(PAGE, heading))]


def as_rows(model: type[BaseModel]) -> list[list[str]]:
    """The fields as the page's cells have them."""
    return [[name, may_be.strip("`"), absent] for name, may_be, absent in rows(model)]


def test_every_address_has_its_place_and_only_one() -> None:
    assert {address.partition(" ")[2] for address in ADDRESSES} == set(ROUTES)
    assert sorted(re.findall(r"^## `(.+)`$", TEXT, re.MULTILINE)) == sorted(ADDRESSES)


def test_every_message_has_its_place_and_only_one() -> None:
    assert sorted(re.findall(r"^### (\w+)$", TEXT, re.MULTILINE)) == sorted([*MESSAGES, "Receipts"])


@pytest.mark.parametrize("name", sorted(MESSAGES.keys() - {"Operation"}))
def test_a_message_is_told_field_by_field_with_its_bounds(name: str) -> None:
    assert [row[:3] for row in told(f"### {name}")] == as_rows(MESSAGES[name])


def test_an_operation_is_told_field_by_field_and_kind_by_kind() -> None:
    common = as_rows(OperationBase)
    own = [
        [str(kind.model_fields["kind"].default), *row]
        for kind in KINDS
        for row in as_rows(kind)
        if row[0] not in OperationBase.model_fields
    ]
    listed = told("### Operation")
    assert [row[:3] for row in listed[: len(common)]] == common
    assert listed[len(common) :] == own


def test_what_only_some_kinds_need_is_as_it_is_told() -> None:
    """Every kind but `lockout` needs its card; that one needs its person."""
    needed = {}
    for kind in KINDS:
        names = {name for name, field in kind.model_fields.items() if field.is_required()}
        needed[str(kind.model_fields["kind"].default)] = names
    assert {kind for kind, names in needed.items() if "card_id" not in names} == {"lockout"}
    assert {kind for kind, names in needed.items() if "staff_id" in names} == {"lockout"}


def test_the_query_of_a_pull_is_told() -> None:
    parameters = {name for name in inspect.signature(pull_api.pull).parameters if name not in {"hub", "token"}}
    before_its_messages, _, _ = section(PAGE, "## `GET /v1/sync/pull`").partition("###")
    listed = {row[0].strip("`"): row[1:3] for row in table(before_its_messages)}
    assert listed.keys() == parameters
    assert listed["limit"] == [f"1 to {pull.PULL_LIMIT_MAX:,}", str(pull.PULL_LIMIT_DEFAULT)]


def test_what_stands_beside_an_offered_operation_is_told() -> None:
    assert tuple(row[0] for row in told("### Receipts")[: len(BESIDE)]) == BESIDE


def test_the_example_is_a_push_that_a_server_reads() -> None:
    (example,) = [block for block in blocks(PAGE) if block.language == "json"]
    request = PushRequest.model_validate_json(example.text)
    assert [OPERATION.validate_python(raw).seq for raw in request.operations] == [42]
    assert request.next_seq == 43
