"""Offered: an operation that had its verdict, and is sent again with it because the server seems to lack it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from common.ids import CardId, OperationKey, StoreId
from common.wire.base import Email, Message, Name, Phone
from common.wire.operations import Number, Token
from common.wire.push import Verdict
from server.sync.recovery.receipt import RECEIPT_LENGTH_MAX, told_in

BESIDE: Final = ("receipt", "verdict", "card")
"""What stands beside an offered operation. It is no part of what the operation says."""


class OfferedCard(Message):
    """The card of an operation as its till knows it. Only for a card that the server does not know at all."""

    id: CardId
    number: Number
    token: Token
    store_id: StoreId | None = None
    name: Name | None = None
    phone: Phone | None = None
    email: Email | None = None


@dataclass(frozen=True, slots=True)
class Had:
    """What an operation came to in the lost time, proven by a receipt.

    Attributes:
        told_in: the incarnation in which the till was told.
    """

    verdict: Verdict
    card: OfferedCard | None
    told_in: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        verdict = self.verdict.model_dump(mode="json", exclude={"replayed", "receipt", "seq"})
        return {"verdict": verdict, "card": None if self.card is None else self.card.model_dump(mode="json")}

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> "Had":
        card = kept["card"]
        return Had(
            Verdict.model_validate({"seq": None, **kept["verdict"]}),
            None if card is None else OfferedCard.model_validate(card),
        )


def is_offered(raw: Mapping[str, Any]) -> bool:
    """Whether an operation comes with a receipt, good or not."""
    return isinstance(raw.get("receipt"), str) and isinstance(raw.get("verdict"), dict)


def proven(
    receipt_key: bytes, merchant_id: UUID, key: OperationKey, digest: bytes, beside: Mapping[str, Any]
) -> Had | None:
    """What the receipt proves; None for one that is not ours, or on something else. Such an operation is a new one."""
    receipt = beside["receipt"]
    if len(receipt) > RECEIPT_LENGTH_MAX:
        return None
    try:
        verdict = Verdict.model_validate(beside["verdict"])
    except ValidationError:
        return None
    if verdict.key != key or not verdict.is_final:
        return None
    incarnation = told_in(receipt_key, merchant_id, digest, verdict, receipt)
    return None if incarnation is None else Had(verdict, _card(beside.get("card")), incarnation)


def _card(said: object) -> OfferedCard | None:
    try:
        return None if said is None else OfferedCard.model_validate(said)
    except ValidationError:
        return None
