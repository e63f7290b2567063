"""A server in a process of its own, as a shop has it: measured through its socket, ended by its id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

HOST = "127.0.0.1"
_START_PATIENCE_S = 30
_STOP_PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A server that answers on `port` of loopback."""

    port: int
    pid: int

    def connect(self) -> HTTPConnection:
        return HTTPConnection(HOST, self.port, timeout=60)


@contextmanager
def serving(words: list[str], environment: Mapping[str, str], *, log: Path, port: int) -> Iterator[ServerProcess]:
    """Runs `python words…` until the block ends. Raises RuntimeError, with what it said, when it does not start."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, *words], env=os.environ | environment, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield ServerProcess(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_PATIENCE_S
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}") from None
            time.sleep(0.05)
        else:
            return
