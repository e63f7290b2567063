"""A stream of events, read by hand through a socket: what a till would hear."""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from common.wire.events import CHANGED, EVENTS_PATH, Changed

PATIENCE_S = 20.0
"""Far more than anything takes; only a failing test waits that long."""


class EventStream:
    """An answer that does not end. Waiting too long for anything fails, though comments come all the while."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer = answer
        self._ends = time.monotonic() + PATIENCE_S
        self.comments = 0

    def next(self) -> int | None:
        """The version of the next event, past the comments before it; None at the stream's end."""
        said: dict[str, str] = {}
        while line := self._line():
            if line.startswith(":"):
                self.comments += 1
            elif line == "\n":
                if said:
                    assert said["event"] == CHANGED
                    return Changed.model_validate_json(said["data"]).ver
            else:
                name, _, value = line.strip().partition(": ")
                said[name] = value
        return None

    def until(self, ver: int) -> int:
        """How many events were read until one told at least that version. Fails when the stream ends before."""
        count = 1
        while (told := self.next()) != ver:
            assert told is not None, "the stream ended"
            assert told < ver
            count += 1
        return count

    def next_comment(self) -> None:
        before = self.comments
        while self.comments == before:
            line = self._line()
            assert line, "the stream ended"
            self.comments += line.startswith(":")

    def ends(self) -> bool:
        """Reads what is left of a stream that is to end; whether it ended as it should."""
        while self.next() is not None:
            pass
        return True

    def _line(self) -> str:
        assert time.monotonic() < self._ends, "what was waited for never came"
        return self.answer.readline().decode()


@contextmanager
def listening(url: str, token: str, *, patience_s: float = PATIENCE_S) -> Iterator[EventStream]:
    """Ask the server at `url` for its events, as the till of `token`."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=patience_s)
    try:
        connection.request("GET", EVENTS_PATH, headers={"Authorization": f"Bearer {token}"})
        yield EventStream(connection.getresponse())
    finally:
        connection.close()
