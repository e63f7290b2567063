"""The feed: pages that lose nothing and repeat nothing, and a snapshot of a shop that goes on."""

import base64
import json
import uuid
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from common.pin import hash_pin, matches
from common.wire.pull import PullResponse
from server.store.engine import in_transaction
from server.store.versions import next_version
from tests.helpers.clock import ManualClock
from tests.helpers.folded_feed import FoldedFeed
from tests.helpers.shop import OpenShop, Shop, WireTill

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TABLES = ("cards", "aliases", "transactions", "verdicts")
SHAPES: tuple[object, ...] = ([], None, 7, {}, "x")
OF_THE_SERVER = {"cards": "card_id", "aliases": "card_id", "transactions": "key", "verdicts": "key"}


def follow(till: WireTill, feed: FoldedFeed, limit: int = 500) -> list[PullResponse]:
    """Pull until there is no more."""
    pages = till.pull_all(feed.cursor, limit)
    for page in pages:
        feed.apply(page)
    return pages


def equals_tables(feed: FoldedFeed, shop: Shop, till: WireTill) -> None:
    for name in TABLES:
        rows = {getattr(row, OF_THE_SERVER[name]): row for row in shop.rows(name)}
        if name == "verdicts":
            rows = {key: row for key, row in rows.items() if row.till_id == till.till_id}
        assert {key: row["ver"] for key, row in feed.rows[name].items()} == {key: row.ver for key, row in rows.items()}
    assert {key: row["stamp_count"] for key, row in feed.rows["cards"].items()} == {
        row.card_id: row.stamp_count for row in shop.rows("cards")
    }


def sell(till: WireTill, cards: int = 3) -> list[uuid.UUID]:
    """A few versions of changes, several rows each."""
    enrols = [till.enrol_card() for _ in range(cards)]
    till.push(*enrols)
    for enrol in enrols:
        till.push(till.stamp(enrol["card_id"]), till.stamp(enrol["card_id"]))
    merge = till.enrol_card(token=enrols[0]["token"])
    till.push(merge)
    return [uuid.UUID(enrol["card_id"]) for enrol in enrols]


def test_the_first_pull_is_a_snapshot_of_everything(shop: Shop) -> None:
    till = shop.till()
    sell(till)
    feed = FoldedFeed()
    pages = follow(till, feed)
    assert all(page.reset for page in pages)
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
    equals_tables(feed, shop, till)
    assert {row["name"] for row in feed.rows["staff"].values()} == {"Ana", "Ben"}
    assert {row["name"] for row in feed.rows["stores"].values()} == {"Gare", "Kirchberg"}
    [merchant], [terms] = feed.rows["merchant"].values(), feed.rows["terms"].values()
    assert (merchant["id"], merchant["offline_days_max"], terms["stamps_target"]) == (shop.merchant_id, 14, 10)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 500])
def test_pages_end_at_the_end_of_a_version(shop: Shop, limit: int) -> None:
    till = shop.till()
    feed = FoldedFeed()
    follow(till, feed)
    sell(till)
    pages = follow(till, feed, limit)
    seen = [
        {row.ver for name in TABLES for row in getattr(page.changes, name)} for page in pages if page.changes.verdicts
    ]
    for earlier, later in pairwise(seen):
        assert max(earlier) < min(later)
    for page in pages:
        assert not page.reset
        assert max((row.ver for name in TABLES for row in getattr(page.changes, name)), default=0) <= page.ver
    assert len(feed.received) == len(set(feed.received)), "nothing comes twice"
    equals_tables(feed, shop, till)


def test_a_till_that_has_everything_gets_an_empty_page(shop: Shop) -> None:
    till = shop.till()
    sell(till)
    feed = FoldedFeed()
    follow(till, feed)
    page = till.pull(feed.cursor)
    assert (page.more, page.reset, page.ver) == (False, False, feed.ver)
    assert all(not getattr(page.changes, name) for name in (*TABLES, "staff", "terms", "stores", "merchant"))


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_snapshot_by_small_pages_while_the_shop_goes_on(shop: Shop, clock: ManualClock, limit: int) -> None:
    """Between any two pages cards are enrolled, stamped and merged; in the end the till has what the server has."""
    till, other = shop.till(), shop.till("kirchberg", "bar")
    cards = sell(other, 4)
    feed = FoldedFeed()
    feed.apply(till.pull(None, limit))
    pages = 1
    while feed.rows["merchant"] == {} and pages < 500:
        if pages <= 12:
            clock.advance(20 * MINUTE)
            new = other.enrol_card()
            other.push(new, other.stamp(new["card_id"]), other.stamp(cards[pages % len(cards)]))
            till.push(till.stamp(cards[(pages + 1) % len(cards)]))
        feed.apply(till.pull(feed.cursor, limit))
        pages += 1
    assert pages > 12
    equals_tables(feed, shop, till)


def test_transactions_older_than_35_days_are_left_out_of_a_snapshot_only(shop: Shop, clock: ManualClock) -> None:
    till, early = shop.till(), shop.till("kirchberg", "bar")
    follower = FoldedFeed()
    follow(early, follower)
    card_id = till.card()
    [old] = till.push(till.stamp(card_id))
    follow(early, follower)
    clock.advance(35 * DAY + MINUTE)
    [new] = till.push(till.stamp(card_id))
    follow(early, follower)
    snapshot = FoldedFeed()
    follow(till, snapshot)
    assert set(snapshot.rows["transactions"]) == {new.key}
    assert set(follower.rows["transactions"]) == {old.key, new.key}
    assert snapshot.rows["cards"][card_id]["stamp_count"] == 2, "balances know nothing of windows"


def test_verdicts_go_to_the_till_that_asked(shop: Shop) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    pushed = front.push(front.enrol_card(), front.enrol_card(terms_version=9))
    at_front, at_bar = FoldedFeed(), FoldedFeed()
    follow(front, at_front)
    follow(bar, at_bar)
    assert at_bar.rows["verdicts"] == {}
    got = at_front.rows["verdicts"]
    assert {key: row["outcome"] for key, row in got.items()} == {row.key: row.outcome for row in pushed}
    assert {key: row["seq"] for key, row in got.items()} == {row.key: row.seq for row in pushed}
    assert [front.pull_all()[0].changes.verdicts[0].model_dump()] == [
        row.model_dump() for row in pushed if row.key == front.pull_all()[0].changes.verdicts[0].key
    ], "word for word what the push was answered"


def test_another_merchants_rows_never_appear(shop: Shop, open_shop: OpenShop) -> None:
    other = open_shop()
    sell(other.till(), 5)
    till = shop.till()
    feed = FoldedFeed()
    follow(till, feed, limit=2)
    sell(other.till("kirchberg", "bar"), 2)
    follow(till, feed, limit=2)
    assert all(feed.rows[name] == {} for name in TABLES)
    assert set(feed.rows["stores"]) == set(shop.stores.values())
    assert set(feed.rows["staff"]) == set(shop.staff.values())
    assert set(feed.rows["merchant"]) == {shop.merchant_id}


def test_a_staff_verifier_is_each_tills_own(shop: Shop) -> None:
    """It answers the till's own key and the right PIN only; the hash itself never leaves the server."""
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    keys = {row.till_id: bytes(row.pin_key) for row in shop.rows("tills")}
    secret = next(bytes(row.pin_hash) for row in shop.rows("staff") if row.name == "Ana")
    for till, other in ((front, bar), (bar, front)):
        page = till.pull()
        [ana] = (row for row in page.changes.staff if row.name == "Ana")
        assert ana.salt is not None
        assert ana.cost is not None
        assert ana.verifier is not None
        assert hash_pin("4821", ana.salt, ana.cost.cost()) == secret
        check = partial(matches, salt=ana.salt, cost=ana.cost.cost(), expected=ana.verifier)
        assert check("4821", pin_key=keys[till.till_id])
        assert not check("4822", pin_key=keys[till.till_id])
        assert not check("4821", pin_key=keys[other.till_id])
        assert base64.b64encode(secret).decode() not in page.model_dump_json()


def test_a_change_of_the_shop_reaches_its_tills(shop: Shop) -> None:
    till = shop.till()
    feed = FoldedFeed()
    follow(till, feed)
    shop.change_terms("stamps_target = 8")
    follow(till, feed)
    assert {version: row["stamps_target"] for version, row in feed.rows["terms"].items()} == {1: 10, 2: 8}


def said_by(cursor: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return said


def written(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def test_a_cursor_that_cannot_be_honoured_means_a_snapshot(shop: Shop, open_shop: OpenShop) -> None:
    till, other, foreign = shop.till(), shop.till("kirchberg", "bar"), open_shop().till()
    sell(till)
    cursor = till.pull_all()[-1].cursor
    inside = till.pull(None, 1).cursor
    said, said_inside = said_by(cursor), said_by(inside)
    assert not till.pull(cursor).reset
    assert written(said) == cursor or not till.pull(written(said)).reset
    for bad in [
        "",
        "rubbish",
        "ÿ",
        "A" * 10_000,
        cursor[:-3],
        other.pull_all()[-1].cursor,
        foreign.pull_all()[-1].cursor,
        *(written(shape) for shape in SHAPES),
        *(written(said | wrong) for wrong in ({"ver": -1}, {"ver": said["ver"] + 1}, {"ver": 2**80}, {"ver": "1"})),
        *(written(said | wrong) for wrong in ({"bound_to": ""}, {"table": "cards"}, {"table": "staff", "reset": True})),
        *(written(said_inside | wrong) for wrong in ({"place": "'; DROP TABLE cards"}, {"place": 7}, {"table": None})),
    ]:
        page = till.pull(bad, 500)
        assert page.reset, bad
        assert page.changes.merchant, "from its beginning"


def test_a_till_that_enrols_again_begins_with_a_snapshot(shop: Shop) -> None:
    till = shop.till()
    cursor = till.pull_all()[-1].cursor
    again = shop.till()
    assert again.till_id == till.till_id
    assert again.pull(cursor).reset


def test_a_version_is_seen_only_once_all_before_it_are(shop: Shop) -> None:
    """The counter's row is locked until commit; a pull meanwhile ends before the version that is being written."""
    till = shop.till()
    feed = FoldedFeed()
    follow(till, feed)
    before = feed.ver
    with shop.engine.begin() as writing:
        ver = next_version(writing, shop.merchant_id)
        writing.execute(
            text("UPDATE stores SET name = 'Bahnhof', ver = :ver WHERE merchant_id = :merchant_id AND slug = 'gare'"),
            {"ver": ver, "merchant_id": shop.merchant_id},
        )
        follow(till, feed)
        assert feed.ver == before
    follow(till, feed)
    assert feed.ver == ver == before + 1
    assert "Bahnhof" in {row["name"] for row in feed.rows["stores"].values()}
    assert in_transaction(shop.engine, lambda connection: next_version(connection, shop.merchant_id)) == ver + 1
