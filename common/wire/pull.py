"""Pull: the feed of everything that a till must know, in the order of the merchant's versions."""

from datetime import date, time
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from common.card_digest import BUCKETS
from common.ids import CardId, MerchantId, OperationKey, StaffId, StoreId
from common.ledger import TransactionKind
from common.pin import PinCost
from common.rules.standing import Role
from common.terms import OfflineRedemption, PinPolicy, Terms
from common.wire.base import Incarnation, Message, Moment, Natural, Octets, Whole
from common.wire.push import Verdict

PULL_LIMIT_DEFAULT: Final = 500
PULL_LIMIT_MAX: Final = 5_000
HISTORY_DAYS: Final = 35
"""How far back a snapshot's transactions reach: as far as any rule looks."""


def _read_time_of_day(value: object) -> time:
    if isinstance(value, str):
        return time.fromisoformat(value)
    if isinstance(value, time):
        return value
    raise ValueError("a time of day is text like 04:30")


TimeOfDay = Annotated[
    time,
    PlainValidator(_read_time_of_day),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}),
]


class MerchantRow(Message):
    id: MerchantId
    name: str
    offline_days_max: Whole
    pin_attempts_max: Whole
    pin_lock_minutes: Whole
    ver: Whole


class ProgramRow(Message):
    id: UUID
    name: str
    inactive_since: Moment | None = None
    ver: Whole


class StoreRow(Message):
    id: StoreId
    name: str
    ver: Whole


class TermsRow(Message):
    """One version of the terms, with every number and policy."""

    version: Whole
    stamps_target: Whole
    reward: str
    cooldown_minutes: Whole
    daily_limit: Whole
    visit_limit: Whole
    stamps_enabled: bool
    timezone: str
    day_starts_at: TimeOfDay
    pin_policy: PinPolicy
    allow_voids: bool
    void_days_max: Whole
    cross_store_redemption: bool
    offline_redemption: OfflineRedemption
    ver: Whole

    def terms(self) -> Terms:
        """The terms that the rules read. Raises InvalidTerms when a number is out of its bounds."""
        return Terms(
            **self.model_dump(mode="python", exclude={"ver", "day_starts_at"}), day_starts_at=self.day_starts_at
        )


class PinCostRow(Message):
    time_cost: Whole
    memory_kib: Whole
    parallelism: Whole

    def cost(self) -> PinCost:
        return PinCost(self.time_cost, self.memory_kib, self.parallelism)


class StaffRow(Message):
    """A member of staff. `verifier` is this till's own; salt, cost and verifier are null for somebody without a PIN."""

    id: StaffId
    name: str
    role: Role
    store_ids: list[StoreId] | None = None
    salt: Octets | None = None
    cost: PinCostRow | None = None
    verifier: Octets | None = None
    inactive_since: Moment | None = None
    ver: Whole


class CardRow(Message):
    id: CardId
    number: str
    token: str
    store_id: StoreId
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    stamp_count: Whole
    lifetime_stamps: Whole
    redemptions: Whole
    last_stamp_at: Moment | None = None
    last_redemption_at: Moment | None = None
    inactive_since: Moment | None = None
    carried_over: bool = False
    ver: Whole


class AliasRow(Message):
    card_id: CardId
    merged_into: CardId
    ver: Whole


class TransactionRow(Message):
    """A ledger row; `key` is its operation's."""

    key: OperationKey
    card_id: CardId
    store_id: StoreId
    till_id: UUID | None = None
    staff_id: StaffId | None = None
    kind: TransactionKind
    delta: Whole
    balance_after: Whole
    original: OperationKey | None = None
    shortfall: Whole = 0
    reward: str | None = None
    event_time: Moment
    business_date: date
    ver: Whole


class RemovedRow(Message):
    kind: str
    id: str
    ver: Whole


class Changes(Message):
    """The rows of one page, by kind. A kind without a row may be left out."""

    merchant: list[MerchantRow] = Field(default_factory=list)
    program: list[ProgramRow] = Field(default_factory=list)
    stores: list[StoreRow] = Field(default_factory=list)
    terms: list[TermsRow] = Field(default_factory=list)
    staff: list[StaffRow] = Field(default_factory=list)
    cards: list[CardRow] = Field(default_factory=list)
    aliases: list[AliasRow] = Field(default_factory=list)
    transactions: list[TransactionRow] = Field(default_factory=list)
    verdicts: list[Verdict] = Field(default_factory=list)
    removed: list[RemovedRow] = Field(default_factory=list)


class CardDigest(Message):
    """The digest of the merchant's cards at the page's version (`common.card_digest`), for a page that ends at head.

    Attributes:
        history_since: transactions before it are not in the digest.
        buckets: 256 hashes of 8 bytes.
    """

    history_since: Moment
    buckets: Octets


class BucketRows(Message):
    """All rows of one bucket of the digest as of the page's version: a row that is not here is not there."""

    bucket: Annotated[int, Field(ge=0, lt=BUCKETS)]
    history_since: Moment
    cards: list[CardRow] = Field(default_factory=list)
    aliases: list[AliasRow] = Field(default_factory=list)
    transactions: list[TransactionRow] = Field(default_factory=list)


class PullResponse(Message):
    """One page of the feed.

    Attributes:
        ver: the version that the till's rows have reached once this page, and those before it, are applied.
        cursor: opaque; to be sent with the next pull.
        more: there is more to pull at once.
        reset: this page belongs to a snapshot, which replaces all synced rows when `more` becomes false.
        epoch, have_seq: how far the server has this till's operations; null from a server that does not say.
        digest, bucket: on a page that ends at head, where the till asked for it; a server may leave them out.
    """

    incarnation: Incarnation
    server_time: Moment
    ver: Natural
    cursor: str
    more: bool
    reset: bool
    changes: Changes
    epoch: Whole | None = None
    have_seq: Whole | None = None
    digest: CardDigest | None = None
    bucket: BucketRows | None = None
