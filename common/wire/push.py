"""Push: a till sends its queue, the server answers a verdict for each operation that it judged."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from common.card_digest import BUCKETS
from common.ids import CardId, OperationKey
from common.wire.base import AppVersion, BootId, Count, Incarnation, Message, Moment, Natural, Protocol, UptimeMs, Whole
from common.wire.operations import Number, TermsVersion

MAX_ASKS: Final = 1_000


def _unsaid(value: object) -> bool:
    """Fields appended to protocol 1 are left out where they say nothing, as before there were any."""
    return not value


class Outcome(StrEnum):
    """What became of an operation. `parked` alone is not final."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARKED = "parked"


class WireCode(StrEnum):
    """Codes that only the server gives, beside the refusals of the rules."""

    KEY_REUSED = "key_reused"
    UNREADABLE = "unreadable"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_TERMS = "unknown_terms"
    TOO_OLD = "too_old"
    BEHIND_PARKED = "behind_parked"
    TILL_REVOKED = "till_revoked"
    AWAITING_RECOVERY = "awaiting_recovery"
    SERVER_ERROR = "server_error"
    REJECTED_BY_MERCHANT = "rejected_by_merchant"


class TillClock(Message):
    """The till's clocks at the moment of sending."""

    sent_at: Moment
    boot_id: BootId
    uptime_ms: UptimeMs


class Acked(Message):
    """The last operation of this epoch that the till knows to have a verdict."""

    seq: Count
    key: OperationKey


class MissingPlace(Message):
    """An operation of the till's that the server named in `missing`; the rest lies behind it."""

    epoch: Count
    seq: Natural
    key: OperationKey | None = None


REPAIRED_ROWS_NAMED_MAX: Final = 10


class RepairedBucket(Message):
    """A bucket in which this till's cards were not the server's, and which it has pulled again since.

    Attributes:
        ver: the version at which they differed.
        missing, unknown, different: how many rows the till did not have, had although the server has none such, and
            had otherwise.
        card_ids: some of the cards concerned.
    """

    bucket: Annotated[int, Field(strict=True, ge=0, lt=BUCKETS)]
    ver: Natural
    missing: Natural
    unknown: Natural
    different: Natural
    card_ids: Annotated[list[CardId], Field(max_length=REPAIRED_ROWS_NAMED_MAX)]


class PushRequest(Message):
    """One batch, in seq order. Operations are raw here: each is read on its own, so that one broken harms no other.

    Attributes:
        next_seq: what the till's next operation gets in this epoch; without it nobody can tell that a till whose queue
            is empty has less than the server has of it.
        missing_after: behind what the till still lacks operations of its own; it was promised more of them, or was
            enrolled again over an older book.
        asks: operations whose verdicts the till wants once more. A revoked till gets no pages of the feed, and learns
            from the answers what was decided of those that were parked.
        incarnation: in which life of the server's data the till believes to be. In another one its operations are not
            taken: it learns of that from the answer, and sends them again, with the receipts that it has.
    """

    protocol: Protocol
    nonce: UUID
    epoch: Count
    clock: TillClock
    acked: Acked | None = None
    pending: Natural = 0
    oldest_pending_at: Moment | None = None
    app_version: AppVersion
    operations: list[Any] = Field(default_factory=list)
    next_seq: Count | None = Field(default=None, exclude_if=_unsaid)
    missing_after: MissingPlace | None = Field(default=None, exclude_if=_unsaid)
    asks: Annotated[list[OperationKey], Field(max_length=MAX_ASKS)] = Field(default_factory=list, exclude_if=_unsaid)
    repaired_buckets: Annotated[list[RepairedBucket], Field(max_length=BUCKETS)] = Field(
        default_factory=list, exclude_if=_unsaid
    )
    incarnation: Incarnation | None = Field(default=None, exclude_if=_unsaid)


class Verdict(Message):
    """What the server says of one operation.

    Attributes:
        key, seq: null only for an operation that had none to read.
        detail: of an accepted stamp the answer for the customer, of a rejection the refusal's data.
        ver: the merchant's version in which the verdict became visible.
        replayed: this verdict was given before and is only repeated.
        receipt: of a final verdict the server's seal on it, to be kept and offered again should the server forget.
    """

    key: OperationKey | None
    seq: Whole | None
    outcome: Outcome
    code: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)
    event_time: Moment | None = None
    business_date: date | None = None
    terms_version: TermsVersion | None = None
    balance_after: Whole | None = None
    card_id: CardId | None = None
    merged_into: CardId | None = None
    number: Number | None = None
    ver: Whole
    replayed: bool = False
    receipt: str | None = None

    @property
    def is_final(self) -> bool:
        return self.outcome is not Outcome.PARKED


class MissingOperation(Message):
    """An operation that the till recorded and its book no longer has, with its verdict.

    Attributes:
        operation: its content, with the seq that it had; raw, for an older till may not know its kind.
        stamps: how many its effect was about, as the ledger has it: given, asked back, or spent.
    """

    epoch: Count
    operation: dict[str, Any]
    verdict: Verdict
    stamps: Natural | None = None

    @property
    def place(self) -> MissingPlace:
        """Behind which further ones lie. Raises ValidationError where the operation has no seq."""
        return MissingPlace.model_validate({**self.operation, "epoch": self.epoch, "key": self.verdict.key})


class PushResponse(Message):
    """The answer to one batch. Without the request's own nonce it is not ours: a portal or a proxy spoke.

    Attributes:
        standing: how the till's numbering stands to ours: `in_step`, `till_behind`, `server_behind`, `diverged`.
        missing: operations of this till's that its book lacks, in the order they arrived.
        missing_more: there are further ones behind the last of them; to be asked for with `missing_after`.
        asked: the verdicts that the request asks for, of those operations that the server knows as this till's.
        till_version: the program that tills are to have, where whoever runs the server says so.
    """

    nonce: UUID
    incarnation: Incarnation
    server_time: Moment
    epoch: Count
    have_seq: Natural
    verdicts: list[Verdict]
    standing: str | None = Field(default=None, exclude_if=_unsaid)
    missing: list[MissingOperation] = Field(default_factory=list, exclude_if=_unsaid)
    missing_more: bool = Field(default=False, exclude_if=_unsaid)
    asked: list[Verdict] = Field(default_factory=list, exclude_if=_unsaid)
    till_version: AppVersion | None = Field(default=None, exclude_if=_unsaid)

    @model_validator(mode="after")
    def _further_ones_can_be_asked_for(self) -> Self:
        if self.missing_more and not self.missing:
            raise ValueError("missing_more lies behind the last of missing, and there is none")
        _ = self.missing_behind
        return self

    @property
    def missing_behind(self) -> MissingPlace | None:
        """Where what the till still lacks begins; None when it is whole."""
        return self.missing[-1].place if self.missing_more else None
