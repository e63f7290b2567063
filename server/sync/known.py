"""Known operations: what makes a push safe to repeat. The key decides, and the first verdict stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from common.ids import OperationKey
from common.wire.push import Outcome, Verdict, WireCode
from server.store.attention import AttentionKind
from server.store.operations import OperationRow, UnkeyedRow, read_known, read_known_unkeyed
from server.store.tills import Till
from server.sync.intake import Broken, Incoming, Readable
from server.sync.reconcile import VERSION_PENDING
from server.sync.record import Record, verdict_row


@dataclass(slots=True)
class KnownOperations:
    """The operations that have a verdict, from before and from earlier in this batch.

    Attributes:
        by_key: digest and verdict of each key.
        by_seq: verdicts of operations that have no key of their own, by seq and digest.
    """

    record: Record
    by_key: dict[OperationKey, tuple[bytes, Verdict]] = field(default_factory=dict)
    by_seq: dict[tuple[int, bytes], Verdict] = field(default_factory=dict)

    def __contains__(self, key: OperationKey | None) -> bool:
        return key in self.by_key

    def verdict_of(self, seq: int, item: Incoming) -> Verdict | None:
        """The verdict of an operation that is not to be judged (again); None for one that is new.

        The same key with the same content gets its verdict again. A key that is taken, or none at all, gets a verdict
        that stands under the seq.
        """
        if item.key is not None:
            first = self.by_key.get(item.key)
            if first is None:
                return None
            digest, verdict = first
            if digest == item.digest:
                return verdict.model_copy(update={"seq": seq, "replayed": True})
        return self.by_seq.get((seq, item.digest)) or self._keep_unkeyed(seq, item)

    def keep(self, seq: int, item: Incoming, verdict: Verdict) -> None:
        """Record a new operation with its verdict, under its key. Raises ValueError for one that has none."""
        key = item.key
        if key is None:
            raise ValueError("an operation without a key is kept under its seq")
        operation = item.operation if isinstance(item, Readable) else None
        self.record.operations.append(
            OperationRow(
                key=key,
                seq=seq,
                kind=UNREADABLE if operation is None else operation.kind.value,
                card_id=item.card_id,
                staff_id=None if operation is None else operation.staff_id,
                digest=item.digest,
                content=item.content.decode(),
            )
        )
        self.record.verdicts.append(verdict_row(verdict, seq, key))
        self.by_key[key] = (item.digest, verdict)

    def _keep_unkeyed(self, seq: int, item: Incoming) -> Verdict:
        if isinstance(item, Broken) and item.key is None:
            outcome, code, kind = item.outcome, item.code, AttentionKind.PARKED
        else:
            outcome, code, kind = Outcome.REJECTED, WireCode.KEY_REUSED.value, AttentionKind.KEY_REUSED
        self.record.unkeyed.append(
            UnkeyedRow(seq, item.digest, item.key, item.card_id, outcome.value, code, item.content.decode())
        )
        self.record.attend(kind, key=item.key, detail={"code": code, "seq": seq})
        return Verdict(key=item.key, seq=seq, outcome=outcome, code=code, ver=VERSION_PENDING)


UNREADABLE = "unreadable"
"""The kind of an operation whose kind this server does not know, or whose content it cannot read."""


def read_known_operations(
    connection: Connection, till: Till, record: Record, have_seq: int, batch: Sequence[tuple[int, Incoming]]
) -> KnownOperations:
    keys = [item.key for _, item in batch if item.key is not None]
    seqs = [seq for seq, _ in batch if seq <= have_seq]
    return KnownOperations(
        record,
        {key: (bytes(row.digest), _stored_verdict(row)) for key, row in read_known(connection, till, keys).items()},
        {
            (row.seq, bytes(row.digest)): Verdict(
                key=row.key, seq=row.seq, outcome=row.outcome, code=row.code, ver=row.ver, replayed=True
            )
            for row in read_known_unkeyed(connection, till, record.epoch, seqs)
        },
    )


def _stored_verdict(row: Row[Any]) -> Verdict:
    return Verdict(
        key=row.key,
        seq=None,
        outcome=row.outcome,
        code=row.code,
        detail=row.detail,
        event_time=row.event_time,
        business_date=row.business_date,
        terms_version=row.terms_version,
        balance_after=row.balance_after,
        card_id=row.card_id,
        merged_into=row.merged_into,
        number=row.number,
        ver=row.ver,
    )
