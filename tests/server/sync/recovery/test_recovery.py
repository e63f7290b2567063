"""The data went back in time: what tills still have of the lost time takes effect again, in its order, and once."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from common.wire.push import Outcome, PushResponse, Verdict
from server.merchant.parked import Which, decide_parked
from server.operate.audit.run import audit
from server.store.engine import in_transaction
from server.store.recovery import recoveries
from server.store.recovery.recoveries import Cause, EndedBy
from server.sync.parking.decide import Verb
from server.sync.recovery.ending import Ended, end
from tests.helpers.clock import ManualClock
from tests.helpers.interleaving import in_the_gap
from tests.helpers.shop import INCARNATION, Operation, Shop, WireTill, said
from tests.helpers.time_machine import TimeMachine

HOUR = timedelta(hours=1)


class Memory:
    """A till's memory of what it sent and what it was told."""

    def __init__(self, till: WireTill) -> None:
        self.till = till
        self.kept: list[tuple[Operation, Verdict]] = []

    def does(self, *operations: Operation) -> list[Verdict]:
        verdicts = self.till.push(*operations)
        self.kept += zip(operations, verdicts, strict=True)
        return verdicts

    def offers(self, since: int = 0) -> list[Operation]:
        """What it would send again, with receipts."""
        return [offered(operation, verdict) for operation, verdict in self.kept if operation["seq"] > since]

    @property
    def acked(self) -> dict[str, Any]:
        operation = self.kept[-1][0]
        return {"seq": operation["seq"], "key": operation["key"]}

    def reports(self) -> PushResponse:
        """What a till does that is told how far the server is: it offers everything above, and says what it has."""
        behind = self.till.answer(acked=self.acked)
        answer = self.till.answer(*self.offers(behind.have_seq), acked=self.acked)
        assert answer.have_seq == self.acked["seq"]
        return answer


def offered(operation: Operation, verdict: Verdict) -> Operation:
    return operation | {"receipt": verdict.receipt, "verdict": verdict.model_dump(mode="json", exclude={"receipt"})}


def as_told(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    return [verdict.model_dump(exclude={"ver", "replayed", "receipt"}) for verdict in verdicts]


def own_verdicts(till: WireTill) -> dict[Any, Verdict]:
    return {verdict.key: verdict for page in till.pull_all() for verdict in page.changes.verdicts}


def assert_clean(shop: Shop) -> None:
    report = audit(shop.engine)
    assert report.findings == ()


def restored(shop: Shop, machine: TimeMachine) -> None:
    """What `restore` does to the data, but for the file."""
    machine.go_back()
    in_transaction(
        shop.engine,
        lambda connection: recoveries.begin(
            connection, shop.merchant_id, Cause.RESTORED, now=shop.clock.now(), incarnation_before=INCARNATION
        ),
    )


def go_on(shop: Shop) -> Ended | None:
    return in_transaction(
        shop.engine,
        lambda connection: end(connection, shop.merchant_id, now=shop.clock.now(), by=EndedBy.MANAGER),
    )


def decide(shop: Shop, verb: Verb) -> None:
    decide_parked(shop.engine, Which(merchant=shop.slug, everything=True), verb, shop.clock)


def test_two_tills_that_stand_on_each_other_bring_it_all_back(
    shop: Shop, machine: TimeMachine, clock: ManualClock
) -> None:
    front, bar = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    ana = shop.staff["Ana"]
    first = front.till.enrol_card()
    card = uuid.UUID(first["card_id"])
    front.does(first, front.till.operation("carry_over", card, count=8, approved_by=ana))
    bar.till.answer()
    machine.keep()
    clock.advance(HOUR)
    bar.does(bar.till.stamp(card))
    clock.advance(HOUR)
    [stamped] = front.does(front.till.stamp(card))
    clock.advance(HOUR)
    # Stands on stamps of both; then what it stood on is taken back, and only in part there.
    [redeemed] = bar.does(bar.till.redeem(card))
    [voided] = front.does(front.till.void(card, original=stamped.key))
    assert (redeemed.detail["spent"], voided.detail["shortfall"]) == (10, 1)
    fresh = bar.till.enrol_card()
    bar.does(fresh, bar.till.stamp(uuid.UUID(fresh["card_id"])))
    merged = front.till.enrol_card(token=fresh["token"])
    front.does(merged, front.till.operation("block", uuid.UUID(merged["card_id"]), reason="lost"))
    front.does(front.till.redeem(card), front.till.operation("lockout", failures=5), front.till.stamp(card, count=0))
    assert_clean(shop)
    before = {name: shop.rows(name) for name in ("cards", "aliases", "card_codes")}
    ledger = shop.rows("transactions")
    told = own_verdicts(front.till) | own_verdicts(bar.till)

    restored(shop, machine)
    for till in (front, bar):
        answer = till.reports()
        assert {verdict.code for verdict in answer.verdicts} <= {"awaiting_recovery", "invalid_operation"}
    assert [row.ended_by for row in shop.rows("recoveries")] == ["all_reported"]
    assert_clean(shop)

    def bare(rows: Sequence[Any], *without: str) -> list[dict[str, Any]]:
        kept = [{name: value for name, value in row._mapping.items() if name not in without} for row in rows]
        return sorted(kept, key=str)

    for name, rows in before.items():
        assert bare(shop.rows(name), "ver") == bare(rows, "ver")
    assert bare(shop.rows("transactions"), "ver", "line") == bare(ledger, "ver", "line")
    again = own_verdicts(front.till) | own_verdicts(bar.till)
    assert as_told(again.values()) == as_told([told[key] for key in again])
    assert set(again) == set(told)


def test_what_has_no_receipt_waits_and_is_judged_last(shop: Shop, machine: TimeMachine, clock: ManualClock) -> None:
    front, bar = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    card = front.till.card()
    front.kept.clear()
    machine.keep()
    front.does(front.till.stamp(card))
    bar.does(bar.till.enrol_card())
    clock.advance(timedelta(minutes=10))
    restored(shop, machine)
    # Ten minutes after a stamp that the server has forgotten: it must not be judged before that is back.
    answer = bar.till.answer(*bar.offers(), bar.till.stamp(card), acked=bar.acked)
    assert said(answer.verdicts) == ["awaiting_recovery"] * 2
    assert shop.balance(card) == 0
    assert shop.attention() == []
    front.reports()
    assert shop.balance(card) == 1
    decided = own_verdicts(bar.till)
    assert sorted(said(decided.values())) == ["accepted", "cooldown"]
    assert_clean(shop)


def test_a_till_that_is_awaited_holds_it_open_until_a_manager_says_go_on(
    shop: Shop, machine: TimeMachine, clock: ManualClock
) -> None:
    front, bar = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    card = front.till.card()
    front.kept.clear()
    bar.till.answer()
    machine.keep()
    front.does(front.till.stamp(card))
    bar.does(bar.till.enrol_card())
    restored(shop, machine)
    front.reports()
    [standing] = in_transaction(shop.engine, lambda connection: recoveries.standings(connection, shop.merchant_id))
    assert (standing.ended_at, standing.with_receipt, [one["till"] for one in standing.awaited]) == (None, 1, ["bar"])
    assert go_on(shop) == Ended(replayed=1, judged=0)
    assert go_on(shop) is None
    assert shop.balance(card) == 1
    # It comes all the same, and begins no recovery: that it was lost is known.
    answer = bar.till.answer(*bar.offers(), acked=bar.acked)
    assert (said(answer.verdicts), len(shop.rows("recoveries"))) == (["accepted"], 1)
    assert_clean(shop)


def test_what_the_network_kept_from_before_is_not_taken(shop: Shop, machine: TimeMachine, clock: ManualClock) -> None:
    front = Memory(shop.till())
    card = front.till.card()
    front.kept.clear()
    machine.keep()
    clock.advance(HOUR)
    stamp = front.till.stamp(card)
    [accepted] = front.does(stamp)
    parked = front.till.operation("block", card, reason="lost")
    restored(shop, machine)
    # Without its receipt, and from a till that does not know of the recovery: this is no report, and ends nothing.
    for operation in (stamp, parked):
        late = front.till.answer(operation, incarnation=INCARNATION)
        assert (late.verdicts, late.have_seq, shop.rows("recoveries")[0].ended_at) == ([], stamp["seq"] - 1, None)
    front.reports()
    assert as_told([own_verdicts(front.till)[accepted.key]]) == as_told([accepted])
    # Nor is it when all is over; until it is sent by a till that knows where it is.
    again = front.till.answer(parked, incarnation=INCARNATION)
    assert again.verdicts == []
    [blocked] = front.till.push(parked, incarnation=again.incarnation)
    assert blocked.outcome is Outcome.ACCEPTED
    assert_clean(shop)


def test_a_till_with_nothing_to_send_has_reported_whichever_life_it_knows(
    shop: Shop, machine: TimeMachine, clock: ManualClock
) -> None:
    front = Memory(shop.till())
    front.does(front.till.enrol_card())
    machine.keep()
    restored(shop, machine)
    answer = front.till.answer(acked=front.acked, incarnation=INCARNATION)
    assert (answer.standing, [row.ended_by for row in shop.rows("recoveries")]) == ("in_step", ["all_reported"])


def test_after_a_day_the_next_push_ends_it(shop: Shop, machine: TimeMachine, clock: ManualClock) -> None:
    front = Memory(shop.till())
    shop.till("kirchberg", "bar").answer()
    card = front.till.card()
    front.kept.clear()
    machine.keep()
    front.does(front.till.stamp(card))
    restored(shop, machine)
    front.reports()
    assert shop.balance(card) == 0
    clock.advance(recoveries.LONGEST)
    front.till.answer(acked=front.acked)
    assert shop.balance(card) == 1
    assert [row.ended_by for row in shop.rows("recoveries")] == ["time"]


def test_a_standby_that_lagged_is_noticed_by_the_first_receipt(
    shop: Shop, machine: TimeMachine, clock: ManualClock
) -> None:
    front, bar = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    card = front.till.card()
    front.kept.clear()
    cursor = bar.till.pull_all()[-1].cursor
    bar.till.answer()
    machine.keep()
    front.does(front.till.stamp(card))
    [told] = bar.does(bar.till.enrol_card())
    machine.go_back()
    behind = front.till.answer(acked=front.acked)
    assert (behind.standing, behind.incarnation, shop.rows("recoveries")) == ("server_behind", INCARNATION, [])
    answer = front.till.answer(*front.offers(behind.have_seq), front.till.stamp(card), acked=front.acked)
    assert said(answer.verdicts) == ["awaiting_recovery"] * 2
    assert answer.incarnation != INCARNATION
    [counter] = shop.rows("merchant_versions")
    assert (counter.ver > told.ver + 900_000, counter.terms_from) == (True, 1_002)
    # The other till keeps its rows as long as it lasts, and a new one gets what there is.
    held = bar.till.pull(cursor)
    assert (held.cursor, held.reset, held.more, held.changes.cards) == (cursor, False, False, [])
    assert shop.till("gare", "new").pull().reset
    bar.reports()
    assert shop.balance(card) == 1
    assert bar.till.pull(cursor).reset
    assert shop.attention() == ["recovery"]
    shop.change_terms("cooldown_minutes = 1")
    assert max(row.version for row in shop.rows("terms")) == 1_002
    assert_clean(shop)


FORGED: dict[str, dict[str, Any]] = {
    "another outcome": {"outcome": "rejected"},
    "more stamps": {"balance_after": 9},
    "an earlier version": {"ver": 1},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_receipt_that_does_not_fit_is_none(shop: Shop, machine: TimeMachine, forged: dict[str, Any]) -> None:
    """It is judged like any other operation, and begins nothing."""
    front = Memory(shop.till())
    card = front.till.card()
    front.kept.clear()
    machine.keep()
    front.does(front.till.stamp(card))
    machine.go_back()
    [offer] = front.offers()
    answer = front.till.answer(offer | {"verdict": offer["verdict"] | forged}, acked=front.acked)
    assert (said(answer.verdicts), shop.rows("recoveries")) == (["accepted"], [])


@pytest.mark.parametrize("broken", [{"receipt": "x"}, {"receipt": "é." * 300}, {"verdict": {}}, {"card": {"id": 7}}])
def test_whatever_stands_beside_an_operation_harms_nobody(
    shop: Shop, machine: TimeMachine, broken: dict[str, Any]
) -> None:
    front = Memory(shop.till())
    machine.keep()
    front.does(front.till.enrol_card())
    machine.go_back()
    [offer] = front.offers()
    [verdict] = front.till.push(offer | broken)
    assert verdict.outcome in (Outcome.ACCEPTED, Outcome.PARKED)
    assert len(shop.rows("operations")) == 1


def test_what_stood_on_a_till_that_burned_keeps_its_verdict_and_no_balance_falls_below_0(
    shop: Shop, machine: TimeMachine, clock: ManualClock
) -> None:
    front, burned = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    ana = shop.staff["Ana"]
    machine.keep()
    enrol = burned.till.enrol_card()
    card = uuid.UUID(enrol["card_id"])
    burned.does(enrol, burned.till.operation("carry_over", card, count=10, approved_by=ana))
    [stamped] = front.does(front.till.stamp(card))
    [redeemed, taken_back] = front.does(front.till.redeem(card), front.till.void(card, original=stamped.key))
    codes = {"id": str(card), "number": enrol["number"], "token": enrol["token"]}
    restored(shop, machine)
    front.till.answer(acked=front.acked)
    front.till.answer(*[offer | {"card": codes} for offer in front.offers()], acked=front.acked)
    go_on(shop)
    assert [(row.kind, row.delta, row.shortfall, row.balance_after) for row in shop.ledger(card)] == [
        ("stamp", 1, 0, 1),
        ("redeem", -1, 9, 0),
        ("void", 0, 1, 0),
    ]
    [kept] = [row for row in shop.rows("cards") if row.card_id == card]
    assert (kept.number, kept.token) == (enrol["number"], enrol["token"])
    assert as_told(own_verdicts(front.till).values()) == as_told(
        sorted((stamped, redeemed, taken_back), key=lambda verdict: str(verdict.key))
    )
    assert shop.attention() == ["shortfall", "shortfall"]
    assert_clean(shop)


def test_a_card_without_its_enrolment_and_codes_comes_back_under_its_number(shop: Shop, machine: TimeMachine) -> None:
    front, burned = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    machine.keep()
    enrol = burned.till.enrol_card()
    burned.does(enrol)
    front.does(front.till.stamp(uuid.UUID(enrol["card_id"])))
    restored(shop, machine)
    front.reports()
    go_on(shop)
    [card] = shop.rows("cards")
    assert (card.number, card.token != enrol["token"], card.stamp_count) == (enrol["number"], True, 1)
    assert shop.attention() == ["recovered_card"]
    assert_clean(shop)


def test_an_epoch_that_the_server_forgot_is_not_adopted(shop: Shop, machine: TimeMachine) -> None:
    till = shop.till()
    front = Memory(till)
    front.does(till.enrol_card())
    machine.keep()
    front.does(till.enrol_card())
    renumbered = till.enrol_card(seq=1)
    [told] = till.push(renumbered, epoch=2)
    front.kept.append((renumbered, told))
    machine.go_back()
    answer = till.answer(epoch=2, acked={"seq": 1, "key": renumbered["key"]})
    assert (answer.standing, answer.epoch, answer.have_seq) == ("server_behind", 1, 1)
    offers = [offered(operation, verdict) | {"seq": seq} for seq, (operation, verdict) in enumerate(front.kept, 1)][1:]
    answer = till.answer(*offers, epoch=1, acked={"seq": 3, "key": renumbered["key"]})
    assert (answer.have_seq, said(own_verdicts(till).values())) == (3, ["accepted"] * 3)
    assert_clean(shop)


def test_terms_that_were_lost_are_stood_in_for_by_the_next_that_are_made(shop: Shop, machine: TimeMachine) -> None:
    till = shop.till()
    card = till.card()
    machine.keep()
    shop.change_terms("stamps_target = 7")
    restored(shop, machine)
    [waits] = till.push(till.stamp(card, terms_version=2))
    assert own_verdicts(till)[waits.key].code == "unknown_terms"
    shop.change_terms("stamps_target = 7")
    [verdict] = till.push(till.stamp(card, terms_version=2))
    assert verdict.terms_version == 1_002


def test_a_push_that_adds_to_a_recovery_keeps_it_from_ending(shop: Shop, machine: TimeMachine) -> None:
    """What is kept for the end is decided by it, never forgotten behind it: the end waits for who is adding."""
    till = shop.till()
    card = till.card()
    shop.till("kirchberg", "bar").answer()
    machine.keep()
    restored(shop, machine)
    outcome = in_the_gap(
        shop.engine, after="INSERT INTO verdicts", first=lambda: till.push(till.stamp(card)), second=lambda: go_on(shop)
    )
    assert outcome.second_waited
    assert outcome.second == Ended(replayed=0, judged=1)
    assert (shop.balance(card), said(own_verdicts(till).values())) == (1, ["accepted"] * 2)


@pytest.mark.logs
def test_an_operation_that_the_end_fails_over_is_set_aside_alone(
    shop: Shop, machine: TimeMachine, caplog: pytest.LogCaptureFixture
) -> None:
    front = Memory(shop.till())
    card = front.till.card()
    shop.till("kirchberg", "bar").answer()
    machine.keep()
    stamps = [front.till.stamp(card, notes=str(place)) for place in range(5)]
    restored(shop, machine)
    front.till.answer(*stamps)
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE verdicts SET receipted = '{}' WHERE seq = 4"))
    go_on(shop)
    codes = [verdict.code for verdict in sorted(own_verdicts(front.till).values(), key=lambda one: one.seq or 0)]
    assert codes == [None, None, "cooldown", "server_error", "cooldown", "cooldown"]
    [ticket] = {row.detail["ticket"] for row in shop.rows("attention") if row.kind == "parked"}
    assert ticket in caplog.text
    assert shop.balance(card) == 1


def test_what_is_parked_here_and_was_decided_in_the_lost_time_is_decided_as_it_was(
    shop: Shop, machine: TimeMachine, clock: ManualClock
) -> None:
    front, bar = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    card = front.till.card()
    front.kept.clear()
    late = front.till.stamp(card)
    clock.advance(timedelta(days=15))
    [parked] = front.does(late)
    assert parked.code == "too_old"
    bar.till.answer()
    machine.keep()
    decide(shop, Verb.RETRY)
    told = own_verdicts(front.till)[parked.key]
    assert (told.outcome, shop.balance(card)) == ("accepted", 1)

    restored(shop, machine)
    assert shop.balance(card) == 0
    offer = offered(late, told)
    [waits] = front.till.push(offer)
    assert (waits.code, waits.replayed) == ("awaiting_recovery", True)
    ver = shop.rows("merchant_versions")[0].ver
    assert said(front.till.push(offer)) == ["awaiting_recovery"]
    assert shop.rows("merchant_versions")[0].ver == ver, "a repeat brings nothing"
    bar.till.answer()
    assert [row.ended_by for row in shop.rows("recoveries")] == ["all_reported"]
    assert shop.balance(card) == 1
    assert as_told([own_verdicts(front.till)[parked.key]]) == as_told([told])
    assert [row.resolution for row in shop.rows("attention")] == ["brought back: accepted"]
    assert_clean(shop)


def test_a_receipt_says_nothing_new_of_what_is_final_and_outside_a_recovery_nothing_of_what_is_parked(
    shop: Shop, machine: TimeMachine, clock: ManualClock
) -> None:
    front = Memory(shop.till())
    card = front.till.card()
    front.kept.clear()
    late = front.till.stamp(card)
    clock.advance(timedelta(days=15))
    [parked] = front.does(late)
    machine.keep()
    decide(shop, Verb.RETRY)
    told = own_verdicts(front.till)[parked.key]
    restored(shop, machine)
    go_on(shop)
    assert said(front.till.push(offered(late, told))) == ["too_old"], "it is of a life that ended: a person decides"
    decide(shop, Verb.REJECT)
    assert said(front.till.push(offered(late, told))) == ["rejected_by_merchant"]
    assert shop.balance(card) == 0
    assert_clean(shop)


def test_two_tills_that_notice_at_the_same_moment_begin_one_recovery(shop: Shop, machine: TimeMachine) -> None:
    front, bar = Memory(shop.till()), Memory(shop.till("kirchberg", "bar"))
    bar.till.answer()
    machine.keep()
    front.does(front.till.enrol_card())
    bar.does(bar.till.enrol_card())
    machine.go_back()
    outcome = in_the_gap(
        shop.engine,
        after="INSERT INTO recoveries",
        first=lambda: front.till.push(*front.offers()),
        second=lambda: bar.till.push(*bar.offers()),
    )
    assert outcome.second_waited
    assert said(outcome.second) == ["awaiting_recovery"]
    front.till.answer(acked=front.acked)
    bar.till.answer(acked=bar.acked)
    assert [row.ended_by for row in shop.rows("recoveries")] == ["all_reported"]
    assert len(shop.rows("cards")) == 2
    assert_clean(shop)
