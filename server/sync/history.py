"""History: what is known of the cards of a batch, read under their locks and kept up to date while it is judged."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from common.ids import CardId, OperationKey, StaffId
from common.ledger import Totals, TransactionKind
from common.rules.asks import Ask, Enrol, Replace, Stamp, Void
from common.rules.standing import (
    CardStanding,
    CodeHolder,
    LiveStamp,
    OriginalStanding,
    StaffStanding,
    Standing,
    history_window,
)
from common.terms import Terms
from common.wire.operations import OperationBase
from server.store.cards import CardRow, lock_cards, read_aliases, read_code_holders
from server.store.ledger import Span, read_live_stamps, read_originals, read_parked_cards
from server.store.program import read_staff
from server.store.tills import Till


@dataclass(frozen=True, slots=True)
class Timed:
    """An operation to be judged, what it asks, when it happened, and by which terms; None where those are unknown."""

    operation: OperationBase
    ask: Ask
    event_time: datetime
    terms: Terms | None


@dataclass(slots=True, kw_only=True)
class Card:
    """A card as it stands at this point of the batch."""

    row: CardRow
    totals: Totals
    live: dict[OperationKey, LiveStamp] = field(default_factory=dict)
    changed: bool = False

    @staticmethod
    def of(row: CardRow) -> "Card":
        return Card(
            row=row,
            totals=Totals(
                row.stamp_count, row.lifetime_stamps, row.redemptions, row.last_stamp_at, row.last_redemption_at
            ),
        )

    def to_row(self) -> CardRow:
        totals = self.totals
        return self.row._replace(
            stamp_count=totals.stamp_count,
            lifetime_stamps=totals.lifetime_stamps,
            redemptions=totals.redemptions,
            last_stamp_at=totals.last_stamp_at,
            last_redemption_at=totals.last_redemption_at,
        )

    def standing(self) -> CardStanding:
        row = self.row
        return CardStanding(
            id=row.card_id,
            number=row.number,
            store_id=row.store_id,
            balance=self.totals.stamp_count,
            inactive_since=row.inactive_since,
            carried_over=row.carried_over,
        )


@dataclass(slots=True, kw_only=True)
class History:
    """Everything a batch's judgements read. The ids of merged cards mean the card that they count on.

    Attributes:
        voiding: the operations that voids of this batch name.
    """

    till: Till
    cards: dict[CardId, Card]
    aliases: dict[CardId, CardId]
    holders: dict[str, CardId]
    voiding: frozenset[OperationKey]
    originals: dict[OperationKey, OriginalStanding]
    parked_cards: set[CardId]
    staff: dict[StaffId, StaffStanding]

    def resolve(self, card_id: CardId) -> CardId:
        return self.aliases.get(card_id, card_id)

    def park(self, card_id: CardId | None) -> None:
        """An operation of this card waits for a person; what may hang on its outcome must wait behind it."""
        if card_id is not None:
            self.parked_cards.add(self.resolve(card_id))

    def card_of(self, operation: OperationBase) -> Card | None:
        return None if operation.card_id is None else self.cards.get(self.resolve(operation.card_id))

    def standing(self, timed: Timed, card: Card | None) -> Standing:
        """What the rules must know to judge an operation of `card`."""
        ask, act = timed.ask, timed.ask.act
        original = act.original if isinstance(act, Void) else None
        codes = act if isinstance(act, Enrol | Replace) else None
        return Standing(
            store_id=self.till.store_id,
            till_id=self.till.till_id,
            card=None if card is None else card.standing(),
            program_inactive_since=self.till.program_inactive_since,
            staff=None if ask.staff_id is None else self.staff.get(ask.staff_id),
            approver=None if ask.approved_by is None else self.staff.get(ask.approved_by),
            live_stamps=() if card is None else tuple(card.live.values()),
            original=None if original is None else self.originals.get(original),
            number_holder=None if codes is None else self._holder(codes.number),
            token_holder=None if codes is None else self._holder(codes.token),
        )

    def _holder(self, code: str) -> CodeHolder | None:
        card_id = self.holders.get(code)
        if card_id is None:
            return None
        row = self.cards[card_id].row
        return CodeHolder(card_id, retired=code not in (row.number, row.token))

    def remember(
        self, timed: Timed, kind: TransactionKind, card_id: CardId, *, stamps: int = 0, rejected: bool = False
    ) -> None:
        """Keep an operation of this batch if a void of this batch names it."""
        operation = timed.operation
        if operation.key not in self.voiding:
            return
        self.originals[operation.key] = OriginalStanding(
            key=operation.key,
            kind=kind,
            card_id=card_id,
            till_id=self.till.till_id,
            staff_id=operation.staff_id,
            at=timed.event_time,
            stamps=stamps,
            rejected=rejected,
        )

    def mark_voided(self, original: OperationKey) -> None:
        self.originals[original] = replace(self.originals[original], voided=True)


def read_history(
    connection: Connection,
    till: Till,
    batch: Sequence[Timed],
    named: Set[CardId],
    untouched: Set[CardId] = frozenset(),
    more_codes: Iterable[str] = (),
) -> History:
    """Lock every card that this batch may touch, and then read what the rules need of them.

    `named` are the cards that operations speak of: those of `batch`, and those that cannot be judged. Of those that are
    `untouched` only their merging is looked at. `more_codes` are numbers and tokens whose holders are asked for beside
    those of the batch.

    The order is the point: first whose cards they are, then all the locks in one statement, and only then, in
    statements of their own, the history. What a competing batch committed while this one waited is thereby seen.
    """
    merchant_id = till.merchant_id
    acts = [timed.ask.act for timed in batch]
    codes: list[str] = [code for act in acts if isinstance(act, Enrol | Replace) for code in (act.number, act.token)]
    codes += more_codes
    aliases = read_aliases(connection, merchant_id, named | untouched)
    holders = read_code_holders(connection, merchant_id, codes)

    wanted = {aliases.get(card_id, card_id) for card_id in named} | set(holders.values())
    cards = {row.card_id: Card.of(row) for row in lock_cards(connection, merchant_id, wanted)}

    voiding = frozenset(act.original for act in acts if isinstance(act, Void) and act.original is not None)

    history = History(
        till=till,
        cards=cards,
        aliases=aliases,
        holders=holders,
        voiding=voiding,
        originals=_read_originals(connection, till, voiding),
        parked_cards={
            aliases.get(card_id, card_id) for card_id in read_parked_cards(connection, merchant_id, wanted | named)
        },
        staff=read_staff(connection, till, _staff_named(batch)),
    )
    for stamp in read_live_stamps(connection, merchant_id, _spans(history, batch)):
        cards[stamp.card_id].live[stamp.key] = LiveStamp(stamp.event_time, stamp.store_id, stamp.delta)
    return history


def _staff_named(batch: Iterable[Timed]) -> set[StaffId]:
    named = {timed.ask.staff_id for timed in batch} | {timed.ask.approved_by for timed in batch}
    return {staff_id for staff_id in named if staff_id is not None}


def _spans(history: History, batch: Sequence[Timed]) -> list[Span]:
    """For each card that is stamped: one span around all its stamps in this batch."""
    spans: dict[CardId, Span] = {}
    merging = _merging(history, batch)
    for timed in batch:
        named = timed.operation.card_id
        if named is None or timed.terms is None or not isinstance(timed.ask.act, Stamp):
            continue
        since, until = history_window(timed.terms, timed.event_time)
        for card_id in (history.resolve(named), *merging.get(named, ())):
            known = spans.get(card_id)
            if known is not None:
                spans[card_id] = Span(card_id, min(known.since, since), max(known.until, until))
            elif card_id in history.cards:
                spans[card_id] = Span(card_id, since, until)
    return list(spans.values())


def _merging(history: History, batch: Iterable[Timed]) -> dict[CardId, set[CardId]]:
    """For each card that this very batch may merge into others: those. Its stamps will count on one of them."""
    merging: dict[CardId, set[CardId]] = {}
    for timed in batch:
        act = timed.ask.act
        if isinstance(act, Enrol) and act.token in history.holders:
            merging.setdefault(act.card_id, set()).add(history.holders[act.token])
    return merging


def _read_originals(
    connection: Connection, till: Till, keys: Set[OperationKey]
) -> dict[OperationKey, OriginalStanding]:
    return {
        row.key: OriginalStanding(
            key=row.key,
            kind=TransactionKind(row.kind),
            card_id=row.card_id,
            till_id=row.till_id,
            staff_id=row.staff_id,
            at=row.event_time,
            stamps=abs(row.delta or 0),
            rejected=row.outcome == "rejected",
            voided=row.voided_by is not None,
        )
        for row in read_originals(connection, till.merchant_id, keys)
    }
