"""A push may be sent again at any time: the key decides, and the first verdict stands."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from common.wire.push import Outcome, PushResponse, Verdict
from server.store.engine import DatabaseBusy
from tests.helpers.clock import ManualClock
from tests.helpers.interleaving import in_the_gap
from tests.helpers.shop import INCARNATION, Operation, Shop, WireTill, said

MINUTE = timedelta(minutes=1)


def without_replayed(verdicts: list[Verdict]) -> list[dict[str, Any]]:
    return [verdict.model_dump(exclude={"replayed"}) for verdict in verdicts]


def mixed_batch(till: WireTill) -> list[Operation]:
    """An accepted enrol, an accepted and a rejected stamp, a broken and an unreadable operation."""
    enrol = till.enrol_card()
    stamps = [till.stamp(enrol["card_id"]), till.stamp(enrol["card_id"])]
    return [enrol, *stamps, till.stamp(enrol["card_id"], count=0), till.operation("from the future", key="no uuid")]


@pytest.mark.guards(name="idempotency lookup")
def test_the_same_batch_again_has_one_effect_and_the_same_verdicts(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    batch = mixed_batch(till)
    first = till.answer(*batch)
    assert said(first.verdicts) == ["accepted", "accepted", "cooldown", "invalid_operation", "unreadable"]
    assert not any(verdict.replayed for verdict in first.verdicts)
    before = {
        name: shop.rows(name) for name in ("transactions", "verdicts", "cards", "attention", "unkeyed_operations")
    }
    clock.advance(timedelta(days=3))
    again = till.answer(*batch)
    assert all(verdict.replayed for verdict in again.verdicts)
    assert without_replayed(again.verdicts) == without_replayed(first.verdicts)
    assert (again.have_seq, again.incarnation) == (first.have_seq, INCARNATION) == (5, INCARNATION)
    assert before == {name: shop.rows(name) for name in before}


def test_the_same_batch_from_two_connections_at_once(shop: Shop, engine: Engine) -> None:
    """The second waits for the till's row, and finds every key known."""
    till = shop.till()
    batch = mixed_batch(till)
    outcome = in_the_gap(engine, after="AND t.live", first=lambda: till.push(*batch), second=lambda: till.push(*batch))
    assert outcome.second_waited
    assert [verdict.replayed for verdict in outcome.first + outcome.second] == [False] * 5 + [True] * 5
    assert without_replayed(outcome.first) == without_replayed(outcome.second)
    assert len(shop.rows("transactions")) == 1


def test_two_pushes_of_one_till_take_turns(shop: Shop, engine: Engine, clock: ManualClock) -> None:
    """A slow contact must not take back what a quicker one behind it has brought: the till's row is locked first."""
    till = shop.till()
    enrols = [till.enrol_card(), till.enrol_card()]

    def push_later() -> PushResponse:
        clock.advance(timedelta(seconds=1))
        return till.answer(*enrols)

    outcome = in_the_gap(engine, after="FROM contacts", first=till.answer, second=push_later)
    assert outcome.second_waited
    assert (outcome.first.have_seq, outcome.second.have_seq) == (0, 2)
    assert shop.rows("tills")[0].have_seq == 2


def test_the_same_batch_from_many_connections_at_once(shop: Shop) -> None:
    till = shop.till()
    batch = mixed_batch(till)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: till.push(*batch), range(6)))
    assert sum(not verdict.replayed for verdicts in answers for verdict in verdicts) == len(batch)
    assert all(without_replayed(verdicts) == without_replayed(answers[0]) for verdicts in answers)


def test_twins_that_send_one_operation_at_once(shop: Shop, engine: Engine) -> None:
    """A copied book: two tills know the same operation. The second collides with the first's key and tries again."""
    front, twin = shop.till(), shop.till("gare", "twin")
    enrol = front.enrol_card()
    outcome = in_the_gap(
        engine, after="INSERT INTO operations", first=lambda: front.push(enrol), second=lambda: twin.push(enrol)
    )
    assert outcome.second_waited
    assert [verdict.replayed for verdict in outcome.first + outcome.second] == [False, True]
    assert len(shop.rows("cards")) == 1


def test_a_key_twice_in_one_batch_is_judged_once(shop: Shop) -> None:
    till = shop.till()
    enrol = till.enrol_card()
    stamp = till.stamp(enrol["card_id"])
    [_, first, again] = till.push(enrol, stamp, stamp | {"seq": 3})
    assert (first.replayed, again.replayed) == (False, True)
    assert without_replayed([again]) == without_replayed([first.model_copy(update={"seq": 3})])
    assert shop.rows("cards")[0].stamp_count == 1


def test_the_same_content_in_other_words_is_the_same_operation(shop: Shop) -> None:
    """Content is what is said, parsed and with defaults filled; neither seq nor what this server does not know is."""
    till = shop.till()
    stamp = till.stamp(till.card())
    [first] = till.push(stamp)
    reworded = {name: value for name, value in stamp.items() if name not in ("count", "notes", "approved_by")}
    reworded |= {"key": stamp["key"].upper(), "seq": 3, "colour": "blue", "occurred_at": "2026-11-22T11:00:00+01:00"}
    [again] = till.push(reworded)
    assert (again.outcome, again.replayed, again.key) == (first.outcome, True, first.key)


@pytest.mark.guards(name="idempotency lookup")
def test_a_key_with_other_content_is_rejected_and_the_first_verdict_stands(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    [first] = till.push(stamp)
    other = stamp | {"seq": 3, "notes": "other"}
    [reused] = till.push(other)
    assert (reused.outcome, reused.code, reused.seq, reused.replayed) == (Outcome.REJECTED, "key_reused", 3, False)
    [again, reused_again] = till.push(stamp, other)
    assert (again.outcome, again.ver) == (first.outcome, first.ver)
    assert (reused_again.code, reused_again.ver, reused_again.replayed) == ("key_reused", reused.ver, True)
    assert shop.attention() == ["key_reused"]
    [kept] = shop.rows("unkeyed_operations")
    assert (kept.seq, str(kept.key), kept.content["notes"]) == (3, stamp["key"], "other")


def test_a_key_with_other_content_in_one_batch(shop: Shop) -> None:
    till = shop.till()
    card_id = till.card()
    stamp = till.stamp(card_id)
    assert said(till.push(stamp, stamp | {"seq": 3, "count": 2})) == ["accepted", "key_reused"]
    assert shop.balance(card_id) == 1


def test_another_till_cannot_take_a_key(shop: Shop) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card()
    stamp = front.stamp(card_id)
    front.push(stamp)
    [reused] = bar.push(bar.stamp(card_id, key=stamp["key"], notes="mine"))
    assert (reused.outcome, reused.code) == (Outcome.REJECTED, "key_reused")


def test_judging_stops_at_a_gap(shop: Shop) -> None:
    till = shop.till()
    operations = [till.enrol_card() for _ in range(4)]
    answer = till.answer(operations[0], operations[2], operations[3])
    assert ([verdict.seq for verdict in answer.verdicts], answer.have_seq) == ([1], 1)
    answer = till.answer(*operations[2:])
    assert (answer.verdicts, answer.have_seq) == ([], 1)
    answer = till.answer(*operations)
    assert [verdict.replayed for verdict in answer.verdicts] == [True, False, False, False]
    assert answer.have_seq == 4


@pytest.mark.parametrize("seq", [None, 0, -1, "2", 2.0, True, 2**53, [2]])
def test_judging_stops_at_a_seq_that_cannot_be_read(shop: Shop, seq: Any) -> None:
    till = shop.till()
    answer = till.answer(till.enrol_card(), till.enrol_card(seq=seq), till.enrol_card())
    assert (len(answer.verdicts), answer.have_seq) == (1, 1)


def test_a_seq_that_comes_twice_or_goes_back_stops_the_batch(shop: Shop) -> None:
    till = shop.till()
    one, two = till.enrol_card(), till.enrol_card()
    answer = till.answer(one, two | {"seq": 1}, two)
    assert (len(answer.verdicts), answer.have_seq) == (1, 1)


def test_an_unknown_key_below_have_seq_is_judged_and_raises_attention(shop: Shop) -> None:
    till = shop.till()
    till.push(till.enrol_card(), till.enrol_card())
    late = till.enrol_card(seq=1)
    answer = till.answer(late)
    assert (said(answer.verdicts), answer.epoch, answer.have_seq) == (["accepted"], 2, 0)
    [item] = shop.rows("attention")
    assert (item.kind, item.detail["seq"], item.detail["epoch"]) == ("till_diverged", 1, 1)
    till.push(late, epoch=2)
    assert shop.attention() == ["till_diverged"], "said once: by now the key is known"


def test_two_unreadable_operations_under_one_seq_are_both_kept(shop: Shop) -> None:
    till = shop.till()
    till.push(till.operation("stamp", key="lost", notes="one"))
    [other] = till.push(till.operation("stamp", key="lost", notes="two", seq=1))
    assert (other.outcome, other.replayed) == (Outcome.PARKED, False)
    assert sorted(row.content["notes"] for row in shop.rows("unkeyed_operations")) == ["one", "two"]


@pytest.mark.parametrize("epoch", [1, 4, 9])
def test_a_push_of_another_epoch_is_told_the_servers(shop: Shop, epoch: int) -> None:
    till = shop.till()
    till.push(till.enrol_card())
    till.answer(epoch=2)
    answer = till.answer(till.enrol_card(), epoch=epoch)
    assert (answer.verdicts, answer.epoch, answer.have_seq) == ([], 2, 0)
    assert len(shop.rows("operations")) == 1


def test_the_next_epoch_begins_when_a_till_uses_it(shop: Shop) -> None:
    """The till renumbers its queue from 1; what had arrived before is known by its keys."""
    till = shop.till()
    operations = [till.enrol_card(), till.enrol_card(), till.enrol_card()]
    till.push(*operations[:2])
    renumbered = [operation | {"seq": seq} for seq, operation in enumerate(operations[1:], 1)]
    answer = till.answer(*renumbered, epoch=2)
    assert (answer.epoch, answer.have_seq) == (2, 2)
    assert [verdict.replayed for verdict in answer.verdicts] == [True, False]
    assert shop.attention() == []
    assert till.answer(epoch=1).epoch == 2


Breaking = Callable[[Connection], None]


@pytest.mark.parametrize("broken_at", ["INSERT INTO attention", "UPDATE merchant_versions", "UPDATE tills", "commit"])
def test_nothing_is_half_written(shop: Shop, own_engine: Engine, broken_at: str) -> None:
    """Whatever fails until the commit, of the batch nothing has happened; sent again, all of it does."""
    shop = Shop.open(own_engine, shop.clock)
    till = shop.till()
    batch = mixed_batch(till)
    tables = ("operations", "verdicts", "transactions", "cards", "card_codes", "attention", "contacts", "tills")
    before = {name: shop.rows(name) for name in (*tables, "merchant_versions", "unkeyed_operations")}

    def break_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if broken_at in statement:
            raise DatabaseBusy

    def break_commit(_connection: Connection) -> None:
        raise DatabaseBusy

    name, listener = ("commit", break_commit) if broken_at == "commit" else ("after_cursor_execute", break_statement)
    event.listen(own_engine, name, listener)
    with pytest.raises(DatabaseBusy):
        till.push(*batch)
    event.remove(own_engine, name, listener)
    assert before == {name: shop.rows(name) for name in before}
    answer = till.answer(*batch)
    assert isinstance(answer, PushResponse)
    assert said(answer.verdicts) == ["accepted", "accepted", "cooldown", "invalid_operation", "unreadable"]
    assert not any(verdict.replayed for verdict in answer.verdicts)


def test_keys_of_another_merchant_are_nobodys_business(shop: Shop, open_shop: Callable[..., Shop]) -> None:
    other = open_shop()
    till, foreign = shop.till(), other.till()
    enrol = foreign.enrol_card()
    foreign.push(enrol)
    same = till.enrol_card(uuid.UUID(enrol["card_id"]), key=enrol["key"], number=enrol["number"], token=enrol["token"])
    [verdict] = till.push(same)
    assert (verdict.outcome, verdict.replayed, verdict.number) == (Outcome.ACCEPTED, False, None)
