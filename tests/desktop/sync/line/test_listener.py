"""The listener: whatever answers, it is quiet, tries again in time, and ends when it is told to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase

import pytest

from common.clock import SystemClock
from desktop.sync.line import listener as listener_module
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import Busy, Declined, Failure, NotOurs, NotOursReason, Unreachable, UnreachableReason
from desktop.sync.line.link import LINE_BYTES_MAX, Link
from desktop.sync.line.listener import DECLINED_MS, Listener, again_ms
from tests.desktop.sync.scripted_server import (
    Reply,
    Request,
    ScriptedServer,
    answering,
    problem,
    sending,
    serving,
    silent,
)

PATIENCE_S = 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n"


def event(ver: int) -> bytes:
    return b'event: changed\ndata: {"ver": %d}\n\n' % ver


def holding(closing: threading.Event, said: bytes) -> Reply:
    """A stream that says this, and then nothing more until the test is over."""

    def reply(_: Request, out: BufferedIOBase) -> None:
        out.write(HEAD + said)
        out.flush()
        closing.wait(PATIENCE_S)

    return reply


class Ear:
    """What a listener told, in order: versions, and True or False for a stream that lives or does no longer."""

    def __init__(self) -> None:
        self.told: list[int | bool] = []
        self._something = threading.Condition()

    def hear(self, what: int | bool) -> None:
        with self._something:
            self.told.append(what)
            self._something.notify_all()

    def wait_for(self, *told: int | bool) -> None:
        """Returns when at least this was told, from the beginning."""
        with self._something:
            assert self._something.wait_for(lambda: len(self.told) >= len(told), PATIENCE_S), self.told
        assert self.told[: len(told)] == list(told)


@contextmanager
def listening(server: ScriptedServer, ear: Ear, *, in_reach: bool = True) -> Iterator[Listener]:
    link = Link(ServerAddress(server.url), "till-token", SystemClock())
    listener = Listener(link, SystemClock(), lambda: 0.0, on_changed=ear.hear, on_living=ear.hear)
    listener.in_reach(in_reach)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


def wait_for(done: Callable[[], bool]) -> None:
    tries = threading.Event()
    for _ in range(PATIENCE_S * 50):
        if done():
            return
        tries.wait(0.02)
    raise AssertionError("it did not come about")


def test_it_tells_what_the_stream_says_and_when_it_is_over() -> None:
    ear = Ear()
    with serving(sending(HEAD + b":\n\n" + event(7) + event(8))) as server, listening(server, ear):
        ear.wait_for(True, 7, 8, False)
    (asked, *_) = server.requests
    assert (asked.method, asked.path) == ("GET", "/v1/sync/events")
    assert asked.headers["authorization"] == "Bearer till-token"
    assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "reply",
    [
        answering(200, b"<html>Log in here</html>", "text/html"),
        answering(200, {"ver": 7}),
        answering(302, b"", "text/html", Location="http://portal.example/"),
        answering(500, b"event: changed", "text/plain"),
        problem(503, "busy"),
        sending(HEAD),
        sending(b"HTTP/1.1 200"),
        sending(b""),
        sending(HEAD + b"x" * (LINE_BYTES_MAX * 3)),
    ],
    ids=["portal", "json", "redirect", "broken", "busy", "empty", "torn", "dropped", "endless line"],
)
def test_what_is_no_stream_is_tried_again_and_nothing_is_made_of_it(reply: Reply) -> None:
    ear = Ear()
    with serving(reply) as server, listening(server, ear):
        wait_for(lambda: len(server.requests) >= 2)
    assert ear.told == []


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (401, "token_invalid"), (401, "till_revoked")])
def test_a_server_that_declines_is_left_alone(status: int, code: str) -> None:
    ear = Ear()
    with serving(problem(status, code)) as server, listening(server, ear) as listener:
        wait_for(lambda: len(server.requests) == 1)
        listener.in_reach(False)
        listener.in_reach(True)
    assert len(server.requests) == 1
    assert again_ms(Declined(status, code), 1, 0.0) == DECLINED_MS


CUT = Unreachable(UnreachableReason.NETWORK)


@pytest.mark.parametrize(
    ("failure", "failures", "jitter", "rest_ms"),
    [
        (CUT, 1, 0.0, 250),
        (CUT, 1, 1.0, 1_000),
        (CUT, 4, 0.5, 4_000),
        (CUT, 100_000, 1.0, 60_000),
        (NotOurs(NotOursReason.NOT_JSON, 200), 3, 1.0, 4_000),
        (Busy(503, 7_000), 1, 1.0, 7_000),
        (Busy(429), 2, 1.0, 2_000),
        (None, 1, 0.0, DECLINED_MS),
    ],
)
def test_how_long_it_rests(failure: Failure | None, failures: int, jitter: float, rest_ms: int) -> None:
    assert again_ms(failure, failures, jitter) == rest_ms


@pytest.mark.parametrize("said", [event(7), event(7) + b"event: chan"], ids=["silent", "in mid-line"])
def test_a_stream_that_falls_silent_is_given_up_and_opened_again(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "SILENCE_MOST_S", 0.4)
    ear, closing = Ear(), threading.Event()
    with serving(holding(closing, said)) as server, listening(server, ear):
        ear.wait_for(True, 7, False, True, 7)
        closing.set()


def test_a_stream_lives_as_long_as_it_speaks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far longer than the silence that it may keep."""
    monkeypatch.setattr(listener_module, "SILENCE_MOST_S", 0.5)
    closing = threading.Event()

    def speak(_: Request, out: BufferedIOBase) -> None:
        out.write(HEAD)
        for ver in range(20):
            out.write(event(ver))
            out.flush()
            closing.wait(0.1)

    ear = Ear()
    with serving(speak) as server, listening(server, ear):
        ear.wait_for(True, *range(20), False)
        closing.set()


def test_a_proxy_that_lets_bytes_through_and_no_line_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps the connection busy, so that only the lines tell."""
    monkeypatch.setattr(listener_module, "SILENCE_MOST_S", 0.4)
    closing = threading.Event()

    def drip(_: Request, out: BufferedIOBase) -> None:
        out.write(HEAD)
        while not closing.wait(0.05):
            out.write(b":")
            out.flush()

    ear = Ear()
    with serving(drip) as server, listening(server, ear):
        wait_for(lambda: len(server.requests) >= 2)
        closing.set()
    assert ear.told == []


def test_nobody_is_called_while_the_server_is_out_of_reach() -> None:
    ear = Ear()
    with serving(sending(HEAD + event(7))) as server, listening(server, ear, in_reach=False) as listener:
        assert not threading.Event().wait(0.3)
        assert server.requests == []
        listener.in_reach(True)
        ear.wait_for(True, 7, False)
        listener.in_reach(False)


def test_it_ends_at_once_in_the_middle_of_a_stream_or_before_an_answer() -> None:
    """Neither the stream's silence nor the server's is sat out: the guard over leaked threads waits less than those."""
    for make in (lambda closing: holding(closing, event(7)), silent):
        closing = threading.Event()
        clock = SystemClock()
        with serving(make(closing)) as server:
            with listening(server, Ear()):
                wait_for(lambda asked=server.requests: bool(asked))  # type: ignore[misc]  # bound to this turn's list
                began_ms = clock.uptime_ms()
            took_ms = clock.uptime_ms() - began_ms
            closing.set()
        assert took_ms < 5_000


def test_a_line_beside_another_speaks_with_the_token_that_the_other_has_now() -> None:
    with serving(sending(HEAD + event(7))) as server:
        link = Link(ServerAddress(server.url), "first-token", SystemClock())
        beside = link.beside()
        for token in ("second-token", "third-token"):
            link.use_token(token)
            beside.follow("/v1/sync/events", lambda _: None, silence_s=PATIENCE_S)
        beside.close()
    assert [asked.headers["authorization"] for asked in server.requests] == [
        "Bearer second-token",
        "Bearer third-token",
    ]


@pytest.mark.logs
def test_a_bug_is_loud_and_ends_nothing(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "DECLINED_MS", 10)
    ear = Ear()
    broken = [ZeroDivisionError("a bug")]

    def hear(ver: int) -> None:
        if broken:
            raise broken.pop()
        ear.hear(ver)

    with serving(sending(HEAD + event(7))) as server:
        link = Link(ServerAddress(server.url), "till-token", SystemClock())
        listener = Listener(link, SystemClock(), lambda: 0.0, on_changed=hear, on_living=ear.hear)
        listener.in_reach(True)
        listener.start()
        ear.wait_for(True, False, True, 7, False)
        listener.stop()
    assert "ZeroDivisionError" in caplog.text
    assert "till-token" not in caplog.text
