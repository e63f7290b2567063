"""Problems: errors of the exchange itself (RFC 9457). An HTTP status is never a verdict of an operation."""

from enum import StrEnum
from typing import Final

from common.wire.base import Message

PROBLEM_JSON: Final = "application/problem+json"


class ProblemCode(StrEnum):
    """Stable codes of the exchange."""

    ENROLMENT_CODE_INVALID = "enrolment_code_invalid"
    TOKEN_INVALID = "token_invalid"
    TILL_REVOKED = "till_revoked"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    TOO_MANY_OPERATIONS = "too_many_operations"
    UPDATE_NEEDED = "update_needed"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    BUSY = "busy"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    INTERNAL = "internal"
    TILL_NUMBERS_USED_UP = "till_numbers_used_up"
    TOO_MANY_REQUESTS = "too_many_requests"
    TOO_SLOW = "too_slow"
    ENCODING_NOT_SUPPORTED = "encoding_not_supported"


class Problem(Message):
    """The body of an error answer. `code` is stable; `title` and `detail` are for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: ProblemCode
    detail: str | None = None
