"""What went wrong with the line to the server, in one sentence that says what to do."""

from typing import Final, assert_never

from common.wire.problem import ProblemCode
from desktop.sync.line.address import AddressProblem
from desktop.sync.line.failures import (
    Busy,
    Declined,
    Failure,
    NoProgress,
    NotOurs,
    NotOursReason,
    TooLarge,
    Unreachable,
    UnreachableReason,
)
from desktop.sync.outcomes import OtherMerchant
from desktop.sync.plan import must_enrol_again, needs_update

_UNREACHABLE = {
    UnreachableReason.NAME_NOT_FOUND: "There is no server of the name in {server}, or this computer has no network.",
    UnreachableReason.REFUSED: "Nothing answers at {server}: is the server running, and is the port right?",
    UnreachableReason.CERTIFICATE: "The certificate of {server} is not one that this computer trusts.",
    UnreachableReason.CERTIFICATE_TIME: (
        "The certificate of {server} is not valid on the date that this computer shows: "
        "set the computer's clock right, or have the certificate renewed."
    ),
    UnreachableReason.TIMED_OUT: "{server} did not answer in time.",
    UnreachableReason.CANCELLED: "The attempt to reach {server} was given up.",
    UnreachableReason.NETWORK: "The network does not let this till reach {server}.",
}

_NOT_OURS = {
    NotOursReason.NOT_JSON: (
        "Something else than a Tillstamp server answered at {server}: "
        "a login page of the network perhaps, or a wrong address."
    ),
    NotOursReason.REDIRECT: "{server} sends this till elsewhere ({detail}); give the right address itself.",
    NotOursReason.TRUNCATED: "The answer of {server} broke off.",
    NotOursReason.TOO_LARGE: "The answer of {server} is larger than any that a Tillstamp server gives.",
    NotOursReason.WRONG_SHAPE: "Something else than a Tillstamp server answered at {server}.",
    NotOursReason.WRONG_NONCE: "Something between this till and {server} repeats old answers.",
    NotOursReason.STATUS: "{server} answered with status {status}, not as a Tillstamp server does.",
}

_ADDRESS = {
    AddressProblem.NOT_AN_ADDRESS: "{text!r} is not an address like https://stamps.example.com.",
    AddressProblem.PLAIN_HTTP: (
        "{text!r} is not encrypted: everybody on the way could read this till's token. "
        "Use https, or say --allow-plain-http."
    ),
}


_ENROLMENT_REFUSED: Final[dict[str, str]] = {
    ProblemCode.ENROLMENT_CODE_INVALID: (
        "The server does not take this code: a code works once, for ten minutes. Ask for a new one."
    ),
    ProblemCode.TILL_NUMBERS_USED_UP: (
        "This shop has no number left for another till. "
        "Ask for the code of a till that is no longer used: this one then takes its place."
    ),
}


def other_merchant_sentence(outcome: OtherMerchant) -> str:
    """Why a book is not enrolled with another merchant's code."""
    return (
        f"This till's book belongs to {outcome.book_merchant}, the code to {outcome.code_merchant}. "
        f"What is recorded here must not end there: ask for a code of {outcome.book_merchant}."
    )


def enrolment_refusal(failure: Failure) -> str | None:
    """Why the server refused to make this computer a till; None where `failure` is not about that."""
    return _ENROLMENT_REFUSED.get(failure.code) if isinstance(failure, Declined) else None


def failure_sentence(failure: Failure, server_url: str) -> str:
    """Why the exchange with `server_url` failed, and what to do about it."""
    match failure:
        case Unreachable(reason=reason):
            return _UNREACHABLE[reason].format(server=server_url)
        case NotOurs(reason=not_ours, status=status, detail=detail):
            return _NOT_OURS[not_ours].format(server=server_url, status=status, detail=detail)
        case Busy():
            return f"{server_url} is too busy just now; the till tries again by itself."
        case TooLarge():
            return f"{server_url} takes not even a single operation: something on the way allows too little."
        case NoProgress():
            return f"{server_url} judged nothing of what was sent; nothing is lost, and the till tries again."
        case Declined():
            return _declined(failure, server_url)
        case _:
            assert_never(failure)


def address_sentence(problem: AddressProblem, text: str) -> str:
    """Why `text` cannot be the server's address."""
    return _ADDRESS[problem].format(text=text)


def _declined(failure: Declined, server_url: str) -> str:
    if must_enrol_again(failure):
        return "This till must be enrolled again: the server no longer knows it. What it recorded is kept."
    if needs_update(failure):
        return "This program is too old for the server: update it. The till goes on working, and keeps what it records."
    return f"{server_url} declined: {failure.detail or failure.code}."
