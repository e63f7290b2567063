"""What was parked is decided by a person: judged after all, in its order and by its own time, or rejected."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from common.wire.push import Outcome, Verdict
from server.merchant.attention import list_attention
from server.merchant.parked import Fate, Which, decide_parked, list_parked
from server.operate.audit.run import audit
from server.sync.parking.decide import NO_KEY, Verb
from server.trouble import NotFound, NotPossible
from tests.helpers.clock import ManualClock
from tests.helpers.faults import failing_over
from tests.helpers.interleaving import in_the_gap
from tests.helpers.shop import OpenShop, Operation, Shop, WireTill, said

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def shop(open_shop: OpenShop) -> Iterator[Shop]:
    """Whatever a test decides, what must always hold holds afterwards."""
    shop = open_shop()
    yield shop
    found = [finding for finding in audit(shop.engine).findings if finding.merchant_id == shop.merchant_id]
    assert found == []


def revoke(shop: Shop) -> None:
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET revoked_at = :now WHERE merchant_id = :merchant_id"),
            {"now": shop.clock.now(), "merchant_id": shop.merchant_id},
        )


def decide(shop: Shop, verb: Verb, *operations: Operation) -> list[tuple[str, str | None]]:
    """Decide these, or everything; the outcome and code of each."""
    items = [operation["key"] for operation in operations]
    which = Which(merchant=shop.slug, items=items, everything=not items)
    return [(fate.outcome, fate.code) for fate in decide_parked(shop.engine, which, verb, shop.clock)]


def fates(shop: Shop, verb: Verb, *items: str) -> list[Fate]:
    which = Which(merchant=shop.slug, items=items, everything=not items)
    return decide_parked(shop.engine, which, verb, shop.clock)


def now_says(till: WireTill, operation: Operation) -> Verdict:
    """What its till is told when it sends the operation again."""
    [verdict] = till.push(operation)
    assert verdict.replayed
    return verdict


def test_too_old_is_judged_by_the_time_at_which_it_happened(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    old = till.stamp(card_id)
    happened = clock.now()
    clock.advance(15 * DAY)
    [parked] = till.push(old)
    assert parked.code == "too_old"
    cursor = till.pull_all()[-1].cursor
    clock.advance(20 * DAY)
    assert decide(shop, Verb.RETRY, old) == [("accepted", None)]
    verdict = now_says(till, old)
    assert (verdict.event_time, verdict.balance_after) == (happened, 1)
    assert verdict.ver > parked.ver
    assert verdict.receipt is not None
    [page] = till.pull_all(cursor)
    assert [(str(told.key), told.outcome, told.ver) for told in page.changes.verdicts] == [
        (old["key"], Outcome.ACCEPTED, verdict.ver)
    ]
    assert [str(row.key) for row in page.changes.transactions] == [old["key"]]
    with shop.engine.connect() as connection:
        assert list_attention(connection, shop.slug) == []
        [item] = list_attention(connection, shop.slug, resolved_too=True)
    assert item.resolution == "retry: accepted"


def test_a_late_verdict_is_part_of_every_later_snapshot(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    old = till.stamp(till.card())
    clock.advance(15 * DAY)
    till.push(old)
    clock.advance(60 * DAY)
    decide(shop, Verb.RETRY, old)
    clock.advance(60 * DAY)
    told = [verdict for page in till.pull_all() for verdict in page.changes.verdicts]
    assert [str(verdict.key) for verdict in told if verdict.outcome is Outcome.ACCEPTED] == [old["key"]]


def test_a_revoked_tills_queue_is_released_in_its_order(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    revoke(shop)
    enrol = till.enrol_card()
    card_id = uuid.UUID(enrol["card_id"])
    batch = [enrol]
    for _ in range(10):
        batch.append(till.stamp(card_id))
        clock.advance(5 * HOUR)
    batch += [till.redeem(card_id), till.void(card_id, original=batch[3]["key"])]
    assert set(said(till.push(*batch))) == {"till_revoked"}
    which = Which(merchant=shop.slug, store="gare", till="front")
    decided = decide_parked(shop.engine, which, Verb.RETRY, clock)
    assert [fate.outcome for fate in decided] == ["accepted"] * 13
    assert [str(fate.key) for fate in decided] == [operation["key"] for operation in batch]
    assert shop.balance(card_id) == 0, "ten stamps, a reward, and a void that found its stamp spent"


def test_rejecting_a_revoked_tills_queue_is_final_and_lists_the_losses(shop: Shop) -> None:
    till, other = shop.till(), shop.till("kirchberg", "back")
    card_id = other.card(stamps=10)
    revoke(shop)
    stamp, redeem = till.stamp(card_id), till.redeem(card_id)
    till.push(stamp, redeem)
    assert decide(shop, Verb.REJECT) == [("rejected", "rejected_by_merchant")] * 2
    assert shop.balance(card_id) == 10
    assert shop.attention().count("loss") == 1
    assert now_says(till, redeem).code == "rejected_by_merchant"
    assert decide(shop, Verb.RETRY) == []


@pytest.mark.logs
def test_what_was_parked_behind_it_is_judged_with_it(shop: Shop, clock: ManualClock) -> None:
    till, other = shop.till(), shop.till("kirchberg", "back")
    card_id = till.card(stamps=9)
    tenth = till.stamp(card_id)
    with failing_over(shop.engine, tenth["key"]):
        till.push(tenth)
    clock.advance(5 * HOUR)
    redeem, elsewhere = till.redeem(card_id), other.redeem(card_id)
    void = till.void(card_id, original=tenth["key"])
    assert said(other.push(elsewhere) + till.push(redeem, void)) == ["behind_parked"] * 3
    assert decide(shop, Verb.RETRY, tenth) == [
        ("accepted", None),
        ("accepted", None),
        ("rejected", "insufficient_stamps"),
        ("accepted", None),
    ]
    assert now_says(other, elsewhere).outcome is Outcome.ACCEPTED, "it came first"
    assert now_says(till, void).detail["shortfall"] == 1
    assert shop.attention().count("loss") == 1
    ledger = [(row.kind, row.store_id) for row in shop.ledger(card_id)][9:]
    assert ledger == [
        ("stamp", shop.stores["gare"]),
        ("redeem", shop.stores["kirchberg"]),
        ("void", shop.stores["gare"]),
    ]


@pytest.mark.logs
def test_rejected_it_takes_with_it_what_needed_it(shop: Shop) -> None:
    till = shop.till()
    enrol = till.enrol_card()
    card_id = uuid.UUID(enrol["card_id"])
    stamp = till.stamp(card_id)
    void = till.void(card_id, original=stamp["key"])
    with failing_over(shop.engine, enrol["card_id"], statement="INSERT INTO card_codes"):
        assert said(till.push(enrol, stamp, void)) == ["server_error", "behind_parked", "behind_parked"]
    assert decide(shop, Verb.REJECT, enrol) == [
        ("rejected", "rejected_by_merchant"),
        ("rejected", "card_not_found"),
        ("rejected", "card_not_found"),
    ]


def test_a_void_of_what_was_rejected_by_a_person_finds_it_rejected(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id, terms_version=9)
    void = till.void(card_id, original=stamp["key"])
    assert said(till.push(stamp, void)) == ["unknown_terms", "behind_parked"]
    assert decide(shop, Verb.REJECT, stamp)[1:] == [("rejected", "original_rejected")]


def test_it_still_waits_behind_another_that_stays_parked(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card(stamps=9)
    first = till.stamp(card_id, terms_version=9)
    clock.advance(5 * HOUR)
    second = till.stamp(card_id)
    clock.advance(5 * HOUR)
    redeem, again = till.redeem(card_id), till.redeem(card_id)
    assert said(till.push(first, second, redeem, again)) == [
        "unknown_terms",
        "accepted",
        "accepted",
        "behind_parked",
    ]
    assert decide(shop, Verb.RETRY, again) == [("parked", "behind_parked")]
    assert decide(shop, Verb.REJECT, first) == [
        ("rejected", "rejected_by_merchant"),
        ("rejected", "insufficient_stamps"),
    ]


def test_what_comes_after_it_does_not_hold_it_up(shop: Shop) -> None:
    """Only what is parked before an operation may still make it good."""
    till = shop.till()
    card_id = till.card()
    revoke(shop)
    redeem = till.redeem(card_id)
    later = till.stamp(card_id)
    till.push(redeem, later)
    assert decide(shop, Verb.RETRY, redeem) == [("rejected", "insufficient_stamps")]


def test_terms_that_are_still_unknown_keep_it_parked(shop: Shop) -> None:
    till = shop.till()
    stamp = till.stamp(till.card(), terms_version=2)
    [parked] = till.push(stamp)
    [fate] = fates(shop, Verb.RETRY)
    assert (fate.outcome, fate.code, fate.why) == (
        "parked",
        "unknown_terms",
        "the terms that it names are not known here",
    )
    assert now_says(till, stamp).ver == parked.ver, "nothing was said anew"
    shop.change_terms("daily_limit = 6")
    assert decide(shop, Verb.RETRY) == [("accepted", None)]


def test_what_cannot_be_read_says_why_and_can_be_rejected(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card(stamps=9)
    gift, unkeyed = till.operation("gift", card_id), till.stamp(card_id, key="lost")
    redeem = till.redeem(card_id)
    assert said(till.push(gift, unkeyed, redeem)) == ["unknown_kind", "unreadable", "behind_parked"]
    with shop.engine.connect() as connection:
        listed = list_parked(connection, shop.slug)
    assert [one.code for one in listed] == ["unknown_kind", "unreadable", "behind_parked"]
    assert [fate.why for fate in fates(shop, Verb.RETRY)] == [
        "kind: unknown",
        NO_KEY,
        "an earlier operation of its card is still parked",
    ]
    assert decide(shop, Verb.REJECT, gift) == [("rejected", "rejected_by_merchant")]
    [one, other] = fates(shop, Verb.REJECT, listed[1].item)
    assert (one.outcome, other.code) == ("rejected", "insufficient_stamps")
    assert [row.outcome for row in shop.rows("unkeyed_operations")] == ["rejected"]
    with shop.engine.connect() as connection:
        assert {item.kind for item in list_attention(connection, shop.slug)} == {"loss"}


@pytest.mark.logs
def test_a_known_bug_keeps_it_parked_and_harms_no_other(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    till = shop.till()
    card_id, other = till.card(), till.card()
    bad, good = till.stamp(card_id), till.stamp(other)
    revoke(shop)
    till.push(bad, good)
    with failing_over(shop.engine, bad["key"]):
        decided = fates(shop, Verb.RETRY)
    assert [(fate.outcome, fate.why is None) for fate in decided] == [("parked", False), ("accepted", True)]
    assert decided[0].item in caplog.text
    assert decide(shop, Verb.RETRY) == [("accepted", None)]


@pytest.mark.logs
def test_unopened_ones_are_read_once_they_are_judged(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    bad = till.stamp(till.card(), notes="Zoë")
    happened = clock.now()
    clock.advance(MINUTE)
    with failing_over(shop.engine, bad["key"]):
        [parked] = till.push(bad)
    assert [fate.outcome for fate in fates(shop, Verb.RETRY, parked.detail["ticket"])] == ["accepted"]
    [row] = [row for row in shop.rows("operations") if str(row.key) == bad["key"]]
    assert json.loads(bytes(row.raw)) == bad
    assert (row.content["notes"], row.kind) == ("Zoë", "stamp")
    assert now_says(till, bad).event_time == happened


def park_bytes(shop: Shop, till: WireTill, operation: Operation, raw: bytes) -> None:
    """As if the till had parked it: nothing of it was read, nor its time derived."""
    with shop.engine.begin() as connection:
        asked: dict[str, Any] = {"merchant_id": shop.merchant_id, "key": operation["key"], "raw": raw}
        connection.execute(
            text(
                "UPDATE operations SET content = 'null', raw = :raw, kind = 'unreadable', digest = sha256(:raw),"
                " card_id = NULL, staff_id = NULL WHERE merchant_id = :merchant_id AND key = :key"
            ),
            asked,
        )
        connection.execute(
            text(
                "UPDATE verdicts SET code = 'server_error', event_time = NULL, card_id = NULL"
                " WHERE merchant_id = :merchant_id AND key = :key"
            ),
            asked,
        )


def test_bytes_that_nobody_read_are_timed_by_their_till_and_their_receipt(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    stamp, broken = till.stamp(card_id), till.stamp(card_id)
    happened = clock.now()
    other_boot = till.enrol_card(boot_id="never seen", occurred_at="2027-01-01T00:00:00Z")
    clock.advance(HOUR)
    revoke(shop)
    till.push(stamp, broken, other_boot)
    received = clock.now()
    for operation, raw in (
        (stamp, json.dumps(stamp).encode()),
        (broken, b"\xff{"),
        (other_boot, json.dumps(other_boot).encode()),
    ):
        park_bytes(shop, till, operation, raw)
    clock.advance(DAY)
    assert now_says(till, stamp).code == "server_error", "by now it can be read, and is the same operation"
    assert decide(shop, Verb.RETRY) == [("accepted", None), ("parked", "server_error"), ("accepted", None)]
    assert now_says(till, stamp).event_time == happened
    assert now_says(till, other_boot).event_time == received, "a claim cannot lie after the receipt"
    [fate] = fates(shop, Verb.RETRY)
    assert "no JSON" in str(fate.why)
    assert decide(shop, Verb.REJECT) == [("rejected", "rejected_by_merchant")]


def test_bytes_of_another_key_are_not_judged_under_this_one(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    revoke(shop)
    till.push(stamp)
    park_bytes(shop, till, stamp, json.dumps(stamp | {"key": str(uuid.UUID(int=5))}).encode())
    [fate] = fates(shop, Verb.RETRY)
    assert (fate.outcome, fate.why) == ("parked", "its bytes name another key than it came with")


def test_two_decisions_at_once_judge_it_once(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    revoke(shop)
    till.push(till.stamp(card_id))
    outcome = in_the_gap(
        shop.engine,
        after="FOR NO KEY UPDATE",
        first=lambda: decide(shop, Verb.RETRY),
        second=lambda: decide(shop, Verb.REJECT),
    )
    assert outcome.second_waited
    assert (outcome.first, outcome.second) == ([("accepted", None)], [])


def test_a_sale_at_the_same_moment_takes_turns_with_a_decision(shop: Shop, clock: ManualClock) -> None:
    front, back = shop.till(), shop.till("kirchberg", "back")
    card_id = front.card()
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET revoked_at = now() WHERE till_id = :till_id"), {"till_id": front.till_id}
        )
    parked = front.stamp(card_id)
    front.push(parked)
    outcome = in_the_gap(
        shop.engine,
        after="FROM cards",
        first=lambda: decide(shop, Verb.RETRY, parked),
        second=lambda: said(back.push(back.stamp(card_id))),
    )
    assert outcome.second_waited
    assert (outcome.first, outcome.second) == ([("accepted", None)], ["cooldown"])


def test_what_comes_to_wait_behind_it_meanwhile_is_judged_too(shop: Shop, clock: ManualClock) -> None:
    front, back = shop.till(), shop.till("kirchberg", "back")
    card_id = front.card(stamps=9)
    tenth = front.stamp(card_id, terms_version=2)
    front.push(tenth)
    shop.change_terms("daily_limit = 6")
    clock.advance(5 * HOUR)
    redeem = back.redeem(card_id)
    outcome = in_the_gap(
        shop.engine,
        after="FROM cards",
        first=lambda: said(back.push(redeem)),
        second=lambda: decide(shop, Verb.RETRY, tenth),
    )
    assert (outcome.first, outcome.second_waited) == (["behind_parked"], True)
    assert outcome.second == [("accepted", None), ("accepted", None)]


def test_1_200_are_decided_in_portions_and_in_order(open_shop: OpenShop) -> None:
    shop = open_shop("cooldown_minutes = 0\ndaily_limit = 1000")
    till = shop.till()
    revoke(shop)
    enrol = till.enrol_card()
    card_id = uuid.UUID(enrol["card_id"])
    batch = [enrol, *(till.stamp(card_id) for _ in range(590)), till.redeem(card_id)]
    till.push(*batch[:300])
    till.push(*batch[300:])
    decided = decide(shop, Verb.RETRY)
    assert decided == [("accepted", None)] * 592
    assert shop.balance(card_id) == 580


@pytest.mark.parametrize(
    ("which", "trouble", "words"),
    [
        ({}, NotPossible, "Name parked operations"),
        ({"items": ["a" * 8], "everything": True}, NotPossible, "Name parked operations"),
        ({"items": ["abc"]}, NotPossible, "too short"),
        ({"items": ["00000000"]}, NotFound, "No parked operation"),
        ({"store": "gare"}, NotPossible, "named by both"),
        ({"store": "gare", "till": "back"}, NotFound, 'has no till "back"'),
        ({"merchant": "nobody", "everything": True}, NotFound, "no merchant"),
    ],
)
def test_what_is_meant_must_be_clear(shop: Shop, which: dict[str, Any], trouble: type[Exception], words: str) -> None:
    with pytest.raises(trouble, match=words):
        decide_parked(shop.engine, Which(**{"merchant": shop.slug} | which), Verb.RETRY, shop.clock)


def test_an_end_that_two_have_is_not_enough(shop: Shop) -> None:
    till = shop.till()
    revoke(shop)
    end = "0123-456789abcdef"
    keys = [f"0192aaaa-000{n}-7000-8000-{end.replace('-', '')[-12:]}" for n in (1, 2)]
    till.push(*(till.enrol_card(key=key) for key in keys))
    with pytest.raises(NotPossible, match="Several"):
        fates(shop, Verb.RETRY, "89abcdef")
    assert [str(fate.key) for fate in fates(shop, Verb.RETRY, keys[1])] == [keys[1]]


def test_another_merchants_are_not_touched(shop: Shop, open_shop: OpenShop) -> None:
    other = open_shop()
    till, foreign = shop.till(), other.till()
    revoke(shop)
    revoke(other)
    till.push(till.enrol_card())
    parked = foreign.enrol_card()
    foreign.push(parked)
    with pytest.raises(NotFound):
        decide(shop, Verb.RETRY, parked)
    assert decide(shop, Verb.RETRY) == [("accepted", None)]
    assert now_says(foreign, parked).outcome is Outcome.PARKED
