"""Whatever a server answers, a till's book stays whole: an answer is recorded all of it, or none of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from hypothesis import example, given

from common.clock import SystemClock
from common.ids import OperationKey
from common.wire.pull import PullResponse
from common.wire.push import PushResponse
from desktop.store.book import Book
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import Failure, NoProgress
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Pulled, Pushed
from desktop.trouble import KnownTrouble
from server.api.described import inlined
from tests.fuzz.cases import DECODER_CASES, fuzz
from tests.fuzz.drawn import broken, conforming
from tests.helpers.books import TestTill, copy_book

PUSHED: Final = conforming(inlined(PushResponse))
PULLED: Final = conforming(inlined(PullResponse))
SENT: Final = 3

# More than a column of SQLite holds.
_HUGE: Final = 2**70
_SAID: Final = {"incarnation": "one", "server_time": "2026-11-22T10:00:00Z"}
TOO_MUCH: Final[dict[str, Any]] = {
    "push": _SAID | {"epoch": 1, "have_seq": 1, "verdicts": [{"seq": 1, "outcome": "accepted", "ver": _HUGE}]},
    "pull": _SAID
    | {"ver": 7, "cursor": "c", "more": False, "reset": False}
    | {
        "changes": {
            "merchant": [
                {"id": str(UUID(int=1)), "name": "Roast", "offline_days_max": _HUGE, "ver": 7}
                | {"pin_attempts_max": 5, "pin_lock_minutes": 30}
            ]
        }
    },
}

_CARD: Final = {"id": str(UUID(int=3)), "number": "1", "token": "t", "store_id": str(UUID(int=2)), "ver": 0} | {
    "stamp_count": 0,
    "lifetime_stamps": 0,
    "redemptions": 0,
}
# The till writes a line of either.
NOTED: Final[dict[str, Any]] = {
    "push": _SAID
    | {"epoch": 1, "have_seq": 1, "verdicts": [{"seq": 1, "outcome": "accepted", "ver": 7}]}
    | {"missing": [{"epoch": 1, "operation": {}, "verdict": {"key": None, "seq": 1, "outcome": "accepted", "ver": 7}}]},
    "pull": _SAID
    | {"ver": 7, "cursor": "c", "more": False, "reset": False, "changes": {}}
    | {"bucket": {"bucket": 0, "history_since": "2026-11-22T10:00:00Z", "cards": [_CARD]}},
}


@contextmanager
def answered(till: TestTill, said: Any, keys: list[OperationKey]) -> Iterator[Exchange]:
    """The till's exchange with a server that says this, of the operations that were sent where that can be."""

    def reply(request: httpx.Request) -> httpx.Response:
        answer = said
        if isinstance(said, dict) and request.method == "POST":
            verdicts = said.get("verdicts")
            answer = said | {"nonce": json.loads(request.content)["nonce"]}
            if isinstance(verdicts, list):
                answer["verdicts"] = [
                    verdict | {"key": str(key)} if isinstance(verdict, dict) else verdict
                    for verdict, key in zip(verdicts, keys, strict=False)
                ]
        return httpx.Response(200, content=json.dumps(answer).encode(), headers={"Content-Type": "application/json"})

    link = Link(ServerAddress("http://127.0.0.1:1"), "till-token", till.clock, httpx.MockTransport(reply))
    exchange = Exchange(till.book, link, till.clock)
    try:
        yield exchange
    finally:
        exchange.close()


def content_of(book: Book) -> list[str]:
    """All that a book holds but what every contact leaves: when it was, and why it failed."""
    with book.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if name not in ("book", "contact") and "search" not in name
        ]
        return [str(row) for table in tables for row in connection.execute(f"SELECT '{table}', * FROM {table}")]


@pytest.fixture
def enrolled(tmp_path: Path) -> tuple[Path, list[OperationKey]]:
    """A book with a queue, to be copied for each case."""
    folder = tmp_path / "enrolled"
    folder.mkdir()
    with Book.open(folder / "till.db") as book:
        till = TestTill(book, SystemClock())
        till.enrol()
        keys = till.stamp(SENT)
    return folder / "till.db", keys


@pytest.mark.logs
@pytest.mark.parametrize("verb", ["push", "pull"])
def test_an_answer_is_recorded_whole_or_not_at_all(
    enrolled: tuple[Path, list[OperationKey]], tmp_path: Path, verb: str
) -> None:
    template, keys = enrolled
    taken: set[bool] = set()

    @fuzz(DECODER_CASES)
    @given(broken(PUSHED if verb == "push" else PULLED))
    @example(TOO_MUCH[verb])
    @example(NOTED[verb])
    def take(said: Any) -> None:
        path = copy_book(template, tmp_path)
        with Book.open(path) as book:
            till = TestTill(book, SystemClock())
            before = content_of(book)
            with answered(till, said, keys) as exchange:
                try:
                    outcome: Pushed | Pulled | Failure | None = getattr(exchange, verb)(500)
                except KnownTrouble:
                    outcome = None
            after = content_of(book)
            # What is no progress was taken in all the same.
            done = isinstance(outcome, Pushed | Pulled | NoProgress)
            assert done or after == before, "of an answer that was not taken nothing is recorded"
            assert {till.state(key) for key in keys}, "no operation is lost, whatever was said of it"
            numbers = [seq for seq, _ in till.waiting()]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
            taken.add(done)
        for leftover in path.parent.glob("till.db*"):
            leftover.unlink()

    take()
    assert taken == {True, False}, "some are taken, and some are not"
