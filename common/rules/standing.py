"""Standing: the history that a judgement reads, gathered by whichever side asks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.ids import CardId, OperationKey, StaffId, StoreId, TillId
from common.ledger import TransactionKind
from common.terms import Terms, business_day


class Role(StrEnum):
    """What a member of staff may approve."""

    CASHIER = "cashier"
    MANAGER = "manager"


def is_active(inactive_since: datetime | None, at: datetime) -> bool:
    """What happened before the moment of deactivation is judged as active."""
    return inactive_since is None or at < inactive_since


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffStanding:
    """One row of staff. `store_ids` None means every store of the merchant."""

    id: StaffId
    role: Role
    store_ids: frozenset[StoreId] | None = None
    inactive_since: datetime | None = None

    def may_work(self, store_id: StoreId, at: datetime) -> bool:
        return is_active(self.inactive_since, at) and (self.store_ids is None or store_id in self.store_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStanding:
    """A card as this side knows it. `store_id` is where it was enrolled."""

    id: CardId
    number: str
    store_id: StoreId
    balance: int = 0
    inactive_since: datetime | None = None
    carried_over: bool = False


@dataclass(frozen=True, slots=True)
class LiveStamp:
    """An accepted stamp operation that was not voided in full; voided with a shortfall it still lives."""

    at: datetime
    store_id: StoreId
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalStanding:
    """The operation that a void names. `stamps` is what it gave, or for a redemption what it took."""

    key: OperationKey
    kind: TransactionKind
    card_id: CardId
    till_id: TillId
    staff_id: StaffId | None
    at: datetime
    stamps: int
    rejected: bool = False
    voided: bool = False


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """The card that a number or token belongs, or once belonged, to. Codes of replaced cards stay taken."""

    card_id: CardId
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TillStanding:
    """What only a till must ask itself; the server judges without it.

    Attributes:
        server_will_answer: the till is going to wait for the server's verdict before anything is handed out.
        confirmed_balance: the synced balance, less the till's own open redemptions and voids.
        oldest_waiting_at: when the oldest operation that waits to be sent was recorded.
        offline_days_max: the merchant's number of that name.
    """

    server_will_answer: bool = False
    confirmed_balance: int = 0
    oldest_waiting_at: datetime | None = None
    offline_days_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything about the past that a judgement may depend on.

    Attributes:
        store_id, till_id: where the ask is made.
        card: None when the card is unknown, or another merchant's: the two are indistinguishable.
        staff, approver: the rows behind the ask's `staff_id` and `approved_by`; None when unknown.
        live_stamps: those of the card within `history_window`, in any order; more do no harm.
        original: the operation that a void names, None when unknown.
        number_holder, token_holder: who has the codes that an enrol or a replace brings.
        till: None on the server.
    """

    store_id: StoreId
    till_id: TillId
    card: CardStanding | None = None
    program_inactive_since: datetime | None = None
    staff: StaffStanding | None = None
    approver: StaffStanding | None = None
    live_stamps: tuple[LiveStamp, ...] = field(default=())
    original: OriginalStanding | None = None
    number_holder: CodeHolder | None = None
    token_holder: CodeHolder | None = None
    till: TillStanding | None = None


def history_window(terms: Terms, at: datetime) -> tuple[datetime, datetime]:
    """The span in which a live stamp can matter to an ask at `at`: its cooldown on both sides, and its whole day."""
    day, cooldown = business_day(terms, at), terms.cooldown
    return min(at - cooldown, day.begins), max(at + cooldown, day.ends)
