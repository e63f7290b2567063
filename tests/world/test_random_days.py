"""Random days: three tills, now and then offline, against a reference of a few lines that knows no server.

The reference judges in the order of arrival, by the plainest reading of the rules, and keeps lists where the server
keeps indexes. Whatever the day was like, verdicts, balances and feeds must agree with it, and the audit find nothing.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from server.operate.audit import run
from tests.helpers.clock import ManualClock
from tests.helpers.folded_feed import FoldedFeed
from tests.helpers.shop import Operation, Shop, WireTill, said

TERMS: Final = "cooldown_minutes = 15\ndaily_limit = 3\nvisit_limit = 2\nstamps_target = 3"
COOLDOWN: Final = timedelta(minutes=15) - timedelta(seconds=2)
ZONE: Final = ZoneInfo("Europe/Luxembourg")
TILLS: Final = 3
CARDS: Final = 2

acts = st.one_of(
    st.tuples(st.just("stamp"), st.integers(1, 3)),
    st.tuples(st.just("redeem"), st.just(0)),
    st.tuples(st.just("void"), st.integers(0, 8)),
)
steps = st.one_of(
    st.tuples(st.just("act"), st.integers(0, TILLS - 1), st.integers(0, CARDS - 1), acts),
    st.tuples(st.just("act"), st.integers(0, TILLS - 1), st.integers(0, CARDS - 1), acts),
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 14, 15, 16, 60, 300]), st.just(0), st.just(("", 0))),
    st.tuples(st.just("sync"), st.integers(0, TILLS - 1), st.just(0), st.just(("", 0))),
)


@dataclass
class Event:
    """A stamp or a redemption that arrived. `taken` is what it gave, or for a redemption what it took."""

    kind: str
    at: datetime
    taken: int
    accepted: bool
    voided: bool = False
    live: bool = True


@dataclass
class Reference:
    """One card, as anybody would keep it with pencil and paper."""

    balance: int = 0
    events: dict[str, Event] = field(default_factory=dict)

    def judge(self, operation: Operation, at: datetime) -> str:
        match operation["kind"]:
            case "stamp":
                code = self._refuse_stamp(at, operation["count"])
                self._arrive(operation, at, operation["count"], code)
            case "redeem":
                code = "accepted" if self.balance >= 3 else "insufficient_stamps"
                self._arrive(operation, at, -3, code)
            case _:
                code = self._void(operation["original"])
        return code

    def _arrive(self, operation: Operation, at: datetime, delta: int, code: str) -> None:
        accepted = code == "accepted"
        self.events[operation["key"]] = Event(operation["kind"], at, delta, accepted)
        self.balance += delta if accepted else 0

    def _refuse_stamp(self, at: datetime, wanted: int) -> str:
        if wanted > 2:
            return "visit_limit"
        live = [event for event in self.events.values() if event.kind == "stamp" and event.accepted and event.live]
        if any(abs(event.at - at) < COOLDOWN for event in live):
            return "cooldown"
        today = [event.taken for event in live if event.at.astimezone(ZONE).date() == at.astimezone(ZONE).date()]
        return "daily_limit" if sum(today) + wanted > 3 else "accepted"

    def _void(self, original: str) -> str:
        event = self.events.get(original)
        if event is None:
            return "original_not_found"
        if not event.accepted:
            return "original_rejected"
        if event.voided:
            return "already_voided"
        event.voided = True
        taken = min(event.taken, self.balance)
        event.live = taken < event.taken
        self.balance -= taken
        return "accepted"


class Day:
    """One shop, its tills, and the reference beside it."""

    def __init__(self, engine: Engine, number: int) -> None:
        self.clock = ManualClock()
        self.shop = Shop.open(engine, self.clock, slug=f"day-{number}", terms=TERMS)
        self.tills = [self.shop.till(("gare", "kirchberg")[index % 2], f"till {index}") for index in range(TILLS)]
        self.feeds = [FoldedFeed() for _ in self.tills]
        self.queues: list[list[tuple[Operation, datetime]]] = [[] for _ in self.tills]
        enrols = [self.tills[0].enrol_card() for _ in range(CARDS)]
        self.tills[0].push(*enrols)
        self.cards = [uuid.UUID(enrol["card_id"]) for enrol in enrols]
        self.references = {str(card_id): Reference() for card_id in self.cards}
        self.named: dict[str, list[str]] = {str(card_id): [str(uuid.UUID(int=1))] for card_id in self.cards}

    def act(self, index: int, card: int, kind: str, number: int) -> None:
        till, card_id = self.tills[index], self.cards[card]
        operation = self._operation(till, card_id, kind, number)
        if kind != "void":
            self.named[str(card_id)].append(operation["key"])
        self.queues[index].append((operation, self.clock.now()))

    def _operation(self, till: WireTill, card_id: uuid.UUID, kind: str, number: int) -> Operation:
        ana = self.shop.staff["Ana"]
        if kind == "stamp":
            return till.stamp(card_id, count=number, staff_id=ana)
        if kind == "redeem":
            return till.redeem(card_id, staff_id=ana)
        named = self.named[str(card_id)]
        return till.void(card_id, original=named[-1 - number % len(named)], staff_id=ana)

    def sync(self, index: int) -> None:
        """The till sends all it has, and the reference judges the same in the same order."""
        queue, self.queues[index] = self.queues[index], []
        expected = [self.references[operation["card_id"]].judge(operation, at) for operation, at in queue]
        pushed = self.tills[index].push(*(operation for operation, _ in queue), pending=1)
        assert said(pushed) == expected
        self._pull(index)

    def _pull(self, index: int) -> None:
        feed = self.feeds[index]
        for page in self.tills[index].pull_all(feed.cursor, limit=3):
            feed.apply(page)

    def close(self) -> None:
        for index in [*range(TILLS), 0, 1, 2]:
            self.sync(index)
        balances = {row.card_id: row.stamp_count for row in self.shop.rows("cards")}
        assert balances == {uuid.UUID(card_id): reference.balance for card_id, reference in self.references.items()}
        for card_id, balance in balances.items():
            assert sum(row.delta for row in self.shop.ledger(card_id)) == balance >= 0
        for feed in self.feeds:
            assert {key: row["stamp_count"] for key, row in feed.rows["cards"].items()} == balances


def test_random_days_agree_with_pencil_and_paper(own_engine: Engine) -> None:
    numbers = count(1)

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.lists(steps, min_size=5, max_size=45))
    def day(plan: list[tuple[str, int, int, tuple[str, int]]]) -> None:
        today = Day(own_engine, next(numbers))
        for step, first, card, (kind, number) in plan:
            match step:
                case "act":
                    today.act(first, card, kind, number)
                case "wait":
                    today.clock.advance(timedelta(minutes=first))
                case _:
                    today.sync(first)
        today.close()

    day()
    assert run.audit(own_engine).findings == ()
