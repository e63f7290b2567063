"""The course of a recovery, as a push sees it: whether one is under way or begins, and who has reported.

It begins when a database is restored, or with the first good receipt of the present life of the data on an operation
that the data does not have: it fell behind. While it is under way nothing is judged; what comes is kept, with its
receipt or without. It ends when every till that is known to be ahead has reported, when a manager says go on, or after
a day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from common.ids import CardId, MerchantId, OperationKey
from common.wire.push import Outcome, WireCode
from server.store.attention import AttentionKind
from server.store.operations import VerdictRow
from server.store.program import TermsHistory
from server.store.recovery import recoveries
from server.store.recovery.recoveries import Cause, EndedBy, Recovery, told_incarnation
from server.store.tills import Till
from server.sync.history import Timed
from server.sync.intake import Incoming, Readable
from server.sync.known import KnownOperations
from server.sync.record import Record
from server.sync.recovery.offered import Had, proven
from server.sync.recovery.receipt import Seal, issue


@dataclass(frozen=True, slots=True)
class Life:
    """What the server tells of its data, and what it seals with. Without a key it gives no receipts and takes none."""

    incarnation: str
    receipt_key: bytes | None


@dataclass(slots=True)
class Course:
    """One push and the recovery, if there is one. A recovery that is under way stays so until the push is committed."""

    connection: Connection
    till: Till
    life: Life
    recovery: Recovery | None = field(init=False)

    def __post_init__(self) -> None:
        recovering = self.till.recovering
        self.recovery = recoveries.lock_open(self.connection, self.till.merchant_id) if recovering else None

    @property
    def told(self) -> str:
        """What the till is told of the life of its merchant's data."""
        recovery_id = self.till.recovery_id if self.recovery is None else self.recovery.recovery_id
        return told_incarnation(self.life.incarnation, recovery_id)

    @property
    def seal(self) -> Seal | None:
        key = self.life.receipt_key
        return None if key is None else partial(issue, key, self.till.merchant_id, self.told)

    def prove(
        self, record: Record, batch: Sequence[tuple[int, Incoming]], known: KnownOperations
    ) -> dict[OperationKey, Had]:
        """What operations came to in a time that the server lost, by their receipts: new ones, and what is parked here.

        A receipt of the present life of the data, on an operation that is not in it, begins a recovery. One of a life
        before is of a till that reports late: what was lost then is known to be lost.
        """
        key, merchant_id = self.life.receipt_key, self.till.merchant_id
        if key is None:
            return {}
        hads = {
            item.key: had
            for _, item in batch
            if isinstance(item, Readable) and item.beside is not None and not known.is_decided(item)
            if (had := proven(key, merchant_id, item.key, item.digest, item.beside)) is not None
        }
        if hads and self.recovery is None:
            told_in = {had.told_in for had in hads.values()}
            if not told_in <= recoveries.lives_before(self.connection, merchant_id):
                self._begin(record)
        if self.recovery is None:
            # What is parked is decided by a person, or by the end of a recovery.
            return {key: had for key, had in hads.items() if key not in known}
        return hads

    def note_report(self, *, has_more: bool, now: datetime) -> None:
        """While a recovery is under way: whether this till has handed in all that it knows to have been judged."""
        if self.recovery is not None and self.till.revoked_at is None:
            merchant_id, till_id = self.till.merchant_id, self.till.till_id
            reported_at = None if has_more else now
            recoveries.note_till(self.connection, merchant_id, self.recovery, till_id, reported_at=reported_at)

    def is_over(self, now: datetime) -> bool:
        """Whether a recovery was under way and is to end, now that this till has been heard."""
        merchant_id = self.till.merchant_id
        return self.recovery is not None and is_due(self.connection, merchant_id, self.recovery, now) is not None

    def _begin(self, record: Record) -> None:
        self.recovery = recoveries.begin(
            self.connection,
            self.till.merchant_id,
            Cause.FELL_BEHIND,
            now=record.received_at,
            incarnation_before=self.told,
        )
        record.attend(AttentionKind.RECOVERY, detail={"cause": Cause.FELL_BEHIND})


def is_due(connection: Connection, merchant_id: MerchantId, recovery: Recovery, now: datetime) -> EndedBy | None:
    """What ends the recovery by itself; None while somebody is awaited."""
    if now - recovery.begun_at >= recoveries.LONGEST:
        return EndedBy.TIME
    return None if recoveries.somebody_is_awaited(connection, merchant_id, recovery) else EndedBy.ALL_REPORTED


def awaiting(timed: Timed, had: Had | None) -> VerdictRow:
    """The verdict until the end of a recovery."""
    operation = timed.operation
    return VerdictRow(
        key=operation.key,
        seq=operation.seq,
        outcome=Outcome.PARKED,
        code=WireCode.AWAITING_RECOVERY,
        detail={},
        event_time=timed.event_time,
        card_id=operation.card_id,
        receipted=None if had is None else had.to_json(),
    )


def named_by(hads: Iterable[Had]) -> tuple[set[CardId], list[str]]:
    """The cards that verdicts of the lost time speak of, and the codes that would have to be given again."""
    cards: set[CardId] = set()
    codes: list[str] = []
    for had in hads:
        verdict = had.verdict
        cards |= {card_id for card_id in (verdict.card_id, verdict.merged_into) if card_id is not None}
        told = verdict.detail.get("card_number")
        codes += [code for code in (verdict.number, told) if isinstance(code, str)]
        if had.card is not None:
            codes += [had.card.number, had.card.token]
    return cards, codes


def replayable(operation: Any, had: Had, terms: TermsHistory, otherwise_at: datetime) -> Timed:
    """An operation as its verdict timed it. Its terms may be among what was lost; only sums of old verdicts hang on
    them."""
    verdict = had.verdict
    known = None if verdict.terms_version is None else terms.versions.get(verdict.terms_version)
    return Timed(operation, operation.ask(), verdict.event_time or otherwise_at, known)
