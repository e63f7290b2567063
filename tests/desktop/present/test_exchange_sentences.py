"""Every way that the line can fail has words of its own, and they name the server."""

import pytest

from desktop.present.exchange_sentences import address_sentence, enrolment_refusal, failure_sentence
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

SERVER = "https://stamps.example"

FAILURES: list[Failure] = [
    *[Unreachable(reason) for reason in UnreachableReason],
    *[NotOurs(reason, 418, "http://login.hotel/") for reason in NotOursReason],
    Busy(503),
    TooLarge(),
    NoProgress(),
    Declined(400, "malformed", "no JSON"),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_one_sentence_that_names_the_server(failure: Failure) -> None:
    sentence = failure_sentence(failure, SERVER)
    assert SERVER in sentence
    assert "{" not in sentence
    assert sentence.endswith((".", "?"))


def test_the_till_itself_is_what_the_server_declines() -> None:
    assert "enrolled again" in failure_sentence(Declined(401, "token_invalid"), SERVER)
    assert "too old" in failure_sentence(Declined(426, "update_needed"), SERVER)
    assert "no JSON" in failure_sentence(Declined(400, "malformed", "no JSON"), SERVER)
    assert "some_day" in failure_sentence(Declined(400, "some_day"), SERVER)


def test_only_what_concerns_the_code_is_an_enrolment_refused() -> None:
    refused = [enrolment_refusal(Declined(401, code)) for code in ("enrolment_code_invalid", "till_numbers_used_up")]
    refused.append(enrolment_refusal(Busy(429, 300_000, "too_many_attempts")))
    assert all(refused)
    assert len(set(refused)) == 3
    assert enrolment_refusal(Busy(429, 1_000, "too_many_requests")) is None, "that concerns no code"
    assert {enrolment_refusal(failure) for failure in FAILURES} == {None}


def test_details_help_where_they_can() -> None:
    assert "http://login.hotel/" in failure_sentence(
        NotOurs(NotOursReason.REDIRECT, 302, "http://login.hotel/"), SERVER
    )
    assert "418" in failure_sentence(NotOurs(NotOursReason.STATUS, 418), SERVER)


@pytest.mark.parametrize("problem", list(AddressProblem))
def test_an_address_is_quoted(problem: AddressProblem) -> None:
    assert "“http://x”" in address_sentence(problem, "http://x")
