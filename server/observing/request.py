"""The request in hand: what every log line of it carries, and what is told of it at its end.

Held in a context, so that the threads which work for a request find it too. Outside of a request there is none, and to
tell it something then means nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from common.entropy import random_bytes
from common.ids import MerchantId, TillId

_ID_BYTES: Final = 8


@dataclass(slots=True)
class RequestInHand:
    """One request.

    Attributes:
        merchant_id, till_id: known once the token was looked up.
        figures: how many operations of which outcome, where a push had any.
    """

    id: str
    merchant_id: MerchantId | None = None
    till_id: TillId | None = None
    figures: dict[str, int] = field(default_factory=dict)

    def fields(self) -> dict[str, str]:
        """What identifies it, as fields of a log line."""
        said = {"request": self.id}
        if self.merchant_id is not None:
            said["merchant"] = str(self.merchant_id)
        if self.till_id is not None:
            said["till"] = str(self.till_id)
        return said


_in_hand: Final[ContextVar[RequestInHand | None]] = ContextVar("request", default=None)


@contextmanager
def request_in_hand() -> Iterator[RequestInHand]:
    """A new request, for the time of the block."""
    request = RequestInHand(random_bytes(_ID_BYTES).hex())
    token = _in_hand.set(request)
    try:
        yield request
    finally:
        _in_hand.reset(token)


def current_request() -> RequestInHand | None:
    """The request that is worked for; None for a command, or between requests."""
    return _in_hand.get()


def name_till(merchant_id: MerchantId, till_id: TillId) -> None:
    """The request in hand is this till's."""
    if (request := _in_hand.get()) is not None:
        request.merchant_id, request.till_id = merchant_id, till_id
