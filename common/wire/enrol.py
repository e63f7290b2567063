"""Enrol a till: a code made on the server becomes a till's token and keys; and later, a new token for the old."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.ids import MerchantId, StoreId, TillId
from common.wire.base import PROTOCOL, AppVersion, Count, Incarnation, Message, Moment, Octets, Protocol, text


class EnrolRequest(Message):
    code: Annotated[str, text(1, 40)]
    app_version: AppVersion
    protocol: Protocol


class EnrolledTill(Message):
    """`number` is the block that the till makes card numbers from, 1 to 9999."""

    id: TillId
    name: str
    number: Annotated[int, Field(ge=1, le=9_999)]


class EnrolledStore(Message):
    id: StoreId
    name: str


class EnrolledMerchant(Message):
    id: MerchantId
    name: str


class EnrolResponse(Message):
    """All that a till needs from now on. `token` and `pin_key` are secrets and are said this once only."""

    till: EnrolledTill
    store: EnrolledStore
    merchant: EnrolledMerchant
    token: str
    pin_key: Octets
    epoch: Count
    incarnation: Incarnation
    server_time: Moment


class TokenRequest(Message):
    """A till asks for a new token; it says who it is by the present one."""

    protocol: Protocol = PROTOCOL
    nonce: UUID | None = None


class TokenResponse(Message):
    """`token` is a secret and said this once only. The present one is good until this one is first used."""

    nonce: UUID | None
    token: Annotated[str, text(1, 200)]
    server_time: Moment
