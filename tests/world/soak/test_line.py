"""A line does with a connection what its weather says: otherwise a soak would prove little."""

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest

from tests.world.soak.line import Line, Weather

BODY: Final = b"a stamp " * 100


class Served(ThreadingHTTPServer):
    """A server that says the same to everybody. `asked` counts."""

    asked = 0

    def handle_error(self, *_: Any) -> None:
        """A line that breaks is what these tests are about."""


class Answers(BaseHTTPRequestHandler):
    server: Served
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *_: Any) -> None:
        """Nobody wants to read it."""


@pytest.fixture
def served() -> Iterator[Served]:
    with Served(("127.0.0.1", 0), Answers) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.05,))
        thread.start()
        yield served
        served.shutdown()
        thread.join()


@contextmanager
def line_to(served: Served, weather: Weather) -> Iterator[Line]:
    with Line(random.Random(2)) as line:
        line.lead_to(f"http://127.0.0.1:{served.server_address[1]}")
        line.turn(weather)
        yield line


def ask(line: Line, patience_s: float = 20.0) -> tuple[str | None, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", line.port, timeout=patience_s)
    try:
        connection.request("POST", "/", body=b"x" * 3_000)
        answer = connection.getresponse()
        return answer.getheader("Content-Type"), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("weather", [Weather.CLEAR, Weather.LATENCY, Weather.SLICE, Weather.DRIP])
def test_bad_weather_that_passes_everything(served: Served, weather: Weather) -> None:
    with line_to(served, weather) as line:
        assert ask(line) == (None, BODY)
        assert line.met[weather] == (0 if weather is Weather.CLEAR else 1)


@pytest.mark.parametrize("weather", [Weather.RESET, Weather.TRUNCATED, Weather.ANSWER_LOST])
def test_weather_in_which_no_whole_answer_comes(served: Served, weather: Weather) -> None:
    with line_to(served, weather) as line:
        with pytest.raises((OSError, http.client.HTTPException)):
            ask(line)
        assert line.met[weather] == 1
    assert served.asked == (0 if weather is Weather.RESET else 1)


def test_an_answer_of_somebody_else(served: Served) -> None:
    with line_to(served, Weather.HTML) as line:
        media_type, body = ask(line)
    assert media_type == "text/html; charset=utf-8"
    assert body.startswith(b"<!DOCTYPE html>")
    assert served.asked == 0


def test_a_black_hole(served: Served) -> None:
    with line_to(served, Weather.BLACK_HOLE) as line:
        with pytest.raises(TimeoutError):
            ask(line, patience_s=0.3)
        line.turn(Weather.CLEAR)
        assert ask(line) == (None, BODY)
    assert served.asked == 1


def test_a_cut_line(served: Served) -> None:
    with line_to(served, Weather.CUT) as line, pytest.raises(ConnectionRefusedError):
        ask(line)
