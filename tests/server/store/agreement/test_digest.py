"""PostgreSQL's digest is that of the law, of this merchant alone, and one bucket's rows are all of its rows."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from common.card_digest import BUCKETS, HASH_BYTES, pack
from server.access.tokens import sha256
from server.store.agreement.digest import bucket_rows, read_digest
from server.store.tills import Till, find_till
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop
from tests.samples import files

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TABLES = {"card": "cards", "alias": "aliases", "transaction": "transactions"}
MOMENTS = ("last_stamp_at", "last_redemption_at", "inactive_since", "event_time")
BESIDE: dict[str, dict[str, Any]] = {
    "card": {},
    "alias": {},
    "transaction": {"lifetime_delta": 0, "redemptions_delta": 0, "live": True, "line": 0},
}


@pytest.fixture
def shop(own_engine: Engine, clock: ManualClock) -> Shop:
    return Shop.open(own_engine, clock)


@pytest.fixture
def connection(own_engine: Engine) -> Iterator[Connection]:
    with own_engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        # The till of a row from before there was such a column is known to no till either.
        connection.execute(text("ALTER TABLE transactions ALTER till_id DROP NOT NULL"))
        # What a day or a text is written like must not hang on how somebody set the database up.
        connection.execute(text("SET LOCAL DateStyle = 'German'"))
        connection.execute(text("SET LOCAL TimeZone = 'Asia/Kathmandu'"))
        yield connection
        connection.rollback()


@pytest.fixture
def till(own_engine: Engine, shop: Shop) -> Till:
    token = shop.till().token
    with own_engine.connect() as connection:
        till = find_till(connection, sha256(token), lock=False)
    assert till is not None
    return till


def put(connection: Connection, merchant_id: uuid.UUID, sample: dict[str, Any]) -> None:
    row = sample["row"] | BESIDE[sample["kind"]] | {"merchant_id": merchant_id}
    values = [
        f"to_timestamp(0) + :{name} * interval '1 microsecond'" if name in MOMENTS else f":{name}" for name in row
    ]
    if "carried_over" in row:
        row["carried_over"] = bool(row["carried_over"])
    into = f"INSERT INTO {TABLES[sample['kind']]} ({', '.join(row)}) VALUES ({', '.join(values)})"
    connection.execute(text(into), row)


def test_the_frozen_rows_have_their_hashes_in_postgresql_too(shop: Shop, till: Till, connection: Connection) -> None:
    buckets = [0] * BUCKETS
    assert read_digest(connection, till, history_since=LONG_AGO) == pack(buckets)
    for sample in files.card_digest():
        put(connection, shop.merchant_id, sample)
        buckets[int(sample["row"]["card_id"][-2:], 16)] ^= int(sample["hash"], 16)
        assert read_digest(connection, till, history_since=LONG_AGO) == pack(buckets), sample["text"]
    assert len(pack(buckets)) == BUCKETS * HASH_BYTES


def test_history_before_its_beginning_and_other_merchants_are_left_out(
    clock: ManualClock, shop: Shop, till: Till, connection: Connection
) -> None:
    foreign = uuid.UUID(int=7)
    for sample in files.card_digest():
        put(connection, foreign, sample)
        if sample["kind"] == "transaction":
            put(connection, shop.merchant_id, sample)
    assert read_digest(connection, till, history_since=clock.now()) == bytes(BUCKETS * HASH_BYTES)
    assert read_digest(connection, till, history_since=LONG_AGO) != bytes(BUCKETS * HASH_BYTES)


def test_a_buckets_rows_are_all_of_its_rows_and_no_others(shop: Shop, till: Till, connection: Connection) -> None:
    for sample in files.card_digest():
        put(connection, shop.merchant_id, sample)
    keys = {"cards": "id", "aliases": "card_id", "transactions": "key"}

    def found(bucket: int, since: datetime = LONG_AGO) -> list[str]:
        rows = bucket_rows(connection, till, bucket, history_since=since)
        return [row[keys[name]][-2:] for name in keys for row in json.loads(rows[name])]

    assert sorted(found(0xA7)) == ["01", "02", "a7"]
    assert found(0xA7, datetime(2026, 1, 1, tzinfo=UTC)) == ["a7"]
    assert (found(0xFF), found(0), found(1)) == (["ff"], ["00"], [])
