"""What every act does alike: take stock, judge, record, tell the runner.

with writing(till) as desk:                 # one BEGIN IMMEDIATE
    done = desk.carry_out(by, Stamp(1), desk.card(card_id), StampOperation, Trace(stamps=1), count=1)
return told(till, done)                     # committed: only now may anybody say "done"
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from common.entropy import new_uuid
from common.ids import CardId, OperationKey, StaffId
from common.rules.asks import KIND_OF, Act, Ask
from common.rules.judge import Approved, judge
from common.rules.refusals import Refused
from common.rules.standing import (
    CardStanding,
    CodeHolder,
    OriginalStanding,
    StaffStanding,
    Standing,
    TillStanding,
    history_window,
)
from common.times import from_micros
from common.wire.operations import OperationBase
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.store import cards, history, knowledge, operations
from desktop.store.cards import CardView, KnownCard, OpenOperation
from desktop.store.contact import event_time_micros
from desktop.store.knowledge import Knowledge
from desktop.store.operations import Trace
from desktop.trouble import NotEnrolled

_O = TypeVar("_O", bound=OperationBase)


@dataclass(frozen=True, slots=True)
class Desk:
    """One act's place: an open transaction, and what the till knows in it.

    Attributes:
        at: the till's event time.
        next_seq: what the next operation is numbered; good for one operation.
        oldest_waiting_at: when the first operation that waits to be sent was recorded.
        verifiers_void: no PIN can be checked before the next snapshot (`identity.Identity`).
    """

    till: Till
    connection: sqlite3.Connection
    shop: Knowledge
    at: datetime
    next_seq: int
    oldest_waiting_at: datetime | None
    verifiers_void: bool

    def card(self, card_id: CardId) -> CardView | None:
        return cards.read(self.connection, card_id, self.shop.store_id)

    def card_by_code(self, code: str) -> CardView | None:
        return cards.find_by_code(self.connection, code, self.shop.store_id)

    def holder(self, code: str) -> CodeHolder | None:
        """Who has a code, or had it before a replacement that this till made."""
        card = self.card_by_code(code)
        if card is not None:
            return CodeHolder(card.card_id)
        before = cards.was_ever(self.connection, code)
        return None if before is None else CodeHolder(before, retired=True)

    def judge(
        self,
        by: By,
        act: Act,
        card: CardView | None,
        *,
        original: OriginalStanding | None = None,
        number_holder: CodeHolder | None = None,
        token_holder: CodeHolder | None = None,
        server_will_answer: bool = False,
    ) -> Approved | Refused:
        """What the law says, with the history that this till has, at its own event time."""
        standing = Standing(
            store_id=self.shop.store_id,
            till_id=self.shop.till_id,
            card=None if card is None else _card_standing(card),
            program_inactive_since=self.shop.program_inactive_since,
            staff=self._staff(by.staff_id),
            approver=self._staff(by.approved_by),
            live_stamps=()
            if card is None
            else history.live_stamps(self.connection, card, history_window(self.shop.terms, self.at)),
            original=original,
            number_holder=number_holder,
            token_holder=token_holder,
            till=TillStanding(
                server_will_answer=server_will_answer,
                confirmed_balance=0 if card is None else card.confirmed_balance,
                oldest_waiting_at=self.oldest_waiting_at,
                offline_days_max=self.shop.offline_days_max,
            ),
        )
        return judge(self.shop.terms, standing, Ask(act, by.staff_id, by.approved_by), self.at)

    def operation(self, model: type[_O], by: By, card_id: CardId | None, **fields: Any) -> _O | Unusable:
        """An operation of this moment, next in the queue, not yet recorded. Unusable: a text of a person's is."""
        clock = self.till.clock
        try:
            return model(
                key=OperationKey(new_uuid(self.at)),
                seq=self.next_seq,
                card_id=card_id,
                staff_id=by.staff_id,
                approved_by=by.approved_by,
                terms_version=self.shop.terms.version,
                occurred_at=clock.now(),
                boot_id=clock.boot_id(),
                uptime_ms=clock.uptime_ms(),
                **fields,
            )
        except ValidationError as error:
            return Unusable(str(error.errors()[0]["loc"][0]))

    def carry_out(
        self,
        by: By,
        act: Act,
        card: CardView | None,
        model: type[OperationBase],
        trace: Trace,
        *,
        voided: OriginalStanding | None = None,
        number_holder: CodeHolder | None = None,
        token_holder: CodeHolder | None = None,
        server_will_answer: bool = False,
        **fields: Any,
    ) -> Recorded | Refused | Unusable:
        """Judge an act on a card, and record it when the law allows it. `fields` are those of its kind on the wire.

        `voided` is what is known of the operation that a void names; its key is a field of the void's like any other.
        """
        approved = self.judge(
            by,
            act,
            card,
            original=voided,
            number_holder=number_holder,
            token_holder=token_holder,
            server_will_answer=server_will_answer,
        )
        if isinstance(approved, Refused):
            return approved
        if card is None:
            raise LookupError("the rules approved an act on a card that is not there")
        operation = self.operation(model, by, card.card_id, **fields)
        return (
            operation
            if isinstance(operation, Unusable)
            else self.record(operation, approved, card.known, card.operations, trace)
        )

    def record(
        self,
        operation: OperationBase,
        approved: Approved,
        known: KnownCard,
        before: tuple[OpenOperation, ...],
        trace: Trace,
    ) -> Recorded:
        """Put an approved operation on a card in the queue; what is returned holds once the desk is closed."""
        kind = KIND_OF[type(operation.act())]
        operations.append(self.connection, operation, kind, self.at, trace)
        opened = OpenOperation(
            key=operation.key,
            kind=kind,
            at=self.at,
            stamps=trace.stamps or 0,
            original=trace.original,
            original_kind=trace.original_kind,
            number=trace.number,
            token=trace.token,
        )
        return Recorded(
            key=operation.key,
            kind=kind,
            at=self.at,
            card=cards.view(known, (*before, opened), self.shop.store_id),
            answer=approved.answer,
            shortfall=0 if approved.effect is None else approved.effect.shortfall,
        )

    def _staff(self, staff_id: StaffId | None) -> StaffStanding | None:
        member = None if staff_id is None else self.shop.staff.get(staff_id)
        return None if member is None else member.standing


@contextmanager
def writing(till: Till) -> Iterator[Desk]:
    """A desk that may record. When the block ends without an exception, everything is on the disk.

    Raises NotEnrolled, NotSyncedYet, and what `Book.write` raises.
    """
    with till.book.write() as connection:
        yield _desk(till, connection)


@contextmanager
def reading(till: Till) -> Iterator[Desk]:
    """A desk to look things up at, on a snapshot. Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    with till.book.read() as connection:
        yield _desk(till, connection)


_R = TypeVar("_R")


def told(till: Till, done: _R) -> _R:
    """Hand on how an act ended, after its desk was closed; the runner hears of what was recorded."""
    if isinstance(done, Recorded):
        till.on_recorded()
    return done


_NOW: Final = """
    SELECT pages_applied, next_seq, verifiers_void,
           contact_server_time, contact_wall_time, contact_uptime_ms, contact_boot_id,
           (SELECT at FROM operations WHERE state = 'waiting' ORDER BY position LIMIT 1)
    FROM book
"""
"""All of the book's row that moves with the acts, in one look; the rest is in `Knowledge`."""


def _desk(till: Till, connection: sqlite3.Connection) -> Desk:
    row = connection.execute(_NOW).fetchone()
    if row is None:
        raise NotEnrolled
    pages_applied, next_seq, verifiers_void, server_time, wall_time, uptime_ms, boot_id, oldest = row
    shop = till.knowledge = knowledge.fresh(connection, till.knowledge, pages_applied)
    return Desk(
        till=till,
        connection=connection,
        shop=shop,
        at=from_micros(event_time_micros(till.clock, server_time, wall_time, uptime_ms, boot_id)),
        next_seq=next_seq,
        oldest_waiting_at=None if oldest is None else from_micros(oldest),
        verifiers_void=bool(verifiers_void),
    )


def _card_standing(card: CardView) -> CardStanding:
    return CardStanding(
        id=card.card_id,
        number=card.number,
        store_id=card.store_id,
        balance=card.balance,
        inactive_since=card.inactive_since,
        carried_over=card.carried_over,
    )
