"""The link: every way that an exchange can fail comes back as a value, in time, and without the token."""

import gzip
import logging
import ssl
import threading
from pathlib import Path

import pytest

from common.clock import SystemClock
from desktop.sync.line import link as link_module
from desktop.sync.line.address import AddressProblem, ServerAddress, read_address
from desktop.sync.line.failures import (
    Busy,
    Declined,
    Failure,
    NotOurs,
    NotOursReason,
    TooLarge,
    Unreachable,
    UnreachableReason,
)
from desktop.sync.line.link import RETRY_AFTER_MAX_S, Answer, Link
from tests.desktop.sync.scripted_server import (
    Reply,
    answering,
    dripping,
    free_port,
    problem,
    raw,
    sending,
    serving,
    silent,
)

TOKEN = "very-secret-token"


def ask(url: str, *, deadline_s: float = 5.0, method: str = "GET") -> Answer | Failure:
    link = Link(ServerAddress(url), TOKEN, SystemClock())
    try:
        if method == "GET":
            return link.get("/v1/sync/pull", {"cursor": "a+b", "limit": 5}, deadline_s=deadline_s)
        return link.post("/v1/sync/push", b"{}", deadline_s=deadline_s)
    finally:
        link.close()


def test_an_answer_comes_whole_and_the_request_says_who_asks() -> None:
    with serving(answering(200, {"yes": 1})) as server:
        answer = ask(server.url + "/shop")
    assert isinstance(answer, Answer)
    assert answer.body == b'{"yes": 1}'
    (request,) = server.requests
    assert request.path == "/shop/v1/sync/pull?cursor=a%2Bb&limit=5"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["user-agent"].startswith("tillstamp/")


def test_a_post_is_json() -> None:
    with serving(answering(201, {})) as server:
        assert isinstance(ask(server.url, method="POST"), Answer)
    assert server.requests[0].headers["content-type"] == "application/json"
    assert server.requests[0].body == b"{}"


HTML = b"<html><body>Please accept the terms of this hotel</body></html>"

ANSWERS: list[tuple[str, Reply, Failure]] = [
    ("portal", answering(200, HTML, "text/html; charset=utf-8"), NotOurs(NotOursReason.NOT_JSON, 200)),
    ("no type", answering(200, b"{}", ""), NotOurs(NotOursReason.NOT_JSON, 200)),
    (
        "redirect",
        answering(302, b"", "text/html", Location="http://login.hotel/"),
        NotOurs(NotOursReason.REDIRECT, 302, "http://login.hotel/"),
    ),
    ("portal 401", answering(401, HTML, "text/html"), NotOurs(NotOursReason.STATUS, 401)),
    ("json 401 without a code", answering(401, {"message": "no"}), NotOurs(NotOursReason.STATUS, 401)),
    ("json 401 that is a list", answering(401, b"[1]"), NotOurs(NotOursReason.STATUS, 401)),
    ("json 401 that is broken", answering(401, b"{"), NotOurs(NotOursReason.STATUS, 401)),
    ("our 401", problem(401, "token_invalid"), Declined(401, "token_invalid")),
    ("a newer server's code", problem(409, "never_heard_of"), Declined(409, "never_heard_of")),
    ("413 of a proxy", answering(413, HTML, "text/html"), TooLarge()),
    ("413 of ours", problem(413, "too_large"), TooLarge()),
    ("426", problem(426, "update_needed"), Declined(426, "update_needed")),
    ("429", problem(429, "too_many_attempts", Retry_After="7"), Busy(429, 7_000, "too_many_attempts")),
    ("429 of a proxy", answering(429, HTML, "text/html", Retry_After="7"), Busy(429, 7_000)),
    ("503 without a time", problem(503, "busy"), Busy(503, None, "busy")),
    (
        "503 with a date",
        answering(503, HTML, "text/html", Retry_After="Fri, 31 Dec 1999 23:59:59 GMT"),
        Busy(503, None),
    ),
    ("503 for a week", answering(503, HTML, "text/html", Retry_After="604800"), Busy(503, RETRY_AFTER_MAX_S * 1000)),
    ("500", answering(500, HTML, "text/html"), NotOurs(NotOursReason.STATUS, 500)),
]


@pytest.mark.parametrize(("reply", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ANSWERS])
def test_answers(reply: Reply, expected: Failure) -> None:
    with serving(reply) as server:
        assert ask(server.url) == expected
    assert len(server.requests) == 1, "nothing is tried twice, and no redirect is followed"


def test_a_truncated_body_is_no_answer() -> None:
    whole = raw(200, b'{"verdicts": []}')
    with serving(sending(whole[:-5])) as server:
        failure = ask(server.url)
    assert isinstance(failure, NotOurs)
    assert failure.reason is NotOursReason.TRUNCATED


def test_a_broken_encoding_is_no_answer() -> None:
    with serving(answering(200, b"not gzip", Content_Encoding="gzip")) as server:
        failure = ask(server.url)
    assert isinstance(failure, NotOurs)


def test_a_compressed_answer_is_read() -> None:
    with serving(answering(200, gzip.compress(b"{}"), Content_Encoding="gzip")) as server:
        answer = ask(server.url)
    assert isinstance(answer, Answer)
    assert answer.body == b"{}"


def test_a_connection_closed_without_a_word() -> None:
    with serving(sending(b"")) as server:
        failure = ask(server.url)
    assert isinstance(failure, NotOurs | Unreachable)


def test_something_that_is_no_http_at_all() -> None:
    with serving(sending(b"220 mail.example ESMTP\r\n")) as server:
        failure = ask(server.url)
    assert isinstance(failure, NotOurs)


def test_a_byte_now_and_then_does_not_hold_a_request() -> None:
    closing = threading.Event()
    with serving(dripping(closing)) as server:
        failure = ask(server.url, deadline_s=0.4)
        closing.set()
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.TIMED_OUT


def test_silence_ends_at_the_deadline() -> None:
    closing = threading.Event()
    with serving(silent(closing)) as server:
        failure = ask(server.url, deadline_s=0.4)
        closing.set()
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.TIMED_OUT


def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "ANSWER_BYTES_MAX", 100_000)
    with serving(answering(200, b" " * 300_000)) as server:
        assert ask(server.url) == NotOurs(NotOursReason.TOO_LARGE, 200)


def test_a_closing_till_waits_for_no_request() -> None:
    closing = threading.Event()
    with serving(silent(closing)) as server:
        link = Link(ServerAddress(server.url), TOKEN, SystemClock())
        threading.Timer(0.2, link.cancel).start()
        failure = link.get("/v1/sync/pull", {}, deadline_s=60)
        closing.set()
    link.close()
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.CANCELLED


def test_nobody_listens() -> None:
    failure = ask(f"http://127.0.0.1:{free_port()}")
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.REFUSED


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 64 + ".invalid"])
def test_a_name_that_nobody_has(host: str) -> None:
    failure = ask(f"http://{host}")
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.NAME_NOT_FOUND


CERTIFICATES = Path(__file__).parent / "certificates"
"""Made for these tests: each file is a self-signed certificate for 127.0.0.1 and its key. `ended` ended in 2001."""

TLS: list[tuple[str, str, bool, UnreachableReason | None]] = [
    # certificate, host asked for, whether the machine's own store has it, the failure
    ("valid", "127.0.0.1", True, None),
    ("valid", "127.0.0.1", False, UnreachableReason.CERTIFICATE),
    ("valid", "localhost", True, UnreachableReason.CERTIFICATE),
    ("ended", "127.0.0.1", True, UnreachableReason.CERTIFICATE_TIME),
]


@pytest.mark.parametrize(("name", "host", "trusted", "expected"), TLS)
def test_certificates_are_checked(
    name: str, host: str, trusted: bool, expected: UnreachableReason | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / f"{name}.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    with serving(answering(200, {}), tls=context) as server:
        answer = ask(f"https://{host}:{server.port}")
    if expected is None:
        assert isinstance(answer, Answer)
    else:
        assert isinstance(answer, Unreachable)
        assert answer.reason is expected


def test_plain_http_asked_for_over_tls() -> None:
    # A TLS greeting is no request line, and need not hold the end of one: this answer waits for neither.
    with serving(answering(200, {}), greeting=raw(400, b"")) as server:
        failure = ask(server.url.replace("http:", "https:"))
    assert isinstance(failure, Unreachable)
    assert failure.reason is UnreachableReason.NETWORK
    assert "EOF" not in failure.detail, "it was the answer that was no TLS, not a connection that closed"


def test_the_token_is_in_no_representation_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link = Link(ServerAddress(f"http://127.0.0.1:{free_port()}"), TOKEN, SystemClock())
    failure = link.post("/v1/sync/push", b"{}", deadline_s=2)
    with serving(problem(401, "token_invalid")) as server:
        declined = ask(server.url)
    shown = f"{link!r} {link} {failure!r} {declined!r} {caplog.text}"
    link.close()
    assert TOKEN not in shown
    assert "secret body" not in repr(Answer(200, b"secret body", 0, SystemClock().now()))


ADDRESSES: list[tuple[str, bool, ServerAddress | AddressProblem]] = [
    ("https://stamps.example", False, ServerAddress("https://stamps.example")),
    (" https://stamps.example/shop/ ", False, ServerAddress("https://stamps.example/shop")),
    ("http://127.0.0.1:8460", False, ServerAddress("http://127.0.0.1:8460")),
    ("http://[::1]:8460", False, ServerAddress("http://[::1]:8460")),
    ("http://localhost:8460/", False, ServerAddress("http://localhost:8460")),
    ("http://stamps.example", False, AddressProblem.PLAIN_HTTP),
    ("http://192.168.1.5:8460", False, AddressProblem.PLAIN_HTTP),
    ("http://127.0.0.1.evil.example", False, AddressProblem.PLAIN_HTTP),
    ("http://192.168.1.5:8460", True, ServerAddress("http://192.168.1.5:8460")),
    ("stamps.example", False, AddressProblem.NOT_AN_ADDRESS),
    ("ftp://stamps.example", False, AddressProblem.NOT_AN_ADDRESS),
    ("https://", False, AddressProblem.NOT_AN_ADDRESS),
    ("https://user:pin@stamps.example", False, AddressProblem.NOT_AN_ADDRESS),
    ("https://stamps.example?x=1", False, AddressProblem.NOT_AN_ADDRESS),
    ("https://stamps.example:port", False, AddressProblem.NOT_AN_ADDRESS),
    ("https://stamps example", False, AddressProblem.NOT_AN_ADDRESS),
    ("https://[::1", False, AddressProblem.NOT_AN_ADDRESS),
]


@pytest.mark.parametrize(("text", "allowed", "expected"), ADDRESSES)
def test_addresses(text: str, allowed: bool, expected: ServerAddress | AddressProblem) -> None:
    assert read_address(text, allow_plain_http=allowed) == expected
