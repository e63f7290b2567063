"""Operations: what a till says happened."""

import hashlib
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from common.card_code import CardNumber, CardToken
from common.ids import CardId, OperationKey, StaffId
from common.rules.asks import (
    Act,
    Ask,
    Block,
    CarryOver,
    Enrol,
    Kind,
    Lockout,
    Redeem,
    Replace,
    Stamp,
    Unblock,
    Void,
)
from common.wire.base import BootId, Count, Email, Message, Moment, Name, Notes, Phone, Reason, UptimeMs

Number = Annotated[CardNumber, StringConstraints(strict=True, pattern=r"\A[0-9]{12}\z")]
Token = Annotated[CardToken, StringConstraints(strict=True, pattern=r"\ATS1-[0-9A-HJKMNP-TV-Z]{26}\z")]
SmallCount = Annotated[int, Field(strict=True, ge=1, le=1_000)]
TermsVersion = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]


class OperationBase(Message):
    """What all operations say.

    Attributes:
        seq: gapless for each till and epoch, from 1.
        occurred_at: the till's raw wall clock.
        boot_id, uptime_ms: the operating system's, counting sleep.
    """

    kind: Kind
    key: OperationKey
    seq: Count
    card_id: CardId | None = None
    staff_id: StaffId | None = None
    approved_by: StaffId | None = None
    terms_version: TermsVersion
    occurred_at: Moment
    boot_id: BootId
    uptime_ms: UptimeMs
    notes: Notes | None = None

    def act(self) -> Act:
        """The act that the rules judge."""
        raise NotImplementedError

    def ask(self) -> Ask:
        """The act, and who asks."""
        return Ask(self.act(), self.staff_id, self.approved_by)


class OnCard(OperationBase):
    """An operation that cannot be without a card."""

    card_id: CardId


class StampOperation(OnCard):
    kind: Literal[Kind.STAMP] = Kind.STAMP
    count: SmallCount = 1

    def act(self) -> Stamp:
        return Stamp(self.count)


class RedeemOperation(OnCard):
    kind: Literal[Kind.REDEEM] = Kind.REDEEM

    def act(self) -> Redeem:
        return Redeem()


class VoidOperation(OnCard):
    kind: Literal[Kind.VOID] = Kind.VOID
    original: OperationKey | None = None
    count: SmallCount | None = None
    reason: Reason | None = None

    def act(self) -> Void:
        return Void(self.original, self.count)


class EnrolOperation(OnCard):
    """`card_id` is made on the till."""

    kind: Literal[Kind.ENROL] = Kind.ENROL
    number: Number
    token: Token
    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None

    def act(self) -> Enrol:
        return Enrol(self.card_id, self.number, self.token)


class ReplaceOperation(OnCard):
    kind: Literal[Kind.REPLACE] = Kind.REPLACE
    number: Number
    token: Token

    def act(self) -> Replace:
        return Replace(self.number, self.token)


class BlockOperation(OnCard):
    kind: Literal[Kind.BLOCK] = Kind.BLOCK
    reason: Reason

    def act(self) -> Block:
        return Block()


class UnblockOperation(OnCard):
    kind: Literal[Kind.UNBLOCK] = Kind.UNBLOCK

    def act(self) -> Unblock:
        return Unblock()


class CarryOverOperation(OnCard):
    kind: Literal[Kind.CARRY_OVER] = Kind.CARRY_OVER
    count: SmallCount

    def act(self) -> CarryOver:
        return CarryOver(self.count)


class LockoutOperation(OperationBase):
    """`staff_id` is who entered the wrong PINs."""

    kind: Literal[Kind.LOCKOUT] = Kind.LOCKOUT
    staff_id: StaffId
    failures: SmallCount

    def act(self) -> Lockout:
        return Lockout(self.failures)


Operation = Annotated[
    StampOperation
    | RedeemOperation
    | VoidOperation
    | EnrolOperation
    | ReplaceOperation
    | BlockOperation
    | UnblockOperation
    | CarryOverOperation
    | LockoutOperation,
    Field(discriminator="kind"),
]

OPERATION: Final[TypeAdapter[Operation]] = TypeAdapter(Operation)

_KEY: Final = TypeAdapter(UUID)

KNOWN_KINDS: Final = frozenset(kind.value for kind in Kind)


def canonical_content(operation: OperationBase) -> bytes:
    """What an operation says, as JSON: its fields parsed, defaults filled, in one order, without `seq` and nulls.

    Nulls are left out so that a later version's new field, whose default is null, leaves the content of the operations
    that a server already keeps as it was: a repeat that arrives after an upgrade is still the same operation.
    """
    return operation.__pydantic_serializer__.to_json(operation, exclude={"seq"}, exclude_none=True)


def content_digest(content: bytes) -> bytes:
    """SHA-256 of `canonical_content`.

    Two operations with one key are the same operation when their digests are equal, however their JSON was written.
    """
    return hashlib.sha256(content).digest()


def usable_key(value: object) -> OperationKey | None:
    """The key of an operation that may be broken otherwise; None when even the key is no UUID."""
    if not isinstance(value, str):
        return None
    try:
        # The models' own reader: Python's UUID() takes texts that they refuse, such as underscores between the digits.
        return OperationKey(_KEY.validate_python(value))
    except ValidationError:
        return None
