"""How an act can end. Each way is a value of its own; `common.rules.refusals.Refused` is the rules' no."""

from dataclasses import dataclass
from datetime import datetime

from common.card_code import ScanProblem
from common.ids import OperationKey, StaffId
from common.rules.asks import Kind
from common.rules.judge import StampAnswer
from common.rules.standing import Role
from desktop.store.cards import CardView


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Done, and on this till's disk.

    Attributes:
        at: the till's event time.
        card: as it is shown now, this operation included.
        answer: of a stamp, what the cashier tells the customer.
        shortfall: of a void, the stamps that were already spent and could not be taken back.
    """

    key: OperationKey
    kind: Kind
    at: datetime
    card: CardView
    answer: StampAnswer | None = None
    shortfall: int = 0


@dataclass(frozen=True, slots=True)
class UnknownCard:
    """A code that no card on this till has: new, another shop's, or replaced."""

    code: str


@dataclass(frozen=True, slots=True)
class Mistyped:
    """Twelve digits with a wrong check digit, which no card has either."""

    number: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A scan that no card can have."""

    problem: ScanProblem


@dataclass(frozen=True, slots=True)
class AlreadyACard:
    """A new card was asked for with a code that this card has."""

    card: CardView


@dataclass(frozen=True, slots=True)
class Unusable:
    """A text that cannot be kept: too long, or with characters that no database keeps. `field` is its wire name."""

    field: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who entered the right PIN."""

    staff_id: StaffId
    name: str
    role: Role
    at: datetime


@dataclass(frozen=True, slots=True)
class WrongPin:
    """The PIN was wrong, or no PIN at all."""

    attempts_left: int


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong PINs of this person on this till; nobody else is locked."""

    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NoPin:
    """This person was never given a PIN."""

    name: str


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A manager let a colleague try again."""

    name: str
