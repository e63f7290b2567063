"""Park: a till hands in one operation that the server fails to read or to judge, as bytes that nobody decodes.

What the server must know of it stands beside the body, in the query.
"""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from common.ids import CardId, OperationKey
from common.wire.base import (
    INTEGER_MAX,
    UPTIME_MS_MAX,
    AppVersion,
    BootId,
    Incarnation,
    Message,
    Moment,
    ProtocolInQuery,
)

PARKED_BYTES_MAX: Final = 64 * 1024
AS_IN_A_PUSH: Final = {"protocol", "nonce", "epoch", "pending", "oldest_pending_at", "app_version", "incarnation"}

# As `Count` and its like, but not strict: what stands in a query is text.
_Count = Annotated[int, Field(ge=1, le=INTEGER_MAX)]
_Digest = Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{64}\z")]
_Kind = Annotated[str, StringConstraints(pattern=r"\A[a-z_]{1,40}\z")]


class ParkRequest(Message):
    """What is said of the operation in the body.

    Attributes:
        seq, key: the operation's own.
        kind, card_id: what the till knows it to be about; whatever needs it waits behind it.
        digest: SHA-256 of its content as hexadecimal digits, by which a later repeat is told from another operation.
        sent_at, boot_id, uptime_ms: the till's clocks at the moment of sending.
        incarnation: as in a push.
    """

    protocol: ProtocolInQuery
    nonce: UUID
    epoch: _Count
    seq: _Count
    key: OperationKey
    kind: _Kind | None = None
    card_id: CardId | None = None
    digest: _Digest | None = None
    sent_at: Moment
    boot_id: BootId
    uptime_ms: Annotated[int, Field(ge=0, le=UPTIME_MS_MAX)]
    pending: Annotated[int, Field(ge=0, le=INTEGER_MAX)] = 1
    oldest_pending_at: Moment | None = None
    app_version: AppVersion
    incarnation: Incarnation | None = None
