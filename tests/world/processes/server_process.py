"""The server as a process that a test may kill and start again, at the same address."""

import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.world.processes.commands import PATIENCE_S, Said, begin, end, finish, hear

_READY: Final = "Tillstamp serves at "


class ServerProcess:
    """`python -m server serve`, for the time of a block, and its other commands beside it.

    Attributes:
        settings: the environment of the server and of its commands.
        url: where it answers; the same after each start.
    """

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        self.settings = settings
        self.url = ""
        self._log = log
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns when it answers. Raises AssertionError with its log when it does not start."""
        port = self.url.rpartition(":")[2] or "0"
        self._process = begin("server", ("serve", "--port", port), self.settings, log=self._log)
        line = hear(self._process)
        assert line.startswith(_READY), f"the server did not start: {line}{self._log.read_text()}"
        self.url = line.removeprefix(_READY).strip()

    def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        end(self._process)

    def stop(self) -> None:
        """As Ctrl-C does. Harmless when it has ended."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE_S)
            end(self._process)

    def command(self, *words: object) -> Said:
        """One of the server's other commands, beside it."""
        return finish("server", words, self.settings)

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
