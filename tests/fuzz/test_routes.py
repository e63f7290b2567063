"""Every route of the running server but the event stream, asked by its own OpenAPI: no answer is a failure.

And every answer is one that the document promises, and when all is done the books still add up.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import Engine, text

from common.clock import SystemClock
from common.times import to_wire
from common.wire.enrol import EnrolResponse, TokenResponse
from common.wire.problem import PROBLEM_JSON, Problem
from common.wire.pull import PullResponse
from common.wire.push import PushResponse
from server.operate.audit.run import audit
from server.store import migrate
from server.store.engine import make_engine
from tests.fuzz.cases import ROUTE_CASES, fuzz
from tests.fuzz.drawn import broken, conforming, queries, written
from tests.helpers.clock import ManualClock
from tests.helpers.databases import Databases
from tests.helpers.real_hub import running_hub
from tests.helpers.shop import Shop, WireTill

PATIENCE_S: Final = 30
TERMS: Final = 'cooldown_minutes = 0\ndaily_limit = 1000\npin_policy = "off"'
LEFT_OUT: Final = {"/v1/sync/events"}
"""It does not end; tests/server/api has its own."""

ANSWERS: Final[dict[str, type[BaseModel]]] = {
    "/v1/tills/enrol": EnrolResponse,
    "/v1/tills/token": TokenResponse,
    "/v1/sync/push": PushResponse,
    "/v1/sync/park": PushResponse,
    "/v1/sync/pull": PullResponse,
}


@dataclass
class Route:
    """One address of the document, with one method."""

    path: str
    method: str
    said: dict[str, Any]

    @property
    def body(self) -> dict[str, Any] | None:
        contents = self.said.get("requestBody", {}).get("content", {})
        return next((content["schema"] for content in contents.values()), None)

    def parameters(self) -> list[dict[str, Any]]:
        return [parameter for parameter in self.said.get("parameters", []) if parameter["in"] == "query"]

    def promises(self, status: int) -> bool:
        return bool({str(status), f"{status // 100}XX"} & set(self.said["responses"]))


@dataclass
class Target:
    """The running server, a till of it that every case speaks as, and what that till has come to."""

    connection: http.client.HTTPConnection
    engine: Engine
    till: WireTill
    routes: list[Route]
    code: str
    have_seq: int = 0
    epoch: int = 1
    cards: list[str] = field(default_factory=list)
    statuses: dict[str, set[int]] = field(default_factory=dict)

    def ask(self, route: Route, query: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        path = f"{route.path}?{query}" if query else route.path
        self.connection.request(route.method, path, body or None, headers)
        with self.connection.getresponse() as response:
            answer = response.status, response.headers.get("Content-Type", ""), response.read()
        self.statuses.setdefault(route.path, set()).add(answer[0])
        return answer

    def set_right(self, push: Any) -> Any:
        """The same push in this till's own numbering, so that what it says is judged and not only read."""
        if not isinstance(push, dict) or not isinstance(push.get("operations"), list):
            return push
        clock = SystemClock()
        boot = {"boot_id": clock.boot_id(), "uptime_ms": clock.uptime_ms()}
        operations = [
            operation | boot | {"seq": self.have_seq + number, "terms_version": 1} | self._card(number)
            if isinstance(operation, dict)
            else operation
            for number, operation in enumerate(push["operations"], start=1)
        ]
        sent = {"clock": boot | {"sent_at": to_wire(clock.now())}, "acked": None}
        return push | sent | {"protocol": 1, "epoch": self.epoch, "operations": operations}

    def _card(self, number: int) -> dict[str, str]:
        """Most operations are about a card that there is."""
        return {"card_id": self.cards[number % len(self.cards)]} if number % 3 else {}

    def follow(self, answer: PushResponse) -> None:
        self.epoch, self.have_seq = answer.epoch, answer.have_seq


@pytest.fixture
def target(databases: Databases, tmp_path: Any) -> Iterator[Target]:
    url = databases.make(migrate.upgrade)
    engine = make_engine(url)
    shop = Shop.open(engine, ManualClock(SystemClock().now()), terms=TERMS)
    till = shop.till()
    cards = [str(till.card()) for _ in range(5)]
    with running_hub(url, tmp_path, SystemClock()) as hub:
        host, _, port = hub.url.removeprefix("http://").partition(":")
        with closing(http.client.HTTPConnection(host, int(port), timeout=PATIENCE_S)) as connection:
            connection.request("GET", "/openapi.json")
            with connection.getresponse() as response:
                document = json.load(response)
            routes = [
                Route(path, method.upper(), said)
                for path, methods in document["paths"].items()
                for method, said in methods.items()
                if path not in LEFT_OUT
            ]
            # Most of what can go wrong hides behind a push.
            routes += [route for route in routes if route.path == "/v1/sync/push"] * 4
            yield Target(connection, engine, till, routes, hub.code("other", slug=shop.slug), till.seq, 1, cards)
    engine.dispose()
    databases.drop(url)


def credentials(token: str) -> st.SearchStrategy[dict[str, str]]:
    good = st.just({"Authorization": f"Bearer {token}"})
    odd = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
    return st.one_of(good, good, good, good, good, odd.map(lambda text: {"Authorization": text}), st.just({}))


def bodies(data: st.DataObject, target: Target, route: Route) -> bytes:
    schema = route.body
    if schema is None:
        return data.draw(st.just(b"") | st.binary(max_size=50))
    if schema.get("format") == "binary":
        return data.draw(st.binary(max_size=300) | written(broken(conforming({}))))
    message = broken(conforming(schema))
    if route.path == "/v1/sync/push" and data.draw(st.integers(0, 3)):
        with_operations = schema | {"required": [*schema["required"], "operations"]}
        message = broken(conforming(with_operations)).map(target.set_right)
    return data.draw(written(message))


def test_no_request_makes_the_server_fail(target: Target) -> None:
    @fuzz(ROUTE_CASES)
    @given(st.data())
    def every_answer_is_promised(data: st.DataObject) -> None:
        route = data.draw(st.sampled_from(target.routes))
        query = data.draw(queries(route.parameters()))
        headers = data.draw(credentials(target.till.token))
        if "enrol" in route.path:
            # Ten wrong codes an hour are a limit, and here only in the way.
            with target.engine.begin() as connection:
                connection.execute(text("DELETE FROM enrolment_attempts"))
        status, content_type, answer = target.ask(route, query, bodies(data, target, route), headers)
        assert status < 500, answer
        assert route.promises(status), f"{route.path} does not promise {status}"
        if status >= 400:
            assert content_type == PROBLEM_JSON
            assert Problem.model_validate_json(answer).status == status
        elif route.path in ANSWERS:
            said = ANSWERS[route.path].model_validate_json(answer)
            if isinstance(said, PushResponse):
                target.follow(said)

    every_answer_is_promised()
    taken = {path for path, statuses in target.statuses.items() if min(statuses) < 300}
    assert taken >= {"/v1/sync/push", "/v1/sync/pull"}, "cases that are all refused at the door prove little"
    report = audit(target.engine)
    assert report.counts["operations"] > len(target.cards), "nor those that are never judged"
    # One operation under two seqs is answered twice and kept once: no till does that, and here it is drawn.
    found = [finding for finding in report.findings if finding.check != "no_operation_is_missing"]
    assert found == []
