"""Bad input: each gets its own clear answer, nothing is lost, and nothing else is touched."""

import json
from typing import Any

import pytest

from common.wire.base import MAX_OPERATIONS
from common.wire.problem import ProblemCode
from common.wire.push import Outcome, PushResponse
from tests.helpers.shop import Shop, said

ABSURD = {
    "a NUL byte in a note": {"notes": "a\x00b"},
    "half a character in a note": {"notes": "\ud800"},
    "a note that is too long": {"notes": "x" * 501},
    "a date in the year 9999": {"occurred_at": "9999-12-31T23:59:59Z"},
    "a date before there were tills": {"occurred_at": "1969-12-31T23:59:59Z"},
    "a date without a time zone": {"occurred_at": "2026-11-22T10:00:00"},
    "no date at all": {"occurred_at": "yesterday"},
    "a date that is a number": {"occurred_at": 1_795_000_000},
    "an uptime that runs backwards": {"uptime_ms": -1},
    "an uptime of ages": {"uptime_ms": 2**60},
    "no boot": {"boot_id": ""},
    "a count of nothing": {"count": 0},
    "a count that is text": {"count": "1"},
    "a count that is true": {"count": True},
    "a count of a half": {"count": 1.5},
    "terms of no version": {"terms_version": 0},
    "terms beyond every number": {"terms_version": 2**31},
    "staff that is no id": {"staff_id": "Ben"},
    "a card that is no id": {"card_id": "1234-5678-9012"},
    "no card": {"card_id": None},
    "fields within fields": {"notes": {"a": [{"b": [[]]}]}},
}


@pytest.mark.parametrize("wrong", ABSURD.values(), ids=ABSURD)
def test_a_broken_operation_among_good_ones(shop: Shop, wrong: dict[str, Any]) -> None:
    till = shop.till()
    first, last = till.enrol_card(), till.enrol_card
    broken = till.stamp(first["card_id"]) | wrong
    [_, verdict, good] = till.push(first, broken, last())
    assert (verdict.outcome, verdict.code, verdict.seq) == (Outcome.REJECTED, "invalid_operation", 2)
    assert str(verdict.key) == broken["key"]
    assert str(verdict.detail["problem"]).startswith(f"{next(iter(wrong))}: ")
    assert good.outcome is Outcome.ACCEPTED
    [again] = till.push(broken)
    assert (again.replayed, again.outcome, again.ver) == (True, Outcome.REJECTED, verdict.ver)
    kept = next(row for row in shop.rows("operations") if str(row.key) == broken["key"])
    assert kept.content is not None
    assert shop.attention() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "12345678901"},
        {"number": 123456789012},
        {"number": "１２３４５６７８９０１２"},
        {"token": "TS1-"},
        {"token": "ts1-0123456789abcdefghjkmnpqrs"},
        {"token": "TS1-0123456789ABCDEFGHJKMNPQRS\n"},
        {"name": ""},
        {"name": "x" * 121},
        {"email": "a\x00@b"},
    ],
)
def test_a_broken_enrol(shop: Shop, wrong: dict[str, Any]) -> None:
    till = shop.till()
    [verdict] = till.push(till.enrol_card(**wrong))
    assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "invalid_operation")
    assert shop.rows("cards") == []


def test_fields_that_this_server_does_not_know_are_ignored(shop: Shop) -> None:
    till = shop.till()
    enrol = till.enrol_card(colour="blue", nested={"a": [1]})
    assert said(till.push(enrol, weather="fine", **{"from a later till": {}})) == ["accepted"]


def test_names_in_every_script_are_kept_as_they_are(shop: Shop) -> None:
    till = shop.till()
    name = "Zoë Đặng-O'Néill 松本 🙂 \\ \" \n"
    till.push(till.enrol_card(name=name))
    assert shop.rows("cards")[0].name == name
    assert till.pull_all()[0].changes.cards[0].name == name


def test_501_operations_are_too_many_and_500_are_not(shop: Shop) -> None:
    till = shop.till()
    assert MAX_OPERATIONS == 500
    operations = [till.operation("lockout", failures=5) for _ in range(501)]
    assert till.exchange(operations) is ProblemCode.TOO_MANY_OPERATIONS
    assert shop.rows("operations") == []
    assert len(till.push(*operations[:500])) == 500


def test_an_absurd_number_somewhere_is_one_operations_fault(shop: Shop) -> None:
    """No JSON reader takes them all: endless digits, infinities that are spelled as numbers, half characters."""
    till = shop.till()
    good = till.enrol_card()
    parts = [
        f'{{"key": "{till.enrol_card()["key"]}", "seq": {seq}, "kind": "gift", "worth": {worth}}}'
        for seq, worth in enumerate(
            ["9" * 5_000, "-" + "9" * 400, "1e400", "-1e999", '"\\udc00"', "[" * 50 + "]" * 50], 2
        )
    ]
    body = json.dumps(till.request([good])).replace(json.dumps([good]), f"[{json.dumps(good)}, {', '.join(parts)}]")
    answer = till.send(body.encode())
    assert isinstance(answer, PushResponse)
    assert said(answer.verdicts) == ["accepted", *["unknown_kind"] * len(parts)]
    again = till.send(body.encode())
    assert isinstance(again, PushResponse)
    assert all(verdict.replayed for verdict in again.verdicts)


@pytest.mark.parametrize("protocol", [0, 2, 99])
def test_another_protocol_is_told_to_update_whatever_else_it_says(shop: Shop, protocol: int) -> None:
    till = shop.till()
    assert till.exchange([till.enrol_card()], protocol=protocol) is ProblemCode.UPDATE_NEEDED
    assert till.send(json.dumps({"protocol": protocol, "batch": []}).encode()) is ProblemCode.UPDATE_NEEDED


@pytest.mark.parametrize(
    "wrong",
    [
        {"protocol": "1"},
        {"protocol": True},
        {"protocol": None},
        {"nonce": "none"},
        {"epoch": 0},
        {"clock": None},
        {"clock": {"sent_at": "now", "boot_id": "b", "uptime_ms": 1}},
        {"app_version": ""},
        {"pending": -1},
        {"acked": {"seq": 1}},
    ],
    ids=str,
)
def test_a_body_of_another_shape_is_malformed(shop: Shop, wrong: dict[str, Any]) -> None:
    till = shop.till()
    assert till.exchange([till.enrol_card()], **wrong) is ProblemCode.MALFORMED
    assert shop.rows("operations") == []


@pytest.mark.parametrize("part", ["NaN", "Infinity", "-Infinity", "{", "01", "'a'", "[" * 100 + "]" * 100])
def test_what_is_no_json_is_malformed(shop: Shop, part: str) -> None:
    till = shop.till()
    body = json.dumps(till.request([till.enrol_card(notes="here")])).replace('"here"', part)
    answer = till.send(body.encode())
    if part.startswith("["):
        assert isinstance(answer, PushResponse), "deep, and yet JSON: the operation's fault alone"
    else:
        assert answer is ProblemCode.MALFORMED
