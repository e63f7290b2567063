"""`tillstamp-server serve` as a process over a given database, for tests that look at it from outside."""

import os
import queue
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Final

from server.store.embedded.processes import command_line

PATIENCE_S: Final = 60


class ServedHub:
    """A `serve` that has said that it is ready. `settings` are those of its environment, without the prefix.

    Attributes:
        process: its error output, the log, is read all the while: a full pipe would hold it up.
        address: where it answers.
    """

    def __init__(self, database_url: str, data_dir: Path, *words: str, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLSTAMP_")}
        given = {"data_dir": str(data_dir), "database_url": database_url} | settings
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--port", "0", *words],
            env=kept | {f"TILLSTAMP_{name.upper()}": value for name, value in given.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="log of a server")
        self._reader.start()
        line = self.process.stdout.readline()
        if not line.startswith("Tillstamp serves at "):
            raise AssertionError(f"serve did not start: {line}{self.stop()[1]}")
        self.address = line.split()[-1]

    def workers(self) -> list[int]:
        """The process ids of its workers; none where it serves by itself."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children if any("spawn_main" in word for word in command_line(int(child)))]

    def answer(self, path: str) -> str:
        """The body of an answer. Raises URLError for what is none, or a problem."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE_S) as answer:  # noqa: S310 - our own process
            return str(answer.read().decode())

    def figure(self, name: str) -> float:
        """One figure of /metrics, with its labels as they are written there."""
        lines = self.answer("/metrics").splitlines()
        return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")))

    def stop(self) -> tuple[int, str]:
        """Ends it as an operator does; its exit code, and what is left to read of its log."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()
        left = []
        while not self._lines.empty():
            left.append(self._lines.get())
        return code, "".join(left)

    def next_line(self) -> str:
        """The next line of the log, as soon as it is written. Raises queue.Empty when none is."""
        return self._lines.get(timeout=PATIENCE_S)

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as log:
            for line in log:
                self._lines.put(line)
