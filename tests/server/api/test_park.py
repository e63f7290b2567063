"""POST /v1/sync/park: one operation that a till cannot push is kept as bytes, and its seq is used up."""

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest

from common.times import to_wire
from common.wire.operations import OPERATION, canonical_content, content_digest
from common.wire.park import PARKED_BYTES_MAX
from tests.helpers.asgi import Answer, Client
from tests.helpers.shop import Operation, Shop, WireTill, said

NO_JSON = b"\xff\x00{not JSON"


def park(client: Client, till: WireTill, operation: Operation, raw: bytes = NO_JSON, **asked: Any) -> Answer:
    query = {
        "protocol": 1,
        "nonce": str(uuid.UUID(int=7)),
        "epoch": till.epoch,
        "seq": operation["seq"],
        "key": operation["key"],
        "card_id": operation["card_id"],
        "kind": operation["kind"],
        "sent_at": to_wire(till.clock.now()),
        "boot_id": till.clock.boot_id(),
        "uptime_ms": till.clock.uptime_ms(),
        "app_version": "0.1.0",
    } | asked
    kept = {name: value for name, value in query.items() if value is not None}
    return client.post(f"/v1/sync/park?{urlencode(kept)}", raw)


@pytest.mark.logs
def test_bytes_that_nobody_can_read_are_kept_and_the_queue_goes_on(
    shop: Shop, till: WireTill, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    card_id = till.card()
    bad, after = till.stamp(card_id), till.redeem(card_id)
    answer = park(client, till, bad).json()
    assert (answer["nonce"], answer["epoch"], answer["have_seq"]) == (str(uuid.UUID(int=7)), 1, bad["seq"])
    [verdict] = answer["verdicts"]
    assert (verdict["key"], verdict["outcome"], verdict["code"]) == (bad["key"], "parked", "server_error")
    assert verdict["card_id"] == str(card_id)
    assert verdict["detail"]["ticket"] in caplog.text
    kept = next(row for row in shop.rows("operations") if str(row.key) == bad["key"])
    assert (bytes(kept.raw), kept.content, kept.kind, kept.seq) == (NO_JSON, None, "stamp", bad["seq"])
    assert said(till.push(after)) == ["behind_parked"]
    assert shop.attention().count("parked") == 2


@pytest.mark.logs
def test_what_is_parked_twice_is_parked_once(shop: Shop, till: WireTill, client: Client) -> None:
    bad = till.stamp(till.card())
    first = park(client, till, bad).json()["verdicts"][0]
    again = park(client, till, bad, b"other bytes").json()["verdicts"][0]
    assert again == first | {"replayed": True}
    assert shop.attention() == ["parked"]


def test_a_known_key_gets_its_verdict(shop: Shop, till: WireTill, client: Client) -> None:
    stamp = till.stamp(till.card())
    [accepted] = till.push(stamp)
    answer = park(client, till, stamp).json()
    assert answer["verdicts"][0]["outcome"] == "accepted"
    assert answer["verdicts"][0]["ver"] == accepted.ver
    assert answer["have_seq"] == stamp["seq"]


@pytest.mark.logs
def test_pushed_after_all_it_is_the_same_operation(shop: Shop, till: WireTill, client: Client) -> None:
    bad = till.stamp(till.card())
    digest = content_digest(canonical_content(OPERATION.validate_python(bad))).hex()
    park(client, till, bad, digest=digest)
    [again] = till.push(bad)
    assert (again.code, again.replayed) == ("server_error", True)
    [other] = till.push(bad | {"count": 2, "seq": till.seq + 1})
    assert other.code == "key_reused"


def test_a_seq_behind_a_gap_is_not_parked(shop: Shop, till: WireTill, client: Client) -> None:
    card_id = till.card()
    till.stamp(card_id)
    answer = park(client, till, till.stamp(card_id)).json()
    assert (answer["have_seq"], answer["verdicts"]) == (1, [])
    assert len(shop.rows("operations")) == 1


@pytest.mark.logs
def test_the_most_that_is_taken(till: WireTill, client: Client) -> None:
    card_id = till.card()
    assert park(client, till, till.stamp(card_id), b"x" * PARKED_BYTES_MAX).status == 200
    refused = park(client, till, till.stamp(card_id), b"x" * (PARKED_BYTES_MAX + 1))
    assert (refused.status, refused.code) == (413, "too_large")


@pytest.mark.logs
def test_nothing_at_all_is_parked_too(shop: Shop, till: WireTill, client: Client) -> None:
    assert park(client, till, till.stamp(till.card()), b"").status == 200
    assert [bytes(row.raw) for row in shop.rows("operations") if row.raw is not None] == [b""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "none"},
        {"epoch": 0},
        {"epoch": 2**53},
        {"seq": 0},
        {"seq": None},
        {"key": "lost"},
        {"key": None},
        {"card_id": "1234"},
        {"digest": "00"},
        {"kind": "x" * 41},
        {"sent_at": "now"},
        {"sent_at": None},
        {"boot_id": ""},
        {"boot_id": "a\x00b"},
        {"uptime_ms": -1},
        {"pending": -1},
        {"app_version": ""},
        {"protocol": "one"},
    ],
    ids=str,
)
def test_a_query_of_another_shape_is_malformed(till: WireTill, client: Client, wrong: dict[str, Any]) -> None:
    answer = park(client, till, till.stamp(uuid.UUID(int=1)), **wrong)
    assert (answer.status, answer.code) == (400, "malformed")


def test_another_protocol_and_another_token(app: Any, till: WireTill, client: Client) -> None:
    stamp = till.stamp(uuid.UUID(int=1))
    assert park(client, till, stamp, protocol=2).code == "update_needed"
    assert park(Client(app, "no token"), till, stamp).code == "token_invalid"


@pytest.mark.logs
def test_one_that_nobody_can_tell_the_kind_of(shop: Shop, till: WireTill, client: Client) -> None:
    stamp = till.stamp(till.card())
    park(client, till, stamp | {"kind": "gift"}, card_id=None)
    kept = next(row for row in shop.rows("operations") if row.raw is not None)
    assert (kept.kind, kept.card_id) == ("unreadable", None)
