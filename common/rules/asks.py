"""What somebody at a till may ask for."""

from dataclasses import dataclass
from enum import StrEnum

from common.card_code import CardNumber, CardToken
from common.ids import CardId, OperationKey, StaffId


class Kind(StrEnum):
    """The kinds of operations."""

    STAMP = "stamp"
    REDEEM = "redeem"
    VOID = "void"
    ENROL = "enrol"
    REPLACE = "replace"
    BLOCK = "block"
    UNBLOCK = "unblock"
    CARRY_OVER = "carry_over"
    LOCKOUT = "lockout"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Give `count` stamps."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Redeem:
    """Hand out one reward for a full card."""


@dataclass(frozen=True, slots=True)
class Void:
    """Take back one `original` operation whole, or `count` stamps without one; never both, never neither."""

    original: OperationKey | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Enrol:
    """Begin a card whose id was made on the till."""

    card_id: CardId
    number: CardNumber
    token: CardToken


@dataclass(frozen=True, slots=True)
class Replace:
    """Give a lost card a new number and token."""

    number: CardNumber
    token: CardToken


@dataclass(frozen=True, slots=True)
class Block:
    """Make a card inactive from now on."""


@dataclass(frozen=True, slots=True)
class Unblock:
    """Make a blocked card active again."""


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Bring `count` stamps over from a paper card."""

    count: int


@dataclass(frozen=True, slots=True)
class Lockout:
    """Report that one person entered too many wrong PINs."""

    failures: int


Act = Stamp | Redeem | Void | Enrol | Replace | Block | Unblock | CarryOver | Lockout

KIND_OF: dict[type, Kind] = {
    Stamp: Kind.STAMP,
    Redeem: Kind.REDEEM,
    Void: Kind.VOID,
    Enrol: Kind.ENROL,
    Replace: Kind.REPLACE,
    Block: Kind.BLOCK,
    Unblock: Kind.UNBLOCK,
    CarryOver: Kind.CARRY_OVER,
    Lockout: Kind.LOCKOUT,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """An act, and who asks for it.

    Attributes:
        staff_id: who signed in with a PIN; None where nobody did.
        approved_by: the manager who entered a PIN for it, if one did.
    """

    act: Act
    staff_id: StaffId | None = None
    approved_by: StaffId | None = None

    @property
    def kind(self) -> Kind:
        return KIND_OF[type(self.act)]
