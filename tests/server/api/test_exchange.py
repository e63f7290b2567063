"""Push, pull and enrol over HTTP: what a till is answered, and that nothing of it depends on how it is asked."""

import json
import uuid
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from common.wire.base import MAX_BODY_BYTES
from common.wire.enrol import EnrolResponse
from common.wire.pull import PullResponse
from common.wire.push import PushResponse
from server.access.enrolment import make_code
from server.store.engine import in_transaction
from server.store.fence import entrance
from tests.helpers.asgi import Client
from tests.helpers.shop import Shop, WireTill, said

PUSH, PULL, ENROL = "/v1/sync/push", "/v1/sync/pull", "/v1/tills/enrol"


def code_of(shop: Shop, till_name: str = "new") -> str:
    return in_transaction(
        shop.engine,
        lambda connection: make_code(
            connection,
            merchant_id=shop.merchant_id,
            store_id=shop.stores["gare"],
            till_name=till_name,
            now=shop.clock.now(),
        ),
    ).code


def test_a_push_is_answered_with_its_nonce_and_a_verdict_for_each(client: Client, till: WireTill, shop: Shop) -> None:
    request = till.request([till.enrol_card(), till.enrol_card()])
    answer = client.post(PUSH, request)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    pushed = PushResponse.model_validate_json(answer.body)
    assert pushed.nonce == uuid.UUID(request["nonce"])
    assert pushed.server_time == shop.clock.now()
    assert (pushed.epoch, pushed.have_seq, said(pushed.verdicts)) == (1, 2, ["accepted", "accepted"])
    fields = set(answer.json()["verdicts"][0])
    assert fields == {
        *("key", "seq", "outcome", "code", "detail", "event_time", "business_date", "terms_version"),
        *("balance_after", "card_id", "merged_into", "number", "ver", "replayed", "receipt"),
    }


def test_a_pull_is_a_page(client: Client, till: WireTill) -> None:
    till.card()
    answer = client.get(PULL)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    page = PullResponse.model_validate_json(answer.body)
    assert (page.reset, len(page.changes.cards)) == (True, 1)
    following = PullResponse.model_validate_json(client.get(f"{PULL}?cursor={page.cursor}&limit=5000").body)
    assert following.incarnation == page.incarnation
    assert not following.more


def test_an_enrolment_gives_a_till_its_token_and_key(app: FastAPI, shop: Shop) -> None:
    nobody = Client(app)
    answer = nobody.post(ENROL, {"code": code_of(shop), "app_version": "0.1.0", "protocol": 1})
    assert answer.status == 201
    enrolled = EnrolResponse.model_validate_json(answer.body)
    assert (enrolled.till.name, enrolled.store.name, enrolled.merchant.name) == ("new", "Gare", "Roast & Co")
    assert (enrolled.merchant.id, enrolled.epoch, len(enrolled.pin_key)) == (shop.merchant_id, 1, 32)
    row = next(row for row in shop.rows("tills") if row.till_id == enrolled.till.id)
    assert bytes(row.pin_key) == enrolled.pin_key
    assert enrolled.token.encode() not in bytes(row.token_sha256)
    assert Client(app, enrolled.token).get(PULL).status == 200


def test_wrong_used_and_expired_codes_get_one_answer(app: FastAPI, shop: Shop) -> None:
    nobody = Client(app)
    used, expired = code_of(shop, "used"), code_of(shop, "expired")
    said_all = [{"code": code, "app_version": "0.1.0", "protocol": 1} for code in ("0000-0000", used, expired, "é" * 9)]
    assert nobody.post(ENROL, said_all[1]).status == 201
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE enrolment_codes SET expires_at = :now WHERE merchant_id = :merchant_id AND used_at IS NULL"),
            {"now": shop.clock.now(), "merchant_id": shop.merchant_id},
        )
    answers = [nobody.post(ENROL, said) for said in said_all]
    assert {(answer.status, answer.code) for answer in answers} == {(401, "enrolment_code_invalid")}
    assert len({answer.body for answer in answers}) == 1


def test_a_till_that_no_number_is_left_for_is_told_so(app: FastAPI, shop: Shop, till: WireTill) -> None:
    asked = {"code": code_of(shop), "app_version": "0.1.0", "protocol": 1}
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET number = 9999 WHERE merchant_id = :merchant_id"), {"merchant_id": shop.merchant_id}
        )
    answer = Client(app).post(ENROL, asked)
    assert (answer.status, answer.code) == (409, "till_numbers_used_up")


@pytest.mark.parametrize(
    "token", [None, "", "made-up", "Bearer", "Bearer ", "Basic abc", "Bearer made-up", "Bearer \xff\x00", "bearer  x y"]
)
@pytest.mark.parametrize("path", [PUSH, PULL])
def test_a_made_up_token_is_nobodys(app: FastAPI, till: WireTill, path: str, token: str | None) -> None:
    headers = {} if token is None else {"authorization": token}
    client = Client(app)
    answer = client.get(path, **headers) if path == PULL else client.post(path, till.request([]), **headers)
    assert (answer.status, answer.code) == (401, "token_invalid")


def test_a_code_is_no_token_and_a_token_no_code(app: FastAPI, shop: Shop, till: WireTill) -> None:
    code = code_of(shop)
    assert Client(app, code.replace("-", "")).get(PULL).code == "token_invalid"
    asked = {"code": till.token[:40], "app_version": "0.1.0", "protocol": 1}
    assert Client(app).post(ENROL, asked).code == "enrolment_code_invalid"


def test_a_revoked_till_may_push_what_it_had_and_pulls_nothing(client: Client, shop: Shop, till: WireTill) -> None:
    operation = till.enrol_card()
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET revoked_at = :now WHERE merchant_id = :merchant_id"),
            {"now": shop.clock.now(), "merchant_id": shop.merchant_id},
        )
    pushed = client.post(PUSH, till.request([operation]))
    assert pushed.status == 200
    assert [verdict["code"] for verdict in pushed.json()["verdicts"]] == ["till_revoked"]
    answer = client.get(PULL)
    assert (answer.status, answer.code) == (401, "till_revoked")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"7", b'"push"', b"{}", b"\xff\xfe", b"[" * 50_000, b'{"protocol": NaN}', b"\x00"],
)
@pytest.mark.parametrize("path", [PUSH, ENROL])
def test_what_is_no_request_is_malformed(client: Client, path: str, body: bytes) -> None:
    answer = client.post(path, body)
    assert (answer.status, answer.code, answer.raised) == (400, "malformed", None)


@pytest.mark.parametrize("path", [PUSH, ENROL])
def test_another_protocol_needs_an_update(client: Client, path: str) -> None:
    answer = client.post(path, {"protocol": 2, "what": "else"})
    assert (answer.status, answer.code) == (426, "update_needed")


def test_too_many_operations_are_too_large(client: Client, till: WireTill) -> None:
    answer = client.post(PUSH, till.request([till.enrol_card() for _ in range(501)]))
    assert (answer.status, answer.code) == (413, "too_many_operations")


@pytest.mark.parametrize("path", [PUSH, ENROL])
def test_two_mebibytes_are_too_large(client: Client, till: WireTill, path: str) -> None:
    operation = till.enrol_card(notes="x" * 2 * MAX_BODY_BYTES)
    answer = client.post(path, till.request([operation]))
    assert (answer.status, answer.code) == (413, "too_large")


def test_exactly_one_mebibyte_is_not(client: Client, till: WireTill) -> None:
    bare = json.dumps(till.request([]))
    padded = bare[:-1] + f', "padding": "{"x" * (MAX_BODY_BYTES - len(bare) - 15)}"}}'
    assert len(padded) == MAX_BODY_BYTES
    assert client.post(PUSH, padded.encode()).status == 200
    assert client.post(PUSH, padded.encode() + b" ").status == 413


@pytest.mark.parametrize("query", ["limit=0", "limit=5001", "limit=x", "limit=1e3", "limit=-1", "limit="])
def test_a_limit_out_of_bounds_is_malformed(client: Client, query: str) -> None:
    assert client.get(f"{PULL}?{query}").code == "malformed"


@pytest.mark.parametrize("cursor", ["", "%00", "%ff%fe", "x" * 3_000, "%F0%9F%99%82", "e30"])
def test_any_cursor_is_answered(client: Client, cursor: str) -> None:
    answer = client.get(f"{PULL}?cursor={cursor}")
    assert (answer.status, answer.json()["reset"]) == (200, True)


@pytest.mark.parametrize("path", [PUSH])
def test_a_till_that_is_held_elsewhere_is_told_when_to_come_again(
    client: Client, shop: Shop, till: WireTill, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "LOCK_TIMEOUT_MS", 50)
    request: dict[str, Any] = till.request([till.enrol_card()])
    with shop.engine.begin() as holding:
        held = {"merchant_id": shop.merchant_id}
        holding.execute(text("SELECT 1 FROM tills WHERE merchant_id = :merchant_id FOR UPDATE"), held)
        answer = client.post(path, request)
        assert (answer.status, answer.code) == (503, "busy")
        assert int(answer.headers["retry-after"]) >= 1
        assert client.get(PULL).status == 200, "pull never waits for push"
    assert client.post(path, request).status == 200


def test_a_new_token_is_handed_out_for_the_present_one(client: Client, app: FastAPI, till: WireTill) -> None:
    nonce = "7d0f6c1e-3b52-7a44-9c8d-1e2f3a4b5c6d"
    answer = client.post("/v1/tills/token", {"protocol": 1, "nonce": nonce})
    assert (answer.status, answer.json()["nonce"]) == (201, nonce)
    assert client.get(PULL).status == 200
    new = Client(app, answer.json()["token"])
    assert new.get(PULL).status == 200
    refused = client.get(PULL)
    assert (refused.status, refused.code) == (401, "token_invalid")
    assert new.request("POST", "/v1/tills/token").status == 201
    assert new.post("/v1/tills/token", {"protocol": 9}).status == 426
    assert new.post("/v1/tills/token", [1]).status == 400
    assert client.post("/v1/tills/token", {"protocol": 1}).status == 401
    assert till.token not in answer.body.decode()
