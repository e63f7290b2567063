"""An unexpected error over one operation never fails its batch: that one is parked as it came, the rest is judged."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from common.wire.push import Outcome, PushResponse, Verdict
from server.merchant.attention import list_attention
from server.store.engine import DatabaseBusy
from server.sync import intake
from server.sync.parking import apart
from tests.helpers.clock import ManualClock
from tests.helpers.faults import Bug, failing_over
from tests.helpers.shop import OpenShop, Operation, Shop, WireTill, said

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return open_shop("cooldown_minutes = 0\ndaily_limit = 1000")


def stamps(till: WireTill, count: int) -> list[Operation]:
    card_id = till.card()
    return [till.stamp(card_id) for _ in range(count)]


def kept(shop: Shop, key: str) -> Any:
    return next(row for row in shop.rows("operations") if str(row.key) == key)


@pytest.mark.logs
def test_the_one_that_fails_is_parked_and_all_others_are_judged(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    till = shop.till()
    batch = stamps(till, 20)
    with failing_over(shop.engine, batch[7]["key"]):
        answer = till.answer(*batch)
    verdicts = answer.verdicts
    assert [verdict.seq for verdict in verdicts] == [operation["seq"] for operation in batch]
    assert said(verdicts) == [*["accepted"] * 7, "server_error", *["accepted"] * 12]
    assert answer.have_seq == batch[-1]["seq"]
    assert shop.balance(uuid.UUID(batch[0]["card_id"])) == 19

    parked = verdicts[7]
    ticket = parked.detail["ticket"]
    assert parked.event_time == shop.clock.now(), "as it was derived at its receipt"
    assert str(parked.card_id) == batch[7]["card_id"]
    [record] = [record for record in caplog.records if ticket in record.getMessage()]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], Bug)
    with shop.engine.connect() as connection:
        [item] = list_attention(connection, shop.slug)
    assert item.sentence == f"An operation waits for a decision (server_error), ticket {ticket}"

    again = till.push(*batch)
    assert said(again) == said(verdicts)
    assert all(verdict.replayed for verdict in again)
    assert again[7].detail == parked.detail


@pytest.mark.logs
def test_its_bytes_are_those_that_came(shop: Shop) -> None:
    till = shop.till()
    first, bad, last = stamps(till, 3)
    raw = json.dumps(bad | {"notes": "Zoë"}, indent=1, ensure_ascii=False).replace('": ', '" :\t ')
    body = json.dumps(till.request(["<1>", "<2>", "<3>"]))  # type: ignore[list-item]  # filled by hand below
    for mark, text in (("<1>", json.dumps(first)), ("<2>", raw), ("<3>", json.dumps(last))):
        body = body.replace(json.dumps(mark), text)
    with failing_over(shop.engine, bad["key"]):
        answer = till.send(body.encode())
    assert isinstance(answer, PushResponse)
    assert said(answer.verdicts) == ["accepted", "server_error", "accepted"]
    row = kept(shop, bad["key"])
    assert bytes(row.raw) == raw.encode()
    assert (row.content, row.kind) == (None, "stamp")


@pytest.mark.logs
@pytest.mark.parametrize("bad", [{0}, {19}, {0, 1, 2}, {3, 4, 11}, set(range(20)), {*range(0, 20, 2)}])
def test_wherever_they_lie_and_however_many(shop: Shop, bad: set[int]) -> None:
    till = shop.till()
    batch = stamps(till, 20)
    with failing_over(shop.engine, *(batch[index]["key"] for index in bad)):
        verdicts = till.push(*batch)
    assert said(verdicts) == ["server_error" if index in bad else "accepted" for index in range(20)]
    assert len({verdict.detail["ticket"] for verdict in verdicts if verdict.code}) == len(bad)


@pytest.mark.logs
def test_where_everything_fails_the_till_is_answered_in_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop.till()
    batch = stamps(till, 12)
    monkeypatch.setattr(apart, "PARKED_MOST", 5)
    with failing_over(shop.engine, *(operation["key"] for operation in batch)):
        answer = till.answer(*batch)
        assert said(answer.verdicts) == ["server_error"] * 5
        assert answer.have_seq == batch[4]["seq"]
        assert len(till.push(*batch[5:])) == 5
        assert len(till.push(*batch[10:])) == 2


@pytest.mark.logs
def test_one_of_500_costs_some_twenty_transactions(shop: Shop) -> None:
    till = shop.till()
    batch = stamps(till, 500)
    with failing_over(shop.engine, batch[388]["key"]) as sent:
        verdicts = till.push(*batch)
    assert said(verdicts).count("accepted") == 499
    assert sum("merchant_versions" in statement for statement in sent) <= 25


@pytest.mark.logs
def test_what_follows_on_the_same_card_waits_behind_it(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    batch = [till.stamp(card_id) for _ in range(10)] + [till.redeem(card_id)]
    with failing_over(shop.engine, batch[2]["key"]):
        verdicts = till.push(*batch)
    assert said(verdicts)[-1] == "behind_parked"


@pytest.mark.logs
def test_a_batch_of_one_that_fails(shop: Shop) -> None:
    till = shop.till()
    [bad] = stamps(till, 1)
    with failing_over(shop.engine, bad["key"]):
        [parked] = till.push(bad)
    assert parked.code == "server_error"


@pytest.mark.logs
def test_what_cannot_even_be_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the reader of one operation: the body is read, the operation is not."""
    till = shop.till()
    batch = stamps(till, 5)
    read = intake.read_operation

    def fail(raw: Any) -> intake.Incoming:
        if raw["key"] == batch[3]["key"]:
            raise Bug("cannot read it")
        return read(raw)

    monkeypatch.setattr(intake, "read_operation", fail)
    monkeypatch.setattr(apart, "read_operation", fail)
    verdicts = till.push(*batch)
    assert said(verdicts) == ["accepted", "accepted", "accepted", "server_error", "accepted"]
    assert json.loads(bytes(kept(shop, batch[3]["key"]).raw)) == batch[3]


@pytest.mark.logs
@pytest.mark.parametrize("statement", ["FROM cards", "INSERT INTO cards", "UPDATE transactions t"])
def test_a_card_that_cannot_be_read_or_written_parks_what_is_about_it(shop: Shop, statement: str) -> None:
    """What is parked looks at no card: the card may be what fails."""
    till = shop.till()
    good, bad = till.card(stamps=1), till.card(stamps=1)
    stamp = next(row for row in shop.rows("transactions") if row.card_id == bad)
    batch = [till.stamp(good), till.void(bad, original=stamp.key), till.stamp(good)]
    with failing_over(shop.engine, str(bad), str(stamp.key), statement=statement):
        verdicts = till.push(*batch)
    assert said(verdicts) == ["accepted", "server_error", "accepted"]
    assert verdicts[1].card_id == bad


@pytest.mark.logs
def test_a_gap_still_ends_the_batch(shop: Shop) -> None:
    till = shop.till()
    batch = stamps(till, 6)
    with failing_over(shop.engine, batch[1]["key"]):
        answer = till.answer(*batch[:4], batch[5])
    assert said(answer.verdicts) == ["accepted", "server_error", "accepted", "accepted"]
    assert answer.have_seq == batch[3]["seq"]


@pytest.mark.logs
def test_a_seq_that_runs_backwards_still_ends_the_batch(shop: Shop) -> None:
    till = shop.till()
    first, second, third = stamps(till, 3)
    till.push(first)
    with failing_over(shop.engine, second["key"]):
        answer = till.answer(second, third | {"seq": first["seq"]})
    assert (said(answer.verdicts), answer.standing) == (["server_error"], "in_step")


@pytest.mark.logs
def test_a_new_epoch_begins_though_its_first_operation_fails(shop: Shop) -> None:
    till = shop.till()
    batch = stamps(till, 3)
    renumbered = [operation | {"seq": seq} for seq, operation in enumerate(batch, 1)]
    with failing_over(shop.engine, batch[0]["key"]):
        answer = till.answer(*renumbered, epoch=2)
    assert (answer.epoch, answer.have_seq) == (2, 3)
    assert said(answer.verdicts) == ["server_error", "accepted", "accepted"]


@pytest.mark.logs
def test_what_waits_on_the_till_is_counted_once(shop: Shop) -> None:
    till = shop.till()
    batch = stamps(till, 8)
    with failing_over(shop.engine, batch[5]["key"]):
        till.push(*batch, pending=10)
    assert [row.pending for row in shop.rows("tills")] == [2]


def test_a_busy_database_is_no_fault_of_an_operation(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    till = shop.till()
    batch = stamps(till, 4)

    tried = []

    def busy(*_: object, **__: object) -> None:
        tried.append(1)
        raise DatabaseBusy

    monkeypatch.setattr("server.sync.receive.update_till", busy)
    with pytest.raises(DatabaseBusy):
        till.push(*batch)
    assert tried == [1], "its till is told at once"
    assert shop.attention() == []


@pytest.mark.logs
def test_where_nothing_can_be_parked_it_is_a_bug_and_loud(shop: Shop) -> None:
    till = shop.till()
    batch = stamps(till, 4)
    with (
        failing_over(shop.engine, batch[2]["key"], statement="INSERT INTO operations"),
        pytest.raises((Bug, DBAPIError)),
    ):
        till.push(*batch)
    assert len(shop.rows("transactions")) == 2, "what went well before is kept, and repeated"
    assert said(till.push(*batch)) == ["accepted"] * 4


def parked_one(shop: Shop, till: WireTill) -> tuple[Operation, Verdict]:
    [bad] = stamps(till, 1)
    with failing_over(shop.engine, bad["key"]):
        [parked] = till.push(bad)
    return bad, parked


@pytest.mark.logs
def test_the_same_key_with_other_content_is_reused(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    bad, parked = parked_one(shop, till)
    clock.advance(MINUTE)
    other = bad | {"notes": "another", "seq": till.seq + 1}
    [reused] = till.push(other)
    assert (reused.outcome, reused.code) == (Outcome.REJECTED, "key_reused")
    [again] = till.push(bad)
    assert (again.ver, again.replayed) == (parked.ver, True)


def test_broken_ones_are_kept_as_they_came(shop: Shop) -> None:
    till = shop.till()
    good, gift = till.enrol_card(), till.operation("gift", worth=1)
    unkeyed = till.enrol_card(key="lost")
    texts = [json.dumps(operation, indent=2) for operation in (good, gift, unkeyed)]
    body = json.dumps(till.request([])).replace('"operations": []', f'"operations": [{" , ".join(texts)}]')
    answer = till.send(body.encode())
    assert isinstance(answer, PushResponse)
    assert said(answer.verdicts) == ["accepted", "unknown_kind", "unreadable"]
    assert kept(shop, good["key"]).raw is None
    assert bytes(kept(shop, gift["key"]).raw) == texts[1].encode()
    assert [bytes(row.raw) for row in shop.rows("unkeyed_operations")] == [texts[2].encode()]
