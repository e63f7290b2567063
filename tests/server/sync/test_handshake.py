"""The handshake: a till that fell behind gets what it lost, two of one name are kept apart, and others hear nothing."""

import uuid
from typing import Any

from common.wire.push import PushResponse
from server.operate.audit import run
from server.sync.step import Step
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Operation, Shop, WireTill, said
from tests.server.sync.test_set_based import counting

NO_LIMITS = "cooldown_minutes = 0\ndaily_limit = 1000"


def acked(operation: Operation) -> dict[str, Any]:
    return {"seq": operation["seq"], "key": operation["key"]}


def keys(answer: PushResponse) -> list[str]:
    return [str(one.operation["key"]) for one in answer.missing]


def cards_of(till: WireTill, count: int) -> list[Operation]:
    batch = [till.enrol_card() for _ in range(count)]
    till.push(*batch)
    return batch


def test_a_till_behind_gets_its_own_operations_with_their_verdicts_and_a_new_epoch(shop: Shop) -> None:
    till = shop.till()
    sent = cards_of(till, 3)
    [stamped] = till.push(stamp := till.stamp(uuid.UUID(sent[2]["card_id"])))
    answer = till.answer(acked=acked(sent[1]), next_seq=3)
    assert (answer.standing, answer.epoch, answer.have_seq) == (Step.TILL_BEHIND, 2, 0)
    assert keys(answer) == [sent[2]["key"], stamp["key"]]
    last = answer.missing[1]
    assert (last.epoch, last.operation["seq"], last.operation["count"], last.stamps) == (1, 4, 1, 1)
    assert last.verdict.model_dump(exclude={"replayed"}) == stamped.model_dump(exclude={"replayed"})
    assert last.verdict.receipt
    assert (answer.missing_more, shop.attention()) == (False, [])


def test_a_till_that_does_not_say_its_next_seq_is_measured_by_what_is_acked_and_waits(shop: Shop) -> None:
    till = shop.till()
    sent = cards_of(till, 3)
    assert till.answer(acked=acked(sent[0]), pending=2).standing == Step.IN_STEP
    answer = till.answer(acked=acked(sent[0]), pending=1)
    assert (answer.standing, keys(answer)) == (Step.TILL_BEHIND, [one["key"] for one in sent[1:]])


def test_a_lost_answer_is_nobodys_falling_behind(shop: Shop) -> None:
    till = shop.till()
    sent = cards_of(till, 3)
    answer = till.answer(*sent[1:], acked=acked(sent[0]), next_seq=4)
    assert (answer.standing, answer.epoch, answer.have_seq, answer.missing) == (Step.IN_STEP, 1, 3, [])
    assert [verdict.replayed for verdict in answer.verdicts] == [True, True]


def test_a_seq_with_two_keys_keeps_both_branches_and_names_both(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    [first, one] = cards_of(till, 2)
    other = till.enrol_card(seq=2)
    answer = till.answer(other, acked=acked(first), next_seq=3)
    assert (said(answer.verdicts), answer.standing, answer.epoch, answer.have_seq) == (
        ["accepted"],
        Step.DIVERGED,
        2,
        0,
    )
    assert keys(answer) == [one["key"]]
    [item] = shop.rows("attention")
    assert (item.kind, str(item.key), item.detail["key"]) == ("till_diverged", other["key"], other["key"])
    assert (item.detail["other_key"], item.detail["seq"], item.detail["epoch"]) == (one["key"], 2, 1)
    assert item.detail["at"] <= item.detail["other_at"]
    assert len(shop.rows("cards")) == 3


def test_an_acked_key_that_stands_elsewhere_is_a_divergence(shop: Shop) -> None:
    till = shop.till()
    sent = cards_of(till, 2)
    answer = till.answer(acked={"seq": 2, "key": sent[0]["key"]}, next_seq=3)
    assert (answer.standing, answer.epoch) == (Step.DIVERGED, 2)
    [item] = shop.rows("attention")
    assert (item.detail["key"], item.detail["other_key"]) == (sent[0]["key"], sent[1]["key"])


def test_two_machines_at_work_are_told_of_once(open_shop: Any) -> None:
    """Each push of one finds the numbers that the other used; the merchant hears of it until it is dealt with."""
    shop: Shop = open_shop(NO_LIMITS)
    one = shop.till()
    card_id = one.card()
    other = WireTill(shop, one.till_id, one.number, one.token, one.epoch, one.clock, seq=one.seq)
    epochs = []
    for _ in range(4):
        for machine in (one, other):
            stamp = machine.stamp(card_id)
            answer = machine.answer(stamp)
            if not answer.verdicts:
                machine.epoch, machine.seq = answer.epoch, answer.have_seq + 1
                answer = machine.answer(stamp | {"seq": machine.seq})
            assert said(answer.verdicts) == ["accepted"]
            epochs.append(answer.epoch)
            if answer.epoch != machine.epoch:
                machine.epoch, machine.seq = answer.epoch, answer.have_seq
    assert shop.balance(card_id) == 8
    assert max(epochs) <= 1 + len(epochs), "a push begins one epoch at most"
    assert shop.attention() == ["till_diverged"]


def test_a_till_of_an_older_epoch_joins_the_present_one_and_gets_what_came_between(shop: Shop) -> None:
    till = shop.till()
    sent = cards_of(till, 2)
    later = [till.enrol_card(seq=1), till.enrol_card(seq=2)]
    till.push(*later, epoch=2)
    answer = till.answer(till.enrol_card(seq=2), epoch=1, acked=acked(sent[0]), next_seq=3)
    assert (answer.standing, answer.epoch, answer.have_seq, answer.verdicts) == (Step.TILL_BEHIND, 2, 2, [])
    assert keys(answer) == [one["key"] for one in (sent[1], *later)]


def test_what_is_missing_comes_in_parts(open_shop: Any) -> None:
    shop: Shop = open_shop(NO_LIMITS)
    till = shop.till()
    sent = [till.enrol_card() for _ in range(620)]
    till.push(*sent[:500])
    till.push(*sent[500:])
    first = till.answer(acked=acked(sent[9]), next_seq=11)
    assert (len(first.missing), first.missing_more, first.epoch) == (500, True, 2)
    after = first.missing[-1].place.model_dump(mode="json")
    rest = till.answer(epoch=2, next_seq=1, missing_after=after)
    assert (rest.standing, len(rest.missing), rest.missing_more, rest.epoch) == (Step.IN_STEP, 110, False, 2)
    assert keys(first) + keys(rest) == [one["key"] for one in sent[10:]]


def test_a_part_ends_at_a_megabyte(shop: Shop) -> None:
    till = shop.till()
    sent = [till.stamp(uuid.UUID(int=1), notes="\N{SLIGHTLY SMILING FACE}" * 500) for _ in range(490)]
    till.push(*sent[:300])
    till.push(*sent[300:])
    answer = till.answer(epoch=1, acked={"seq": 1, "key": sent[0]["key"]}, next_seq=2)
    assert 400 < len(answer.missing) < 489
    assert answer.missing_more


def test_an_operation_that_was_repeated_in_a_new_epoch_fits(shop: Shop) -> None:
    """It leaves no row under its new seq; its key is known from before."""
    till = shop.till()
    [sent] = cards_of(till, 1)
    till.push(sent, epoch=2)
    answer = till.answer(epoch=2, acked=acked(sent), next_seq=2)
    assert (answer.standing, answer.epoch) == (Step.IN_STEP, 2)


def test_an_operation_that_was_rejected_parked_or_took_a_taken_key_fits_too(shop: Shop) -> None:
    """Whatever its verdict says, it used up its seq under its key."""
    till = shop.till()
    [enrol] = cards_of(till, 1)
    card_id = uuid.UUID(enrol["card_id"])
    unlikely = (
        till.stamp(card_id, count=0),
        till.stamp(card_id, terms_version=9),
        till.operation("from the future", card_id),
        till.stamp(card_id, key=enrol["key"]),
    )
    assert said(till.push(*unlikely)) == ["invalid_operation", "unknown_terms", "unknown_kind", "key_reused"]
    for operation in unlikely:
        answer = till.answer(acked=acked(operation), next_seq=6)
        assert (answer.standing, answer.epoch) == (Step.IN_STEP, 1)
    assert "till_diverged" not in shop.attention()


def test_nobody_else_and_no_revoked_till_gets_anything(shop: Shop) -> None:
    till, neighbour = shop.till(), shop.till("kirchberg", "other")
    sent = cards_of(till, 3)
    place = {"epoch": 1, "seq": 0}
    assert neighbour.answer(next_seq=1, missing_after=place).missing == []
    assert keys(till.answer(next_seq=4, missing_after=place)) == [one["key"] for one in sent]
    revoke(shop, till)
    answer = till.answer(acked=acked(sent[0]), next_seq=2, missing_after=place)
    assert answer.missing == []


def revoke(shop: Shop, till: WireTill) -> None:
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tills SET revoked_at = now() WHERE till_id = %s", (till.till_id,))


def test_what_the_server_could_not_read_is_not_sent_back(shop: Shop) -> None:
    till = shop.till()
    [first] = cards_of(till, 1)
    till.push(till.operation("from the future"), good := till.enrol_card())
    assert keys(till.answer(acked=acked(first), next_seq=2)) == [good["key"]]


def test_the_handshake_costs_one_statement_whatever_the_batch(open_shop: Any) -> None:
    shop: Shop = open_shop(NO_LIMITS)
    till = shop.till()
    [first] = cards_of(till, 1)
    with counting(shop.engine) as plain:
        till.push(till.enrol_card())
    for count in (1, 200):
        with counting(shop.engine) as sent:
            till.push(*(till.enrol_card() for _ in range(count)), acked=acked(first))
        assert len(sent) == len(plain) + 1


def test_the_audit_finds_nothing_after_a_divergence(own_engine: Any, clock: ManualClock) -> None:
    shop = Shop.open(own_engine, clock, terms=NO_LIMITS)
    till = shop.till()
    sent = cards_of(till, 2)
    branch = [till.enrol_card(seq=2), till.enrol_card(seq=3)]
    till.push(*branch)
    renumbered = [one | {"seq": seq} for seq, one in enumerate([*sent, *branch], 1)]
    assert said(till.push(*renumbered, epoch=2)) == ["accepted"] * 4
    assert run.audit(own_engine).findings == ()
