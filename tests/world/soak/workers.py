"""The server as operators of many tills run it: uvicorn with two workers, on PostgreSQL at an address."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from server.store.embedded.processes import command_line
from tests.world.processes.commands import PATIENCE_S, ROOT

WORKERS: Final = 2
_LOOK_AGAIN_S: Final = 0.05
_GRACE_S: Final = 2
"""A stream of events lasts until its worker ends, so this is how long each stop takes."""


class Workers:
    """Two worker processes behind one port, for the time of a block. Uvicorn replaces a worker that died.

    Attributes:
        url: where they answer.
    """

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        self.url = f"http://127.0.0.1:{_free_port()}"
        words = ["--factory", "tests.world.soak.served:make_app", "--workers", str(WORKERS)]
        words += ["--port", self.url.rpartition(":")[2], "--timeout-graceful-shutdown", str(_GRACE_S)]
        words += ["--no-access-log", "--no-proxy-headers", "--log-level", "warning"]
        with log.open("ab") as complaints:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.demo.hub.tied", str(os.getpid()), "uvicorn", *words],
                cwd=ROOT,
                env=dict(settings),
                stdin=subprocess.DEVNULL,
                stdout=complaints,
                stderr=complaints,
                start_new_session=True,
            )

    def ids(self) -> list[int]:
        """The workers that run."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(child) for child in children if any("spawn_main" in word for word in command_line(int(child)))]

    def kill_one(self, chance: random.Random) -> bool:
        """`kill -9` of one of them; False when none runs."""
        running = self.ids()
        if running:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(running), signal.SIGKILL)
        return bool(running)

    def wait_until_ready(self) -> None:
        """Returns when both are there, and one answers. Fails when that does not come about."""
        for _ in range(int(PATIENCE_S / _LOOK_AGAIN_S)):
            with suppress(OSError):
                if len(self.ids()) == WORKERS and self._answers():
                    return
            threading.Event().wait(_LOOK_AGAIN_S)
        raise AssertionError("the workers do not answer")

    def _answers(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/readyz", timeout=PATIENCE_S) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
