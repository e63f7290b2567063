"""Effects: what an approved operation changes, in the history that the next one is judged by and in the record."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from common import ledger
from common.card_code import HUB_TILL_NUMBER, NUMBER_ENTROPY_MAX, CardNumber, make_number
from common.entropy import random_bytes
from common.ids import CardId, OperationKey
from common.ledger import Effect, Entry, Totals, TransactionKind
from common.rules.asks import CarryOver, Lockout, Replace, Unblock, Void
from common.rules.judge import Approved, StampAnswer
from common.rules.standing import LiveStamp
from common.terms import Terms, business_date
from common.times import to_wire
from common.wire.operations import BlockOperation, EnrolOperation, OperationBase
from server.store.attention import AttentionKind
from server.store.cards import AliasRow, CardRow
from server.store.ledger import TransactionRow
from server.sync.history import Card, History, Timed
from server.sync.record import Record


@dataclass(frozen=True, slots=True)
class Applied:
    """What the verdict tells of an accepted operation. `number` only where the server chose another."""

    detail: dict[str, Any]
    card: Card | None
    number: CardNumber | None = None


@dataclass(frozen=True, slots=True)
class Effects:
    """Applies the approved operations of one till."""

    history: History
    record: Record

    def apply(self, timed: Timed, terms: Terms, card: Card | None, approved: Approved) -> Applied:
        """Apply what was approved of `card`, the one that the operation names."""
        operation, act = timed.operation, timed.ask.act
        if isinstance(operation, EnrolOperation):
            return self._enrol(operation, approved)
        if isinstance(act, Lockout):
            self._attend(AttentionKind.LOCKOUT, operation, None, {"failures": act.failures})
            return Applied({}, None)
        if card is None:
            raise LookupError(f"a {operation.kind} was approved without a card")
        card.changed = True
        if approved.effect is None:
            self.change_card(timed, card)
            return Applied({}, card)
        return Applied(self._carry_out(timed, terms, approved, approved.effect, card), card)

    def _carry_out(self, timed: Timed, terms: Terms, approved: Approved, effect: Effect, card: Card) -> dict[str, Any]:
        """Book a transaction, and return what its verdict tells the customer."""
        operation, at, act = timed.operation, timed.event_time, timed.ask.act
        original = act.original if isinstance(act, Void) else None
        redeemed = effect.kind is TransactionKind.REDEEM
        reward = terms.reward if redeemed else None
        self.book(timed, card, effect, business_date(terms, at), original=original, reward=reward)
        if approved.answer is not None:
            card.live[operation.key] = LiveStamp(at, self.history.till.store_id, effect.delta)
            return _told(approved.answer, operation.key)
        if redeemed:
            return {"reward": terms.reward, "spent": -effect.delta}
        if effect.kind is TransactionKind.CARRY_OVER:
            self._carried_over(timed, card, terms)
            return {}
        return self._voided(operation, card, effect, original)

    def book(
        self,
        timed: Timed,
        card: Card,
        effect: Effect,
        on: date,
        *,
        original: OperationKey | None = None,
        reward: str | None = None,
    ) -> None:
        """A new line of the ledger, of the business day `on`, and the card's totals after it."""
        operation = timed.operation
        card.totals = ledger.apply(card.totals, Entry(effect, timed.event_time))
        self.record.transactions[operation.key] = TransactionRow(
            key=operation.key,
            card_id=card.row.card_id,
            staff_id=operation.staff_id,
            kind=effect.kind,
            delta=effect.delta,
            lifetime_delta=effect.lifetime_delta,
            redemptions_delta=effect.redemptions_delta,
            balance_after=card.totals.stamp_count,
            original=original,
            shortfall=effect.shortfall,
            reward=reward,
            event_time=timed.event_time,
            business_date=on,
            voided_by=None,
            live=True,
            line=len(self.record.transactions),
        )
        if effect.kind in (TransactionKind.STAMP, TransactionKind.REDEEM):
            self.history.remember(timed, effect.kind, card.row.card_id, stamps=abs(effect.delta))

    def mark_voided(self, original: OperationKey, card: Card, effect: Effect, *, voided_by: OperationKey) -> None:
        """Voided in full, the original no longer counts against the limits of its day."""
        in_full = effect.shortfall == 0
        self.history.mark_voided(original)
        self.record.mark_voided(original, voided_by=voided_by, live=not in_full)
        if in_full:
            card.live.pop(original, None)

    def _voided(
        self, operation: OperationBase, card: Card, effect: Effect, original: OperationKey | None
    ) -> dict[str, Any]:
        if original is not None:
            self.mark_voided(original, card, effect, voided_by=operation.key)
        told = shortfall_told(effect)
        if effect.shortfall:
            self._attend(AttentionKind.SHORTFALL, operation, card, told)
        return told

    def _carried_over(self, timed: Timed, card: Card, terms: Terms) -> None:
        card.row = card.row._replace(carried_over=True)
        act = timed.ask.act
        if isinstance(act, CarryOver) and 2 * act.count > terms.stamps_target:
            self._attend(AttentionKind.CARRIED_OVER, timed.operation, card, {"count": act.count})

    def _enrol(self, operation: EnrolOperation, approved: Approved) -> Applied:
        if approved.merged_into is not None:
            return self._merge(operation.card_id, approved.merged_into)
        number = fresh_number() if approved.number_taken else operation.number
        row = CardRow(
            card_id=operation.card_id,
            number=number,
            token=operation.token,
            store_id=self.history.till.store_id,
            name=operation.name,
            phone=operation.phone,
            email=operation.email,
        )
        card = Card(row=row, totals=Totals(), changed=True)
        self.history.cards[operation.card_id] = card
        self.take_codes(card)
        return Applied({}, card, number if approved.number_taken else None)

    def _merge(self, merged: CardId, stays: CardId) -> Applied:
        self.history.aliases[merged] = stays
        self.record.aliases.append(AliasRow(merged, stays))
        card = self.history.cards[stays]
        card.changed = True
        return Applied({}, card)

    def change_card(self, timed: Timed, card: Card) -> None:
        """Replace, block and unblock. The last two act in event-time order: an older one changes nothing."""
        operation, act, row, at = timed.operation, timed.ask.act, card.row, timed.event_time
        if isinstance(act, Replace):
            card.row = row._replace(number=act.number, token=act.token)
            self.take_codes(card)
            self._attend(AttentionKind.REPLACED, operation, card, {"old_number": row.number, "number": act.number})
            return
        if isinstance(act, Unblock):
            self._attend(AttentionKind.UNBLOCKED, operation, card)
        if row.status_changed_at is not None and at < row.status_changed_at:
            return
        if isinstance(operation, BlockOperation):
            since = at if row.inactive_since is None else min(row.inactive_since, at)
            card.row = row._replace(inactive_since=since, inactive_reason=operation.reason, status_changed_at=at)
        else:
            card.row = row._replace(inactive_since=None, inactive_reason=None, status_changed_at=at)

    def take_codes(self, card: Card) -> None:
        """Take a card's number and token for ever, where it does not have them yet."""
        for code in (card.row.number, card.row.token):
            if self.history.holders.get(code) != card.row.card_id:
                self.history.holders[code] = card.row.card_id
                self.record.take_code(code, card.row.card_id)

    def _attend(
        self, kind: AttentionKind, operation: OperationBase, card: Card | None, detail: dict[str, Any] | None = None
    ) -> None:
        card_id = None if card is None else card.row.card_id
        self.record.attend_operation(kind, operation, card_id, detail or {})


def shortfall_told(effect: Effect) -> dict[str, Any]:
    """What a transaction took from its card or gave back to it, and what the card did not have."""
    return {"taken": max(0, -effect.delta), "returned": max(0, effect.delta), "shortfall": effect.shortfall}


def _told(answer: StampAnswer, key: OperationKey) -> dict[str, Any]:
    # Field by field, not asdict: that copies deeply, and took a tenth of a push.
    return {
        "stamp_count": answer.stamp_count,
        "stamps_target": answer.stamps_target,
        "stamps_until_reward": answer.stamps_until_reward,
        "reward_earned": answer.reward_earned,
        "reward": answer.reward,
        "next_stamp_at": to_wire(answer.next_stamp_at),
        "stamps_today": answer.stamps_today,
        "stamps_left_today": answer.stamps_left_today,
        "card_number": answer.card_number,
        "key": str(key),
    }


def fresh_number() -> CardNumber:
    """A number from the server's own block. Should it be taken too, the transaction is tried again with another."""
    return make_number(HUB_TILL_NUMBER, int.from_bytes(random_bytes(8), "big") % NUMBER_ENTROPY_MAX)
