"""What a till checks its cards by: beside a page that ends at head, of that page's version, and seldom worked out."""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, event, text

from common.card_digest import differing
from common.wire.pull import PullResponse
from server.store.agreement.digests import Digests
from server.sync.feed import Check
from tests.helpers.clock import ManualClock
from tests.helpers.shop import OpenShop, Shop, WireTill


def at_head(till: WireTill) -> str:
    return till.pull_all()[-1].cursor


def digest_of(page: PullResponse) -> bytes:
    assert page.digest is not None
    return page.digest.buckets


@contextmanager
def digests_worked_out(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "bit_xor" in statement:
            seen.append(statement)

    event.listen(engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "after_cursor_execute", note)


def test_only_a_page_that_ends_at_head_carries_them_and_only_when_asked(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card(stamps=3)
    check = Check(Digests(), card_id.bytes[-1])
    assert till.pull(None, check=check).digest is None, "a snapshot begins"
    cursor = at_head(till)
    plain = till.pull(cursor)
    assert (plain.digest, plain.bucket) == (None, None)
    page = till.pull(cursor, check=check)
    assert page.digest is not None
    assert page.bucket is not None
    assert [card.id for card in page.bucket.cards] == [card_id]
    assert len(page.bucket.transactions) == 3


def test_a_till_that_is_behind_is_told_nothing_to_compare(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    cursor = at_head(till)
    for _ in range(3):
        till.push(till.enrol_card())
    pages = [till.pull(cursor, 1, Check(Digests(), card_id.bytes[-1]))]
    while pages[-1].more:
        pages.append(till.pull(pages[-1].cursor, 1, Check(Digests(), card_id.bytes[-1])))
    assert len(pages) > 2
    assert [page.digest is not None for page in pages] == [*(len(pages) - 1) * [False], True]
    assert [page.bucket is not None for page in pages] == [*(len(pages) - 1) * [False], True]
    assert pages[-1].ver == shop.rows("merchant_versions")[0].ver


def test_a_bucket_is_of_the_pages_own_version_with_the_news_beside_it(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    cursor = at_head(till)
    till.push(till.stamp(card_id))
    page = till.pull(cursor, check=Check(bucket=card_id.bytes[-1]))
    assert page.bucket is not None
    assert [card.stamp_count for card in page.changes.cards] == [1]
    assert [(card.stamp_count, card.ver) for card in page.bucket.cards] == [(1, page.ver)]
    assert page.bucket.transactions == page.changes.transactions


def test_every_change_of_a_card_changes_its_bucket_and_no_other(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card(stamps=2)
    check = Check(Digests())
    before = digest_of(till.pull(at_head(till), check=check))
    assert digest_of(till.pull(at_head(till), check=check)) == before
    changes = [
        till.stamp(card_id),
        till.void(card_id, count=1, staff_id=shop.staff["Ana"]),
        till.operation("block", card_id, reason="lost"),
    ]
    for change in changes:
        (verdict,) = till.push(change)
        assert verdict.outcome == "accepted", verdict.code
        after = digest_of(till.pull(at_head(till), check=check))
        assert differing(before, after) == [card_id.bytes[-1]]
        before = after
        clock.advance(timedelta(minutes=20))


def test_a_digest_is_worked_out_once_for_each_version(shop: Shop, open_shop: OpenShop) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    front.card()
    check = Check(Digests())
    with digests_worked_out(shop.engine) as worked_out:
        for till in (front, bar, front):
            assert till.pull(at_head(till), check=check).digest is not None
        assert len(worked_out) == 1
        tea = open_shop().till()
        assert digest_of(tea.pull(at_head(tea), check=check)) == bytes(2048)
        assert len(worked_out) == 2, "another merchant's is another"
        front.push(front.enrol_card())
        assert front.pull(at_head(front), check=check).digest is not None
        assert len(worked_out) == 3


def test_while_one_is_worked_out_the_others_get_their_page_without(shop: Shop) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    check, cursors = Check(Digests()), [at_head(front), at_head(bar)]
    reached, go_on = threading.Event(), threading.Event()

    def hold(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "bit_xor" in statement:
            reached.set()
            assert go_on.wait(30)

    event.listen(shop.engine, "after_cursor_execute", hold)
    try:
        with ThreadPoolExecutor(1) as threads:
            first = threads.submit(front.pull, cursors[0], 500, check)
            assert reached.wait(30)
            second = bar.pull(cursors[1], check=check)
            go_on.set()
            assert first.result().digest is not None
    finally:
        event.remove(shop.engine, "after_cursor_execute", hold)
    assert second.digest is None
    assert bar.pull(cursors[1], check=check).digest is not None


def report(card_id: uuid.UUID, bucket: int, rows: int = 1) -> dict[str, object]:
    said = {"bucket": bucket, "ver": 7, "missing": 0, "unknown": 0, "different": rows}
    return said | {"card_ids": [str(card_id)]}


def test_what_a_till_mended_is_one_item_however_often_it_comes(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    for _ in range(2):
        till.push(repaired_buckets=[report(card_id, 17), report(card_id, 20, 2)])
    (item,) = shop.rows("attention")
    assert (item.kind, item.till_id, item.detail["rows"]) == ("diverged_cards", till.till_id, 3)
    assert item.detail["buckets"]["17"]["card_ids"] == [str(card_id)]
    till.push(till.stamp(card_id), repaired_buckets=[report(card_id, 17, 5), report(card_id, 21)])
    (item,) = shop.rows("attention")
    assert item.detail["rows"] == 5 + 2 + 1
    assert sorted(item.detail["buckets"]) == ["17", "20", "21"]


def test_another_tills_report_and_one_after_the_item_was_resolved_are_items_of_their_own(shop: Shop) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card()
    front.push(repaired_buckets=[report(card_id, 17)])
    bar.push(repaired_buckets=[report(card_id, 17)])
    assert shop.attention() == ["diverged_cards", "diverged_cards"]
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE attention SET resolved_at = now()"))
    front.push(repaired_buckets=[report(card_id, 17)])
    assert len(shop.attention()) == 3
