"""A rescue file is judged as its till's, once, in its order; one that is not whole changes nothing."""

import json
import os
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.merchant.parked import Which, decide_parked
from server.merchant.rescue import Brought, import_rescue_file
from server.operate.audit.run import audit
from server.sync.parking.decide import Verb
from server.trouble import FileTrouble, NotFound
from tests.helpers.clock import ManualClock
from tests.helpers.faults import failing_over
from tests.helpers.shop import OpenShop, Operation, Shop, WireTill, said
from tests.helpers.shop_fixtures import clock, engine, open_shop, own_engine

__all__ = ["clock", "engine", "open_shop", "own_engine"]

DAY = timedelta(days=1)


@pytest.fixture
def shop(open_shop: OpenShop) -> Iterator[Shop]:
    """Whatever is imported, what must always hold holds afterwards."""
    shop = open_shop("cooldown_minutes = 0\ndaily_limit = 1000")
    yield shop
    found = [finding for finding in audit(shop.engine).findings if finding.merchant_id == shop.merchant_id]
    assert found == []


def content(till: WireTill, operations: list[Operation]) -> dict[str, Any]:
    return {
        "tillstamp_queue": 1,
        "exported_at": "2026-11-22T10:00:00.000000Z",
        "app_version": "0.1.0",
        "protocol": 1,
        "till": {"id": str(till.till_id), "name": "front", "number": till.number},
        "store": {"id": str(till.shop.stores["gare"]), "name": "Gare"},
        "merchant": {"id": str(till.shop.merchant_id), "name": "Roast & Co"},
        "epoch": till.epoch,
        "operations": operations,
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rescue.json"


def bring(till: WireTill, file: Path, operations: list[Operation]) -> list[Brought]:
    file.write_text(json.dumps(content(till, operations), indent=2, ensure_ascii=False))
    imported = import_rescue_file(till.shop.engine, file, till.shop.clock)
    assert (imported.store, imported.till) == ("gare", "front")
    return list(imported.operations)


def codes(brought: list[Brought]) -> list[str]:
    return [one.code or one.outcome for one in brought]


def life(till: WireTill, stamps: int = 10) -> list[Operation]:
    enrol = till.enrol_card(name="Zoë")
    card_id = uuid.UUID(enrol["card_id"])
    return [enrol, *(till.stamp(card_id) for _ in range(stamps)), till.redeem(card_id), till.redeem(card_id)]


def test_a_queue_is_judged_in_its_order_and_only_once(shop: Shop, clock: ManualClock, file: Path) -> None:
    till = shop.till()
    queue = life(till)
    happened = clock.now()
    clock.advance(DAY)
    brought = bring(till, file, queue)
    assert codes(brought) == [*["accepted"] * 12, "insufficient_stamps"]
    assert not any(one.known for one in brought)
    assert {row.event_time for row in shop.rows("transactions")} == {happened}
    again = bring(till, file, queue)
    assert codes(again) == codes(brought)
    assert all(one.known for one in again)
    assert len(shop.rows("transactions")) == 11
    assert shop.attention() == ["loss"]


def test_a_till_that_comes_back_to_life_sends_the_same_and_goes_on(shop: Shop, file: Path) -> None:
    till = shop.till()
    till.card()
    queue = life(till)
    bring(till, file, queue)
    answer = till.answer(*queue, till.enrol_card())
    assert said(answer.verdicts) == [*["accepted"] * 12, "insufficient_stamps", "accepted"]
    assert [verdict.replayed for verdict in answer.verdicts] == [True] * 13 + [False]
    assert (answer.have_seq, answer.standing) == (till.seq, "in_step")
    assert "till_diverged" not in shop.attention()


def test_what_had_been_sent_in_part_is_known(shop: Shop, file: Path) -> None:
    till = shop.till()
    queue = life(till)
    till.push(*queue[:5])
    brought = bring(till, file, queue)
    assert [one.known for one in brought] == [True] * 5 + [False] * 8
    assert till.answer().have_seq == 5


def test_the_tills_place_was_taken_by_another_machine(shop: Shop, file: Path) -> None:
    till = shop.till()
    queue = life(till)
    fresh = shop.till()
    assert (fresh.till_id, fresh.epoch) == (till.till_id, 2)
    fresh.push(fresh.enrol_card())
    assert codes(bring(till, file, queue))[:12] == ["accepted"] * 12
    answer = fresh.answer(fresh.enrol_card())
    assert (said(answer.verdicts), answer.standing) == (["accepted"], "in_step")


def test_a_revoked_tills_queue_is_parked_and_released(shop: Shop, clock: ManualClock, file: Path) -> None:
    till = shop.till()
    queue = life(till)
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE tills SET revoked_at = :at WHERE till_id = :id"), {"at": clock.now(), "id": till.till_id}
        )
    assert set(codes(bring(till, file, queue))) == {"till_revoked"}
    clock.advance(20 * DAY)
    fates = decide_parked(shop.engine, Which(merchant=shop.slug, store="gare", till="front"), Verb.RETRY, clock)
    assert [fate.code or fate.outcome for fate in fates] == [*["accepted"] * 12, "insufficient_stamps"]
    assert all(one.known for one in bring(till, file, queue))


def test_what_is_broken_or_reused_stands_once(shop: Shop, file: Path) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    till.push(stamp)
    queue = [
        stamp | {"notes": "not the same"},
        till.operation("gift", card_id),
        till.stamp(card_id, count=0),
        till.redeem(card_id),
    ]
    expected = ["key_reused", "unknown_kind", "invalid_operation", "behind_parked"]
    first = bring(till, file, [*queue, queue[1]])
    assert codes(first) == [*expected, "unknown_kind"]
    assert [one.known for one in first] == [False] * 4 + [True]
    before = {name: shop.rows(name) for name in ("operations", "verdicts", "unkeyed_operations", "attention")}
    again = bring(till, file, queue)
    assert codes(again) == expected
    assert all(one.known for one in again)
    assert {name: shop.rows(name) for name in before} == before


@pytest.mark.logs
def test_an_unexpected_error_over_one_parks_that_one(shop: Shop, file: Path) -> None:
    till = shop.till()
    queue = life(till)
    with failing_over(shop.engine, queue[4]["key"]):
        brought = bring(till, file, queue)
    assert codes(brought) == [
        *["accepted"] * 4,
        "server_error",
        *["accepted"] * 6,
        *["behind_parked"] * 2,
    ]
    [row] = [row for row in shop.rows("operations") if row.raw is not None]
    assert json.loads(bytes(row.raw)) == queue[4]
    assert b"\n" in bytes(row.raw), "as it stands in the file"


def test_more_than_one_transaction_holds(shop: Shop, file: Path) -> None:
    till = shop.till()
    enrol = till.enrol_card()
    queue = [enrol, *(till.stamp(uuid.UUID(enrol["card_id"])) for _ in range(600))]
    assert codes(bring(till, file, queue)) == ["accepted"] * 601
    assert len({row.ver for row in shop.rows("verdicts")}) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tillstamp_queue": 2}, "newer Tillstamp"),
        ({"protocol": 2}, "newer Tillstamp"),
        ({"tillstamp_queue": None}, "tillstamp_queue"),
        ({"operations": None}, "operations"),
        ({"operations": {}}, "operations"),
        ({"till": {"id": "front"}}, "till.id"),
        ({"merchant": None}, "merchant"),
    ],
    ids=str,
)
def test_a_file_of_another_shape_is_told_and_changes_nothing(
    shop: Shop, file: Path, wrong: dict[str, Any], words: str
) -> None:
    till = shop.till()
    file.write_text(json.dumps(content(till, life(till)) | wrong))
    with pytest.raises(FileTrouble, match=words):
        import_rescue_file(shop.engine, file, shop.clock)
    assert shop.rows("operations") == []


@pytest.mark.parametrize("cut", [0, 1, 100, -3], ids=["empty", "a byte", "a part", "all but its end"])
def test_a_file_that_is_cut_off_is_told_and_changes_nothing(shop: Shop, file: Path, cut: int) -> None:
    till = shop.till()
    file.write_text(json.dumps(content(till, life(till)))[:cut])
    with pytest.raises(FileTrouble, match="not all of it is there") as told:
        import_rescue_file(shop.engine, file, shop.clock)
    assert "Zoë" not in str(told.value)
    assert shop.rows("operations") == []


@pytest.mark.parametrize("bad", ["stamp", 7, None, {}, {"key": "lost"}], ids=str)
def test_an_operation_without_a_key_makes_the_whole_file_bad(shop: Shop, file: Path, bad: Any) -> None:
    till = shop.till()
    queue = life(till)
    file.write_text(json.dumps(content(till, [*queue, bad])))
    with pytest.raises(FileTrouble, match="operation 14 of 14 has no key"):
        import_rescue_file(shop.engine, file, shop.clock)
    assert shop.rows("operations") == []


def test_a_file_of_another_server_and_no_file(shop: Shop, open_shop: OpenShop, file: Path, tmp_path: Path) -> None:
    till = shop.till()
    other = open_shop()
    file.write_text(json.dumps(content(till, life(till)) | {"merchant": {"id": str(other.merchant_id)}}))
    with pytest.raises(NotFound, match="does not know"):
        import_rescue_file(shop.engine, file, shop.clock)
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(FileTrouble, match="cannot be read"):
            import_rescue_file(shop.engine, path, shop.clock)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_what_tells_no_size_is_read_no_further_than_a_file_may_be_long(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.merchant.rescue.FILE_BYTES_MAX", 1_000)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"[" * 2_000,))
    writer.start()
    with pytest.raises(FileTrouble, match="too large"):
        import_rescue_file(shop.engine, pipe, shop.clock)
    writer.join()


def test_an_empty_queue(shop: Shop, file: Path) -> None:
    assert bring(shop.till(), file, []) == []
