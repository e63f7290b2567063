"""A receipt fits one verdict on one operation of one merchant, told in one incarnation, and nothing else."""

from typing import Any
from uuid import UUID

import pytest

from common.wire.push import Outcome, Verdict
from server.sync.recovery.receipt import NOT_SEALED, SEALED, issue, told_in
from tests.helpers.shop import INCARNATION, RECEIPT_KEY, Shop

DIGEST = b"d" * 32


def told(shop: Shop) -> Verdict:
    till = shop.till()
    [_, stamped] = till.push(enrol := till.enrol_card(), till.stamp(enrol["card_id"]))
    return stamped


def fits(shop: Shop, verdict: Verdict, receipt: str, **other: Any) -> str | None:
    asked: dict[str, Any] = {"key": RECEIPT_KEY, "merchant_id": shop.merchant_id}
    if "digest" not in other:
        asked["digest"] = digest_of(shop, verdict)
    return told_in(**asked | other, verdict=verdict, receipt=receipt)


def digest_of(shop: Shop, verdict: Verdict) -> bytes:
    return bytes(next(row.digest for row in shop.rows("operations") if row.key == verdict.key))


def test_push_repeat_feed_and_snapshot_give_the_same_receipt(shop: Shop) -> None:
    till = shop.till()
    head = till.pull_all()[-1].cursor
    batch = [enrol := till.enrol_card(), till.stamp(enrol["card_id"]), till.stamp(enrol["card_id"])]
    first, again = till.push(*batch), till.push(*batch)
    changes = till.pull_all(head)[-1].changes.verdicts
    snapshot = [verdict for page in till.pull_all() for verdict in page.changes.verdicts]
    receipts = {verdict.key: verdict.receipt for verdict in first}
    assert None not in receipts.values()
    assert len(set(receipts.values())) == 3
    for other in (again, changes, snapshot):
        assert {verdict.key: verdict.receipt for verdict in other} == receipts


def test_what_is_not_final_or_has_no_key_of_its_own_has_no_receipt(shop: Shop) -> None:
    till = shop.till()
    head = till.pull_all()[-1].cursor
    stamp = till.stamp(till.card())
    verdicts = till.push(
        stamp,
        till.stamp(stamp["card_id"], key=stamp["key"], notes="other"),
        till.stamp(stamp["card_id"], terms_version=9),
        till.stamp(stamp["card_id"], key="lost"),
    )
    assert [verdict.receipt is not None for verdict in verdicts] == [True, False, False, False]
    parked = [verdict for verdict in till.pull_all(head)[-1].changes.verdicts if verdict.outcome is Outcome.PARKED]
    assert [verdict.receipt for verdict in parked] == [None]


def test_a_receipt_fits_as_it_was_told_and_says_when(shop: Shop) -> None:
    verdict = told(shop)
    assert verdict.receipt is not None
    kept = Verdict.model_validate_json(verdict.model_dump_json())
    assert fits(shop, kept, verdict.receipt) == INCARNATION
    renumbered = kept.model_copy(update={"seq": 99, "replayed": True})
    assert fits(shop, renumbered, verdict.receipt) == INCARNATION


CHANGES: dict[str, Any] = {
    "key": "0192aaaa-0000-7000-8000-00000000000f",
    "outcome": "rejected",
    "code": "cooldown",
    "detail": {"stamp_count": 100},
    "event_time": "2026-11-22T10:00:00.000001Z",
    "business_date": "2026-11-23",
    "terms_version": 2,
    "balance_after": 100,
    "card_id": "0192aaaa-0000-7000-8000-00000000000f",
    "merged_into": "0192aaaa-0000-7000-8000-00000000000f",
    "number": "123456789012",
    "ver": 1_000_000,
}


@pytest.mark.guards(name="receipt check")
@pytest.mark.parametrize("field", SEALED)
def test_no_field_can_be_changed(shop: Shop, field: str) -> None:
    verdict = told(shop)
    assert verdict.receipt is not None
    changed = Verdict.model_validate(verdict.model_dump(mode="json") | {field: CHANGES[field]})
    assert fits(shop, changed, verdict.receipt, digest=digest_of(shop, verdict)) is None


def test_every_field_of_a_verdict_is_sealed_or_named_as_not() -> None:
    assert set(Verdict.model_fields) == {*SEALED, *NOT_SEALED}


@pytest.mark.guards(name="receipt check")
def test_of_another_content_merchant_key_or_incarnation_it_is_no_receipt(shop: Shop) -> None:
    verdict = told(shop)
    receipt = verdict.receipt
    assert receipt is not None
    assert fits(shop, verdict, receipt, digest=DIGEST) is None
    assert fits(shop, verdict, receipt, merchant_id=shop.stores["gare"]) is None
    assert fits(shop, verdict, receipt, key=b"other" * 8) is None
    assert fits(shop, verdict, receipt.replace(INCARNATION, INCARNATION[:-1] + "9")) is None
    for broken in ("", ".", receipt[:-1], receipt.rpartition(".")[2], "é" + receipt, receipt + "x", "x" * 10_000):
        assert fits(shop, verdict, broken) is None


def test_a_receipt_stays_as_long_as_its_recipe_does() -> None:
    """Frozen: tills hold receipts for weeks, and a later program must know them again."""
    said = {"key": "k", "outcome": "accepted", "detail": {"b": 1, "a": None}, "code": None, "ver": 7, "later": "field"}
    assert issue(b"key", UUID(int=1), "life", DIGEST, said) == "life.qH_4T72F3Se-ONBTDWZn6Q"
