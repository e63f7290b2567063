"""What went wrong with the line to the server, in one sentence that says what to do."""

from typing import Final, assert_never

from common.wire.problem import ProblemCode
from desktop.present.language import N_, tr
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
    UnreachableReason.NAME_NOT_FOUND: N_(
        "There is no server of the name in {server}, or this computer has no network."
    ),
    UnreachableReason.REFUSED: N_("Nothing answers at {server}: is the server running, and is the port right?"),
    UnreachableReason.CERTIFICATE: N_("The certificate of {server} is not one that this computer trusts."),
    UnreachableReason.CERTIFICATE_TIME: N_(
        "The certificate of {server} is not valid on the date that this computer shows: "
        "set the computer's clock right, or have the certificate renewed."
    ),
    UnreachableReason.TIMED_OUT: N_("{server} did not answer in time."),
    UnreachableReason.CANCELLED: N_("The attempt to reach {server} was given up."),
    UnreachableReason.NETWORK: N_("The network does not let this till reach {server}."),
}

_NOT_OURS = {
    NotOursReason.NOT_JSON: N_(
        "Something else than a Tillstamp server answered at {server}: "
        "a login page of the network perhaps, or a wrong address."
    ),
    NotOursReason.REDIRECT: N_("{server} sends this till elsewhere ({detail}); give the right address itself."),
    NotOursReason.TRUNCATED: N_("The answer of {server} broke off."),
    NotOursReason.TOO_LARGE: N_("The answer of {server} is larger than any that a Tillstamp server gives."),
    NotOursReason.WRONG_SHAPE: N_("Something else than a Tillstamp server answered at {server}."),
    NotOursReason.WRONG_NONCE: N_("Something between this till and {server} repeats old answers."),
    NotOursReason.STATUS: N_("{server} answered with status {status}, not as a Tillstamp server does."),
}

_ADDRESS = {
    AddressProblem.NOT_AN_ADDRESS: N_("“{text}” is not an address like https://stamps.example.com."),
    AddressProblem.PLAIN_HTTP: N_(
        "“{text}” is not encrypted: everybody on the way could read this till's token. "
        "Use https, or say --allow-plain-http."
    ),
}


_ENROLMENT_REFUSED: Final[dict[str, str]] = {
    ProblemCode.ENROLMENT_CODE_INVALID: N_(
        "The server does not take this code: a code works once, for ten minutes. Ask for a new one."
    ),
    ProblemCode.TILL_NUMBERS_USED_UP: N_(
        "This shop has no number left for another till. "
        "Ask for the code of a till that is no longer used: this one then takes its place."
    ),
    ProblemCode.TOO_MANY_ATTEMPTS: N_(
        "Too many wrong codes came from this network. Within the hour the server takes codes from here again."
    ),
}


_OTHER_MERCHANT: Final = N_(
    "This till's book belongs to {book_merchant}, the code to {code_merchant}. "
    "What is recorded here must not end there: ask for a code of {book_merchant}."
)
_BUSY: Final = N_("{server} is too busy just now; the till tries again by itself.")
_TAKES_TOO_LITTLE: Final = N_("{server} takes not even a single operation: something on the way allows too little.")
_NO_PROGRESS: Final = N_("{server} judged nothing of what was sent; nothing is lost, and the till tries again.")
_ENROL_AGAIN: Final = N_("This till must be enrolled again: the server no longer knows it. What it recorded is kept.")
_UPDATE: Final = N_(
    "This program is too old for the server: update it. The till goes on working, and keeps what it records."
)
_DECLINED: Final = N_("{server} declined: {detail}.")


def other_merchant_sentence(outcome: OtherMerchant) -> str:
    """Why a book is not enrolled with another merchant's code."""
    return tr(_OTHER_MERCHANT).format(book_merchant=outcome.book_merchant, code_merchant=outcome.code_merchant)


def enrolment_refusal(failure: Failure) -> str | None:
    """Why the server refused to make this computer a till; None where `failure` is not about that."""
    code = failure.code if isinstance(failure, Declined | Busy) else None
    message = None if code is None else _ENROLMENT_REFUSED.get(code)
    return None if message is None else tr(message)


def failure_sentence(failure: Failure, server_url: str) -> str:
    """Why the exchange with `server_url` failed, and what to do about it."""
    match failure:
        case Unreachable(reason=reason):
            return tr(_UNREACHABLE[reason]).format(server=server_url)
        case NotOurs(reason=not_ours, status=status, detail=detail):
            return tr(_NOT_OURS[not_ours]).format(server=server_url, status=status, detail=detail)
        case Busy():
            return tr(_BUSY).format(server=server_url)
        case TooLarge():
            return tr(_TAKES_TOO_LITTLE).format(server=server_url)
        case NoProgress():
            return tr(_NO_PROGRESS).format(server=server_url)
        case Declined():
            return _declined(failure, server_url)
        case _:
            assert_never(failure)


def address_sentence(problem: AddressProblem, text: str) -> str:
    """Why `text` cannot be the server's address."""
    return tr(_ADDRESS[problem]).format(text=text)


def _declined(failure: Declined, server_url: str) -> str:
    if must_enrol_again(failure):
        return tr(_ENROL_AGAIN)
    if needs_update(failure):
        return tr(_UPDATE)
    return tr(_DECLINED).format(server=server_url, detail=failure.detail or failure.code)
