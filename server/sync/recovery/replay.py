"""Replay: an operation of the lost time takes effect again as its verdict says. The law is not asked a second time.

Nearly always the ledger that comes of it is the one that was lost. Where it cannot be, because an operation that this
one stood on was lost for good (the machine that had it burned) or because others were judged meanwhile, the verdict
stays, for the customer has the goods, and the balance stays what the ledger can carry: what a redemption or a void
finds missing is its shortfall, and on the attention list.
"""

from dataclasses import dataclass
from typing import Any

from common import ledger
from common.card_code import CardNumber, make_token
from common.entropy import random_bytes
from common.ids import CardId, OperationKey
from common.ledger import Effect, Totals, TransactionKind
from common.rules.asks import CarryOver, Kind, Lockout, Replace, Stamp, Void
from common.rules.standing import LiveStamp
from common.wire.operations import EnrolOperation
from common.wire.push import Outcome, Verdict
from server.store.attention import AttentionKind
from server.store.cards import AliasRow, CardRow
from server.store.operations import VerdictRow
from server.sync.effects import Effects, fresh_number, shortfall_told
from server.sync.history import Card, History, Timed
from server.sync.record import Record
from server.sync.recovery.offered import Had, OfferedCard

_TOKEN_BYTES = 17


@dataclass(frozen=True, slots=True)
class Replay:
    """Replays operations in the order of the lost ledger."""

    history: History
    record: Record
    effects: Effects

    def replay(self, timed: Timed, had: Had) -> VerdictRow:
        """The verdict that it had, its effects taken once more. `timed` has the verdict's event time and terms."""
        verdict = had.verdict
        card, number = None, verdict.number
        if verdict.outcome is Outcome.REJECTED:
            self._rejected(timed, verdict)
        elif isinstance(timed.operation, EnrolOperation):
            card, number = self._enrol(timed.operation, had)
        elif isinstance(timed.ask.act, Lockout):
            self._attend(AttentionKind.LOCKOUT, timed, None, {"failures": timed.ask.act.failures})
        else:
            card = self._on_card(timed, had)
        return VerdictRow(
            key=timed.operation.key,
            seq=timed.operation.seq,
            outcome=verdict.outcome,
            code=verdict.code,
            detail=verdict.detail,
            event_time=verdict.event_time,
            business_date=verdict.business_date,
            terms_version=verdict.terms_version,
            balance_after=verdict.balance_after,
            card_id=verdict.card_id if card is None else card.row.card_id,
            merged_into=self._merged_into(timed, verdict, card),
            number=number,
            receipted=had.to_json(),
        )

    def _merged_into(self, timed: Timed, verdict: Verdict, card: Card | None) -> CardId | None:
        if card is None or timed.operation.kind is not Kind.ENROL:
            return verdict.merged_into
        return None if card.row.card_id == timed.operation.card_id else card.row.card_id

    def _rejected(self, timed: Timed, verdict: Verdict) -> None:
        operation, card_id = timed.operation, verdict.card_id
        if operation.kind is Kind.REDEEM:
            self._attend(AttentionKind.LOSS, timed, card_id, {"code": verdict.code})
        if operation.kind in (Kind.STAMP, Kind.REDEEM) and card_id is not None:
            self.history.remember(timed, TransactionKind(operation.kind), card_id, rejected=True)

    def _enrol(self, operation: EnrolOperation, had: Had) -> tuple[Card, CardNumber | None]:
        """The card it made, or the one that it was merged into; merged it is, too, where its token was given since."""
        verdict, history = had.verdict, self.history
        holder = history.holders.get(operation.token)
        stays = verdict.merged_into or holder
        if stays is not None and history.resolve(stays) != operation.card_id:
            card = self._known_or_standing_in(stays, OfferedCard(**operation.model_dump(include=_CODES), id=stays))
            if card.row.card_id != operation.card_id:
                self._merge(operation.card_id, card.row.card_id)
                card.changed = True
                return card, verdict.number
        known = history.cards.get(operation.card_id)
        wanted = verdict.number or operation.number
        if known is not None:
            # Something stood in for it. Its codes are its own again.
            number = known.row.number if self._taken(wanted, known) else wanted
            known.row = known.row._replace(number=number, token=operation.token)
            known.changed = True
            self.effects.take_codes(known)
            return known, None if number == operation.number else CardNumber(number)
        row = self._new_row(operation.card_id, wanted, operation.token)
        card = self._add(row._replace(name=operation.name, phone=operation.phone, email=operation.email))
        return card, None if card.row.number == operation.number else CardNumber(card.row.number)

    def _on_card(self, timed: Timed, had: Had) -> Card:
        act, verdict = timed.ask.act, had.verdict
        card_id = verdict.card_id or timed.operation.card_id
        if card_id is None:
            raise LookupError(f"a {timed.operation.kind} was accepted without a card")
        told = verdict.detail.get("card_number")
        card = self._known_or_standing_in(card_id, had.card, number=told if isinstance(told, str) else None)
        card.changed = True
        match act:
            case Stamp(count):
                self._book(timed, card, verdict, ledger.stamp(count))
                card.live[timed.operation.key] = LiveStamp(timed.event_time, self.history.till.store_id, count)
            case CarryOver(count):
                self._book(timed, card, verdict, ledger.carry_over(count))
                card.row = card.row._replace(carried_over=True)
                if timed.terms is not None and 2 * count > timed.terms.stamps_target:
                    self._attend(AttentionKind.CARRIED_OVER, timed, card.row.card_id, {"count": count})
            case Void():
                self._void(timed, card, verdict, act)
            case Replace() if self._taken(act.number, card) or self._taken(act.token, card):
                told_codes = {"number": card.row.number, "lost": act.number}
                self._attend(AttentionKind.RECOVERED_CARD, timed, card.row.card_id, told_codes)
            case _ if timed.operation.kind is Kind.REDEEM:
                self._redeem(timed, card, verdict)
            case _:
                self.effects.change_card(timed, card)
        return card

    def _redeem(self, timed: Timed, card: Card, verdict: Verdict) -> None:
        """A reward was handed out. The card pays as much of it as it has."""
        target = timed.terms.stamps_target if timed.terms is not None else 0
        spent = _natural(verdict.detail.get("spent"), target)
        paid = min(spent, card.totals.stamp_count)
        effect = Effect(TransactionKind.REDEEM, delta=-paid, redemptions_delta=1, shortfall=spent - paid)
        self._book(timed, card, verdict, effect)

    def _void(self, timed: Timed, card: Card, verdict: Verdict, act: Void) -> None:
        original = None if act.original is None else self.history.originals.get(act.original)
        taken, returned = _natural(verdict.detail.get("taken")), _natural(verdict.detail.get("returned"))
        missing = _natural(verdict.detail.get("shortfall"))
        if original is not None and original.voided:
            # Somebody else took it back meanwhile; nothing is taken back twice.
            self._book(timed, card, verdict, Effect(TransactionKind.VOID, 0, shortfall=taken + returned + missing))
            return
        of_redemption = returned > 0 or (original is not None and original.kind is TransactionKind.REDEEM)
        if of_redemption:
            effect = Effect(TransactionKind.VOID, delta=returned, redemptions_delta=-1, shortfall=missing)
        else:
            held = min(taken, card.totals.stamp_count)
            effect = Effect(TransactionKind.VOID, -held, lifetime_delta=-held, shortfall=missing + taken - held)
        self._book(timed, card, verdict, effect, act.original)
        if original is not None:
            self.effects.mark_voided(original.key, card, effect, voided_by=timed.operation.key)

    def _book(
        self, timed: Timed, card: Card, verdict: Verdict, effect: Effect, original: OperationKey | None = None
    ) -> None:
        if verdict.business_date is None:
            raise LookupError(f"the {timed.operation.kind} was accepted without a business day")
        reward = _text(verdict.detail.get("reward")) if effect.kind is TransactionKind.REDEEM else None
        self.effects.book(timed, card, effect, verdict.business_date, original=original, reward=reward)
        if effect.shortfall:
            self._attend(AttentionKind.SHORTFALL, timed, card.row.card_id, shortfall_told(effect))

    def _known_or_standing_in(self, card_id: CardId, offered: OfferedCard | None, number: str | None = None) -> Card:
        """The card; where its enrolment was lost for good, one that stands in for it, with the codes its till knew."""
        history = self.history
        card_id = history.resolve(card_id)
        known = history.cards.get(card_id)
        if known is not None:
            return known
        token = make_token(random_bytes(_TOKEN_BYTES)) if offered is None else offered.token
        holder = history.holders.get(token)
        if holder is not None and holder in history.cards:
            self._merge(card_id, holder)
            return history.cards[holder]
        row = self._new_row(card_id, offered.number if offered is not None else number or fresh_number(), token)
        if offered is not None:
            store_id = offered.store_id or row.store_id
            row = row._replace(store_id=store_id, name=offered.name, phone=offered.phone, email=offered.email)
        else:
            lost = {"number": row.number, "lost": number or "unknown"}
            self.record.attend(AttentionKind.RECOVERED_CARD, card_id=card_id, detail=lost)
        return self._add(row)

    def _merge(self, merged: CardId, stays: CardId) -> None:
        if self.history.aliases.get(merged) != stays:
            self.history.aliases[merged] = stays
            self.record.aliases.append(AliasRow(merged, stays))

    def _new_row(self, card_id: CardId, number: str, token: str) -> CardRow:
        free = number if number not in self.history.holders else fresh_number()
        return CardRow(card_id=card_id, number=free, token=token, store_id=self.history.till.store_id)

    def _add(self, row: CardRow) -> Card:
        card = Card(row=row, totals=Totals(), changed=True)
        self.history.cards[row.card_id] = card
        self.effects.take_codes(card)
        return card

    def _taken(self, code: str, card: Card) -> bool:
        return self.history.holders.get(code, card.row.card_id) != card.row.card_id

    def _attend(self, kind: AttentionKind, timed: Timed, card_id: CardId | None, detail: dict[str, Any]) -> None:
        self.record.attend_operation(kind, timed.operation, card_id, detail)


_CODES = {"number", "token", "name", "phone", "email"}


def _natural(said: object, otherwise: int = 0) -> int:
    return said if isinstance(said, int) and said >= 0 else otherwise


def _text(said: object) -> str | None:
    return said if isinstance(said, str) else None
