"""The same app behind the real server, over a socket: what only a connection shows."""

import http.client
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from server.api import deps, health
from tests.helpers.shop import WireTill

PATIENCE_S = 20


@pytest.fixture
def port(app: FastAPI) -> Iterator[int]:
    """The port of a running server on the loopback."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        yield connection


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection, till: WireTill) -> None:
    headers = {"Authorization": f"Bearer {till.token}", "Content-Type": "text/plain"}
    for _ in range(3):
        connection.request("POST", "/v1/sync/push", json.dumps(till.request([till.enrol_card()])), headers)
        with connection.getresponse() as response:
            assert response.status == 200
            assert json.load(response)["have_seq"] == till.seq
    connection.request("GET", "/v1/sync/pull", headers=headers)
    with connection.getresponse() as response:
        assert len(json.load(response)["changes"]["cards"]) == 3


def test_a_body_that_is_too_large_is_answered_before_it_has_all_arrived(
    connection: http.client.HTTPConnection, till: WireTill
) -> None:
    """Two mebibytes are announced and half of it, and a little, is sent."""
    connection.putrequest("POST", "/v1/sync/push")
    connection.putheader("Authorization", f"Bearer {till.token}")
    connection.putheader("Content-Length", str(2 * 1024 * 1024))
    connection.endheaders(b"x" * (1024 * 1024 + 1))
    with connection.getresponse() as response:
        assert response.status == 413
        assert json.load(response)["code"] == "too_large"


def test_a_till_that_hangs_up_in_mid_request_is_no_trouble_of_the_servers(
    connection: http.client.HTTPConnection, till: WireTill, port: int
) -> None:
    connection.putrequest("POST", "/v1/sync/push")
    connection.putheader("Authorization", f"Bearer {till.token}")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"x")
    connection.close()
    counted = 'tillstamp_requests_total{route="/v1/sync/push",status="499"} 1.0'
    for _ in range(PATIENCE_S * 100):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as asking:
            asking.request("GET", "/metrics")
            if counted in asking.getresponse().read().decode():
                return
    raise AssertionError("it was not counted as one that hung up")


def test_a_body_in_chunks_is_counted_as_it_comes(connection: http.client.HTTPConnection, till: WireTill) -> None:
    connection.putrequest("POST", "/v1/sync/push")
    connection.putheader("Authorization", f"Bearer {till.token}")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders((b"x" * 65_536 for _ in range(17)), encode_chunked=True)
    with connection.getresponse() as response:
        assert (response.status, json.load(response)["code"]) == (413, "too_large")


def test_a_length_that_says_too_little_ends_the_body_there(
    connection: http.client.HTTPConnection, till: WireTill
) -> None:
    """What follows is another request, and a bad one; the first is answered for what it was."""
    body = json.dumps(till.request([till.enrol_card()])).encode()
    for announced, status in ((len(body), 200), (len(body) - 10, 400)):
        connection.putrequest("POST", "/v1/sync/push")
        connection.putheader("Authorization", f"Bearer {till.token}")
        connection.putheader("Content-Length", str(announced))
        connection.endheaders(body)
        with connection.getresponse() as response:
            assert response.status == status
            response.read()


def test_a_body_that_does_not_come_is_not_waited_for(
    connection: http.client.HTTPConnection, till: WireTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deps, "BODY_S", 0.05)
    connection.putrequest("POST", "/v1/sync/push")
    connection.putheader("Authorization", f"Bearer {till.token}")
    connection.putheader("Content-Length", "100")
    connection.endheaders(b'{"protocol": 1')
    with connection.getresponse() as response:
        assert (response.status, json.load(response)["code"]) == (408, "too_slow")


def test_an_answer_to_head_has_no_body(connection: http.client.HTTPConnection) -> None:
    connection.request("HEAD", "/healthz")
    with connection.getresponse() as response:
        assert (response.status, response.read()) == (405, b"")


class Errors(logging.Handler):
    """Keeps what the server logs as an error, by whichever thread, and lets a test wait for it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        self.came = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        self.came.set()


@pytest.fixture
def errors() -> Iterator[Errors]:
    errors = Errors()
    logging.getLogger("server").addHandler(errors)
    yield errors
    logging.getLogger("server").removeHandler(errors)


@pytest.mark.logs
def test_a_failure_is_logged_with_its_traceback(
    connection: http.client.HTTPConnection, monkeypatch: pytest.MonkeyPatch, errors: Errors
) -> None:
    def fail(_engine: Engine) -> bool:
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(health, "is_current", fail)
    connection.request("GET", "/readyz")
    with connection.getresponse() as response:
        assert response.status == 500
        assert b"nobody" not in response.read()
    # The answer leaves before the line is written.
    assert errors.came.wait(PATIENCE_S)
    [line] = errors.lines
    assert "nobody expected this" in line
    assert "Traceback" in line
