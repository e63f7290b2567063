"""Decide: what was parked is judged after all, or rejected, and with it what was parked behind it.

The law is the same, and so are the locks. Only the reasons for which operations were parked are lifted, because a
person has looked at them. Everything is judged in the order in which it came, in one transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Final

from sqlalchemy import Connection

from common.ids import CardId, MerchantId
from common.rules.asks import Kind
from common.wire.push import Outcome, TillClock, WireCode
from server.store.attention import AttentionKind
from server.store.cards import lock_cards, read_aliases
from server.store.engine import limit_lock_waits
from server.store.operations import VerdictRow
from server.store.parking.decided import Resolution, UnkeyedDecision
from server.store.parking.parked import ParkedRow, parked_on_cards, still_parked, take_turns
from server.store.program import read_terms
from server.store.tills import Till, read_boots, read_till
from server.sync.event_time import EventClock
from server.sync.history import History, Timed, read_history
from server.sync.intake import Broken, Incoming, Readable, read_bytes
from server.sync.reconcile import Reconciler
from server.sync.record import Decisions, Record, write_decisions

NO_KEY: Final = "it has no key of its own, and cannot be judged; reject it once its customer is served"


class Verb(StrEnum):
    """What a person says of a parked operation."""

    RETRY = "retry"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one operation. `why` says what keeps it parked, where it still is."""

    row: ParkedRow
    outcome: Outcome
    code: str | None
    why: str | None = None


def decide(
    connection: Connection, merchant_id: MerchantId, named: Sequence[ParkedRow], verb: Verb, *, now: datetime
) -> list[Decided]:
    """Decide the `named` ones, and then what waits behind them, in one transaction of the caller's.

    Returns what became of each that was named, and of those behind them whose verdict changed. What somebody else has
    decided meanwhile is left out.
    """
    limit_lock_waits(connection)
    take_turns(connection, merchant_id)
    chosen = still_parked(connection, merchant_id, named)
    cards = {row.card_id for row in chosen if row.card_id is not None}
    aliases = read_aliases(connection, merchant_id, cards)
    cards |= set(aliases.values())
    # All at once and in the order of ids, as a push locks them; what waits behind is read only then.
    lock_cards(connection, merchant_id, cards)
    on_cards = parked_on_cards(connection, merchant_id, cards)
    known = {_identity(row) for row in chosen}
    behind = [row for row in on_cards if row.code == WireCode.BEHIND_PARKED and _identity(row) not in known]
    deciding = sorted([*chosen, *behind], key=lambda row: row.place)
    taken = known | {_identity(row) for row in behind}
    decision = _Decision(connection, verb, known, now, [row for row in on_cards if _identity(row) not in taken])
    decided: list[Decided] = []
    # One till's at a time: a ledger row carries its till and store, and the next till's reads what this one's left.
    for till_id, rows in groupby(deciding, key=lambda row: row.till_id):
        decided += decision.of_one_till(read_till(connection, merchant_id, till_id), list(rows))
    return decided


def _identity(row: ParkedRow) -> tuple[object, ...]:
    return (row.key,) if row.key is not None else (row.till_id, row.epoch, row.seq, row.digest)


@dataclass(slots=True)
class _Decision:
    """The course of one decision.

    Attributes:
        waiting: what stays parked on the cards of this decision, in order.
        parked: the cards of those that lie before the operation at hand.
    """

    connection: Connection
    verb: Verb
    chosen: set[tuple[object, ...]]
    now: datetime
    waiting: list[ParkedRow]
    parked: set[CardId] = field(default_factory=set)

    def of_one_till(self, till: Till, rows: list[ParkedRow]) -> list[Decided]:
        record = Record(till, till.epoch, self.now)
        read = [(row, _read(row)) for row in rows]
        timed = self._timed(till, read)
        named = {card_id for row, _ in read if (card_id := row.card_id) is not None}
        named |= {one.operation.card_id for one in timed.values() if one.operation.card_id is not None}
        others = self.parked | {row.card_id for row in self.waiting if row.card_id is not None}
        history = read_history(self.connection, till, list(timed.values()), named, others)
        reconciler = Reconciler(history, record)
        decisions = Decisions(record)
        decided = []
        for row, item in read:
            self._pass(row, history)
            one = self._decide(row, item, timed.get(row.place), reconciler, decisions)
            if one.outcome is Outcome.PARKED and row.card_id is not None:
                self.parked.add(row.card_id)
            if _identity(row) in self.chosen or (one.outcome, one.code) != (Outcome.PARKED, row.code):
                decided.append(one)
        write_decisions(self.connection, decisions, [card for card in history.cards.values() if card.changed])
        return decided

    def _pass(self, row: ParkedRow, history: History) -> None:
        """Let everything that stays parked before `row` be known as parked, and nothing that lies behind it."""
        while self.waiting and self.waiting[0].place < row.place:
            card_id = self.waiting.pop(0).card_id
            if card_id is not None:
                self.parked.add(card_id)
        history.parked_cards.clear()
        for card_id in self.parked:
            history.park(card_id)

    def _timed(self, till: Till, read: Iterable[tuple[ParkedRow, Incoming]]) -> dict[tuple[int, int], Timed]:
        terms = read_terms(self.connection, till)
        readable = [(row, item) for row, item in read if isinstance(item, Readable)]
        untimed = {item.operation.boot_id for row, item in readable if row.event_time is None}
        booted = read_boots(self.connection, till, untimed) if untimed else {}
        timed = {}
        for row, item in readable:
            operation, at = item.operation, row.event_time
            if at is None:
                # Nobody knows any more what its till's clocks said when it was sent: they were right.
                sent = TillClock(sent_at=row.received_at, boot_id=operation.boot_id, uptime_ms=0)
                at = EventClock(row.received_at, sent, booted).event_time(operation)
            timed[row.place] = Timed(operation, operation.ask(), at, terms.in_force(operation.terms_version, at))
        return timed

    def _decide(
        self, row: ParkedRow, item: Incoming, timed: Timed | None, reconciler: Reconciler, decisions: "Decisions"
    ) -> Decided:
        rejects = self.verb is Verb.REJECT and _identity(row) in self.chosen
        if row.key is None:
            return _decide_unkeyed(row, decisions) if rejects else Decided(row, Outcome.PARKED, row.code, NO_KEY)
        if isinstance(item, Readable) and timed is not None:
            if rejects:
                verdict = reconciler.reject(timed, WireCode.REJECTED_BY_MERCHANT)
            else:
                verdict = reconciler.decide_again(timed)
            if verdict.outcome is not Outcome.PARKED:
                decisions.keep_as_read(row, item)
        elif rejects:
            verdict = _reject_unread(row, decisions.record)
        elif isinstance(item, Broken) and item.outcome is Outcome.REJECTED:
            verdict = _reject_unread(row, decisions.record, item)
        else:
            return Decided(row, Outcome.PARKED, row.code, item.problem if isinstance(item, Broken) else None)
        if (verdict.outcome, verdict.code) == (Outcome.PARKED, row.code):
            return Decided(row, Outcome.PARKED, row.code, _WHY.get(row.code))
        decisions.change(row, verdict, self.verb)
        return Decided(row, verdict.outcome, verdict.code, _WHY.get(verdict.code or ""))


_WHY: Final = {
    WireCode.UNKNOWN_TERMS.value: "the terms that it names are not known here",
    WireCode.BEHIND_PARKED.value: "an earlier operation of its card is still parked",
}


def _read(row: ParkedRow) -> Incoming:
    """What it says, as far as this server can tell by now."""
    item = read_bytes(row.said, row.seq)
    if isinstance(item, Readable) and item.key != row.key:
        return Broken(
            seq=row.seq,
            key=row.key,
            kind=None,
            card_id=row.card_id,
            content=item.content,
            digest=item.digest,
            outcome=Outcome.PARKED,
            code=WireCode.UNREADABLE,
            problem="its bytes name another key than it came with",
        )
    return item


def _decide_unkeyed(row: ParkedRow, decisions: "Decisions") -> Decided:
    code = WireCode.REJECTED_BY_MERCHANT
    decisions.unkeyed.append(
        UnkeyedDecision(row.till_id, row.epoch, row.seq, row.digest, Outcome.REJECTED.value, code.value)
    )
    decisions.resolved.append(Resolution(None, row.till_id, row.seq, f"{Verb.REJECT}: {Outcome.REJECTED}"))
    return Decided(row, Outcome.REJECTED, code)


def _reject_unread(row: ParkedRow, record: Record, item: Broken | None = None) -> VerdictRow:
    """The final no to something that nobody could judge."""
    code = WireCode.REJECTED_BY_MERCHANT.value if item is None else item.code
    detail = {} if item is None else {"problem": item.problem}
    if row.kind == Kind.REDEEM or (item is not None and item.kind == Kind.REDEEM):
        record.attend(AttentionKind.LOSS, key=row.key, card_id=row.card_id, detail={"code": code})
    return VerdictRow(row.key, row.seq, Outcome.REJECTED, code, detail, event_time=row.event_time, card_id=row.card_id)
