"""What the till reads: a scan, and whatever answers in the server's place. Each becomes a value, never a crash."""

import tracemalloc
from datetime import UTC, datetime
from typing import Final

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.card_code import NotACard, ScannedNumber, ScannedToken, is_token, read_scan
from common.wire.base import INTEGER_MAX, Message
from common.wire.enrol import EnrolResponse, TokenResponse
from common.wire.events import Changed
from common.wire.pull import PullResponse
from common.wire.push import PushResponse
from desktop.sync.line import link
from desktop.sync.line.answers import read_answer
from desktop.sync.line.events import EventReader
from desktop.sync.line.failures import Busy, Declined, NotOurs, TooLarge
from desktop.sync.line.link import RETRY_AFTER_MAX_S, Answer
from server.api.described import inlined
from tests.fuzz.cases import DECODER_CASES, fuzz
from tests.fuzz.drawn import broken, conforming, written

ANSWERED_AT: Final = datetime(2026, 11, 22, tzinfo=UTC)
MESSAGES: Final = (PushResponse, PullResponse, EnrolResponse, TokenResponse)


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, body, 1_000, ANSWERED_AT)


@pytest.mark.parametrize("shape", MESSAGES)
def test_an_answer(shape: type[Message]) -> None:
    seen: set[type] = set()

    @fuzz(DECODER_CASES)
    @given(written(broken(conforming(inlined(shape)))))
    @example(b"[" * 100_000)
    def read(body: bytes) -> None:
        message = read_answer(answer(body), shape)
        assert isinstance(message, shape | NotOurs)
        seen.add(type(message))

    read()
    assert seen == {shape, NotOurs}, "some are whole and some are broken"


STATUSES: Final = st.sampled_from([200, 201, 204, 301, 400, 401, 408, 413, 415, 426, 429, 500, 502, 503]) | st.integers(
    200, 599
)
HEADERS: Final = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": st.sampled_from(["application/json", "application/problem+json", "text/html", "", "/;+json"]),
        "Retry-After": st.integers(-5, 10**30).map(str)
        | st.sampled_from(["", "soon", "1e9", "9" * 5_000, "+1", " 7 "]),
        "Location": st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    },
)
PROBLEMS: Final = st.fixed_dictionaries({"code": st.text(max_size=20), "detail": st.none() | st.text(max_size=20)})


@fuzz(DECODER_CASES)
@given(STATUSES, HEADERS, written(broken(PROBLEMS)))
@example(429, {"Retry-After": "9" * 5_000}, b"")
@example(400, {"Content-Type": "application/json"}, b"[" * 100_000)
@example(503, {"Content-Type": "application/json"}, b'{"code": ' + b"9" * 5_000 + b"}")
def test_an_answer_of_any_status(status: int, headers: dict[str, str], body: bytes) -> None:
    judged = link._judge(httpx.Response(status, headers=headers), answer(body, status))
    assert isinstance(judged, Answer | Busy | Declined | NotOurs | TooLarge)
    if isinstance(judged, Busy) and judged.retry_after_ms is not None:
        assert 0 <= judged.retry_after_ms <= RETRY_AFTER_MAX_S * 1_000


EVENTS: Final = st.lists(
    st.sampled_from(["", "", ":", "event: changed", "event:changed", "event", "data: 7", "id: 1", "retry: 5"])
    | st.integers(-(2**70), 2**70).map(lambda ver: f'data: {{"ver": {ver}}}')
    | written(broken(conforming(inlined(Changed)))).map(lambda body: f"data: {body.decode(errors='replace')}")
    | st.text(max_size=40),
    max_size=12,
)


@fuzz(DECODER_CASES)
@given(EVENTS, st.integers(0, INTEGER_MAX))
@example(["event: changed", "data: " + "[" * 100_000, ""], 1)
@example(["event: changed", 'data: {"ver": ' + "9" * 10_000 + "}", ""], 1)
def test_a_stream_of_events(lines: list[str], ver: int) -> None:
    reader = EventReader()
    for line in lines:
        told = reader.read(line)
        assert told is None or 0 <= told <= INTEGER_MAX
    # What came before, whatever it was, ends with a blank line; what comes then is heard.
    reader.read("")
    assert [reader.read(line) for line in ("event: changed", f'data: {{"ver": {ver}}}', "")] == [None, None, ver]


def test_an_event_that_never_ends_is_not_kept() -> None:
    reader = EventReader()
    tracemalloc.start()
    try:
        for _ in range(1_000):
            reader.read(f"data: {'x' * 10_000}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 100_000


@fuzz(DECODER_CASES)
@given(
    st.text(max_size=60)
    | st.from_regex(r"[Tt][Ss]1-[0-9A-Za-z]{20,28}")
    | st.text(st.sampled_from("0123456789- ٣²"), max_size=20)
)
@example("9" * 1_000_000)
def test_a_scan(text: str) -> None:
    match read_scan(text):
        case ScannedToken(token):
            assert is_token(token)
        case ScannedNumber(number):
            assert len(number) == 12
            assert number.isascii()
            assert number.isdecimal()
        case other:
            assert isinstance(other, NotACard)
