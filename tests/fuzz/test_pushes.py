"""Pushes that are judged and not only read: whatever is among them, the rest goes on, and the books add up."""

import http.client
import json
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pydantic_core
from hypothesis import given
from hypothesis import strategies as st

from common.wire.push import PushResponse
from server.api.described import operation_schema
from server.operate.audit.run import audit
from tests.fuzz.cases import ROUTE_CASES, fuzz
from tests.fuzz.drawn import broken, conforming
from tests.fuzz.target import Target, running_target
from tests.helpers.databases import Databases
from tests.helpers.shop import WireTill, said

PATIENCE_S: Final = 30
CASES: Final = ROUTE_CASES // 10


def _is_json(drawn: Any) -> bool:
    """Python writes infinities and halves of characters too. One of them makes a whole body none."""
    try:
        pydantic_core.from_json(json.dumps(drawn, allow_nan=False))
    except ValueError:
        return False
    return True


OPERATIONS: Final = st.lists(broken(conforming(operation_schema())).filter(_is_json), max_size=4)


def test_one_plain_stamp_is_accepted_whatever_stands_before_it(databases: Databases, tmp_path: Path) -> None:
    with running_target(databases, tmp_path) as target:
        host = target.url.removeprefix("http://")
        with closing(http.client.HTTPConnection(host, timeout=PATIENCE_S)) as connection:
            customer = target.cards.pop()

            @fuzz(CASES)
            @given(OPERATIONS)
            def the_stamp_counts(drawn: list[Any]) -> None:
                before = [_about_a_card(target, number, operation) for number, operation in enumerate(drawn)]
                answer = _push(connection, target.till, before, customer)
                assert len(answer.verdicts) == len(drawn) + 1
                assert said(answer.verdicts[-1:]) == ["accepted"]

            the_stamp_counts()
        report = audit(target.engine)
        assert report.findings == ()
        assert report.counts["transactions"] >= CASES


def _about_a_card(target: Target, number: int, operation: Any) -> dict[str, Any]:
    """Most operations are about a card that there is, under terms that there are.

    All can be numbered: where not even that can be read, a batch ends (tests/server/sync).
    """
    if not isinstance(operation, dict):
        return {"kind": operation}
    if number % 3 == 0:
        return operation
    boot = {"boot_id": target.till.shop.clock.boot_id(), "uptime_ms": target.till.shop.clock.uptime_ms()}
    return operation | boot | {"terms_version": 1, "card_id": str(target.cards[number % len(target.cards)])}


def _push(
    connection: http.client.HTTPConnection, till: WireTill, before: list[dict[str, Any]], customer: UUID
) -> PushResponse:
    """In the till's own numbering, gapless."""
    numbered = [operation | {"seq": till.seq + place} for place, operation in enumerate(before, 1)]
    till.seq += len(before)
    body = json.dumps(till.request([*numbered, till.stamp(customer)])).encode()
    connection.request("POST", "/v1/sync/push", body, {"Authorization": f"Bearer {till.token}"})
    with connection.getresponse() as response:
        content = response.read()
        assert response.status == 200, content
    answer = PushResponse.model_validate_json(content)
    till.epoch, till.seq = answer.epoch, answer.have_seq
    return answer
