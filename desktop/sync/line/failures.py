"""How an exchange can fail, as values. A failure is never a verdict: the queue and the book stay as they are."""

from dataclasses import dataclass
from enum import StrEnum


class UnreachableReason(StrEnum):
    """Why no answer came."""

    NAME_NOT_FOUND = "name_not_found"
    REFUSED = "refused"
    CERTIFICATE = "certificate"
    CERTIFICATE_TIME = "certificate_time"
    """The certificate is not valid *today*: it expired, or this machine's clock is wrong."""
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    """This till is closing and gave the request up itself."""
    NETWORK = "network"


class NotOursReason(StrEnum):
    """Why an answer cannot have come whole from a Tillstamp server."""

    NOT_JSON = "not_json"
    REDIRECT = "redirect"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    WRONG_SHAPE = "wrong_shape"
    WRONG_NONCE = "wrong_nonce"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nobody answered, or not in time. `detail` is the network library's own words, for the log."""

    reason: UnreachableReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NotOurs:
    """Somebody answered who is not our server: a captive portal, a proxy, a broken line."""

    reason: NotOursReason
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """Our server said no to the exchange itself. `code` is stable: a ProblemCode, or one of a newer server."""

    status: int
    code: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """429 or 503: to be tried again after `retry_after_ms`, where the server named a time. `code` is a problem's."""

    status: int
    retry_after_ms: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TooLarge:
    """413, from the server or any proxy before it: the batch must be smaller."""


@dataclass(frozen=True, slots=True)
class NoProgress:
    """The server answered well, but judged nothing of what was sent and named no way on."""


Failure = Unreachable | NotOurs | Declined | Busy | TooLarge | NoProgress
