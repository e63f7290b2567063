"""An audit on a live server: while tills push it finds nothing wrong and holds nobody up, and still finds what is."""

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import Engine, event, text

from common.wire.push import Outcome
from server.operate.audit.run import Report, audit
from tests.helpers.clock import ManualClock
from tests.helpers.shop import Shop, WireTill

TILLS: Final = 4
CARDS: Final = 12
AUDITS: Final = 5
PATIENCE_S: Final = 60


@pytest.fixture
def shop(own_engine: Engine, clock: ManualClock) -> Shop:
    return Shop.open(own_engine, clock, terms="cooldown_minutes = 0\ndaily_limit = 1000\nstamps_target = 3")


class Service:
    """Tills that serve customers until the audits are done: every kind of operation, over cards that all share."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.tills = [shop.till(("gare", "kirchberg")[number % 2], f"till {number}") for number in range(TILLS)]
        self.cards = [self.tills[0].card() for _ in range(CARDS)]
        self.closed = threading.Event()

    def serve(self, till: WireTill) -> int:
        choose, batches = random.Random(till.number), 0
        while not self.closed.is_set():
            self._batch(till, choose)
            batches += 1
        return batches

    def _batch(self, till: WireTill, choose: random.Random) -> None:
        ana, again = self.shop.staff["Ana"], choose.choice(self.cards)
        stamp, enrol = till.stamp(choose.choice(self.cards)), till.enrol_card()
        made = uuid.UUID(enrol["card_id"])
        till.push(
            stamp,
            enrol,
            till.operation("carry_over", made, count=2, staff_id=ana),
            till.void(uuid.UUID(stamp["card_id"]), original=stamp["key"], staff_id=ana),
            till.redeem(choose.choice(self.cards), staff_id=ana),
            till.operation("block", again, reason="lost"),
            till.operation("unblock", again, staff_id=ana),
            till.enrol_card(token=enrol["token"]),
            till.stamp(made, terms_version=9),
            till.redeem(made, staff_id=ana),
        )


def test_while_tills_push_an_audit_raises_no_false_alarm(shop: Shop) -> None:
    service = Service(shop)
    reports: list[Report] = []
    with ThreadPoolExecutor(TILLS) as threads:
        serving = [threads.submit(service.serve, till) for till in service.tills]
        try:
            for _ in range(AUDITS):
                reports.append(audit(shop.engine))
        finally:
            service.closed.set()
        batches = [one.result() for one in serving]
    assert [report.findings for report in reports] == [()] * AUDITS
    seen = [report.counts["operations"] for report in reports]
    assert seen == sorted(set(seen)), "each audit saw more: sales went on"
    assert min(batches) > AUDITS
    assert audit(shop.engine).findings == ()
    outcomes = {row.outcome for row in shop.rows("verdicts")}
    assert outcomes == {outcome.value for outcome in Outcome}


def test_an_audit_holds_no_push_up_and_what_comes_meanwhile_is_not_its_business(shop: Shop, clock: ManualClock) -> None:
    """In the middle of an audit a till pushes, and is answered before the audit goes on."""
    till = shop.till()
    card_id = till.card()
    clock.advance(timedelta(minutes=1))
    answered: list[str] = []

    def push_now(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "AS differing" in statement and not answered:
            (verdict,) = till.push(till.stamp(card_id))
            answered.append(verdict.outcome)

    event.listen(shop.engine, "after_cursor_execute", push_now)
    try:
        report = audit(shop.engine)
    finally:
        event.remove(shop.engine, "after_cursor_execute", push_now)
    assert answered == ["accepted"]
    assert report.findings == ()
    assert report.counts["operations"] == 1


def test_under_load_it_still_finds_what_is_wrong(shop: Shop) -> None:
    service = Service(shop)
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE cards SET lifetime_stamps = 7 WHERE card_id = :it"), {"it": service.cards[0]})
    with ThreadPoolExecutor(1) as threads:
        serving = threads.submit(service.serve, service.tills[1])
        try:
            found = audit(shop.engine).findings
        finally:
            service.closed.set()
        serving.result()
    assert {finding.check for finding in found} == {"cards_are_the_sum_of_their_ledger"}
