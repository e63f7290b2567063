"""Known operations: what makes a push safe to repeat. The key decides, and the first verdict stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from common.ids import OperationKey
from common.wire.push import Outcome, Verdict, WireCode
from server.store.attention import AttentionKind
from server.store.operations import OperationRow, UnkeyedRow, VerdictRow, read_known, read_known_unkeyed
from server.store.tills import Till
from server.sync.intake import Broken, Incoming, Readable, Unopened, read_bytes
from server.sync.record import Record, row_of
from server.sync.recovery.receipt import Seal, sealed


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, as this push answers it.

    Attributes:
        ver: the version in which it became visible; None while the batch is not recorded, for that is handed out last.
        replayed: the verdict was given before.
        digest: of the operation's content; None where it does not stand under its key.
    """

    row: VerdictRow
    ver: int | None = None
    replayed: bool = False
    digest: bytes | None = None

    def again(self, seq: int) -> "Answer":
        return Answer(self.row._replace(seq=seq), self.ver, True, self.digest)

    def verdict(self, ver_of_batch: int | None, seal: Seal | None = None) -> Verdict:
        """The verdict in full, once it is known in which version this batch becomes visible."""
        ver = ver_of_batch if self.ver is None else self.ver
        verdict = Verdict.model_validate({**self.row._asdict(), "ver": ver, "replayed": self.replayed})
        return sealed(verdict, self.digest, seal)


@dataclass(slots=True)
class KnownOperations:
    """The operations that have a verdict, from before and from earlier in this batch.

    Attributes:
        by_key: digests and answer of each key.
        by_seq: answers to operations that have no key of their own, by seq and digest.
    """

    record: Record
    by_key: dict[OperationKey, tuple[frozenset[bytes], Answer]] = field(default_factory=dict)
    by_seq: dict[tuple[int, bytes], Answer] = field(default_factory=dict)

    def __contains__(self, key: OperationKey | None) -> bool:
        return key in self.by_key

    def answer_to(self, seq: int, item: Incoming) -> Answer | None:
        """The answer to an operation that is not to be judged (again); None for one that is new.

        The same key with the same content gets its verdict again. A key that is taken, or none at all, gets a verdict
        that stands under the seq.
        """
        if item.key is not None:
            first = self.by_key.get(item.key)
            if first is None:
                return None
            digests, answer = first
            # What only bytes say is known by its key alone.
            if item.digest in digests or isinstance(item, Unopened):
                return answer.again(seq)
        return self.by_seq.get((seq, item.digest)) or self._keep_unkeyed(seq, item)

    def is_decided(self, item: Readable) -> bool:
        """Whether this operation has its verdict for good, or came with one: a receipt says nothing new of it."""
        if item.key not in self.by_key:
            return False
        digests, answer = self.by_key[item.key]
        stands = answer.row.outcome is not Outcome.PARKED or answer.row.receipted is not None
        return stands or item.digest not in digests

    def bring(self, item: Readable, verdict: VerdictRow) -> Answer:
        """Record that what was parked here comes with the verdict that it had in a time that the server lost."""
        digests, answer = self.by_key[item.key]
        self.record.brought.append((row_of(item), verdict))
        brought = Answer(verdict, replayed=True, digest=answer.digest)
        self.by_key[item.key] = (digests, brought)
        return brought

    def keep(self, seq: int, item: Incoming, verdict: VerdictRow) -> Answer:
        """Record a new operation with its verdict, under its key. Raises ValueError for one that has none."""
        key = item.key
        if key is None:
            raise ValueError("an operation without a key is kept under its seq")
        operation = None if isinstance(item, Broken) else item.operation
        claimed = item.kind if isinstance(item, Unopened) else None
        self.record.operations.append(
            OperationRow(
                key=key,
                seq=seq,
                kind=(claimed or UNREADABLE) if operation is None else operation.kind,
                card_id=item.card_id,
                staff_id=None if operation is None else operation.staff_id,
                digest=item.digest,
                content=item.content.decode(),
                raw=None if isinstance(item, Readable) else item.raw,
            )
        )
        self.record.verdicts.append(verdict)
        answer = Answer(verdict, digest=item.digest)
        self.by_key[key] = (frozenset({item.digest}), answer)
        return answer

    def _keep_unkeyed(self, seq: int, item: Incoming) -> Answer:
        code: str
        if isinstance(item, Broken) and item.key is None:
            outcome, code, kind = item.outcome, item.code, AttentionKind.PARKED
        elif isinstance(item, Unopened):
            outcome, code, kind = Outcome.PARKED, WireCode.SERVER_ERROR, AttentionKind.PARKED
        else:
            outcome, code, kind = Outcome.REJECTED, WireCode.KEY_REUSED, AttentionKind.KEY_REUSED
        raw = None if isinstance(item, Readable) else item.raw
        self.record.unkeyed.append(
            UnkeyedRow(seq, item.digest, item.key, item.card_id, outcome, code, item.content.decode(), raw)
        )
        detail = {"ticket": item.ticket} if isinstance(item, Unopened) else {}
        self.record.attend(kind, key=item.key, detail={"code": code, "seq": seq} | detail)
        return Answer(VerdictRow(item.key, seq, outcome, code, detail))


UNREADABLE = "unreadable"
"""The kind of an operation whose kind this server does not know, or whose content it cannot read."""


def read_known_operations(
    connection: Connection, till: Till, record: Record, have_seq: int, batch: Sequence[tuple[int, Incoming]]
) -> KnownOperations:
    """What is known of a batch."""
    keys = [item.key for _, item in batch if item.key is not None]
    seqs = [seq for seq, _ in batch if seq <= have_seq]
    return KnownOperations(
        record,
        {key: (digests_of(row), stored_answer(row)) for key, row in read_known(connection, till, keys).items()},
        {
            (row.seq, bytes(row.digest)): Answer(
                VerdictRow(row.key, row.seq, Outcome(row.outcome), row.code, {}), row.ver, replayed=True
            )
            for row in read_known_unkeyed(connection, till, record.epoch, seqs)
        },
    )


def digests_of(row: Row[Any]) -> frozenset[bytes]:
    """Of what an operation says. One that could not be read when it came may be readable by now, and says more."""
    stored = bytes(row.digest)
    if row.unread is None:
        return frozenset({stored})
    return frozenset({stored, read_bytes(bytes(row.unread), 1).digest})


def stored_answer(row: Row[Any]) -> Answer:
    """The verdict that is kept of an operation."""
    verdict = VerdictRow(
        key=row.key,
        seq=None,
        outcome=Outcome(row.outcome),
        code=row.code,
        detail=row.detail,
        event_time=row.event_time,
        business_date=row.business_date,
        terms_version=row.terms_version,
        balance_after=row.balance_after,
        card_id=row.card_id,
        merged_into=row.merged_into,
        number=row.number,
        receipted=row.receipted,
    )
    return Answer(verdict, row.ver, True, bytes(row.digest))
