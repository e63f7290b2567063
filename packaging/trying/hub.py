"""A server of the working copy, outside the bare system, with a small shop."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from trying.held import DidNotHold
from trying.processes import started

ROOT: Final = Path(__file__).resolve().parents[2]
SHOP: Final = """
[merchant]
slug = "roast"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
pin_policy = "off"
[[stores]]
slug = "gare"
name = "Gare"
[[staff]]
name = "Ana"
pin = "4821"
role = "manager"
"""
_PATIENCE_S: Final = 60


def python() -> str:
    """The Python that has the libraries of the working copy."""
    found = ROOT / ".venv" / "bin" / "python"
    if not found.exists():
        raise DidNotHold("there is no .venv: call ./run once")
    return str(found)


@dataclass(frozen=True, slots=True)
class Hub:
    """A server with its data, whether it runs or not."""

    data: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> list[str]:
        return [python(), "-m", "server", *words]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "TILLSTAMP_DATA_DIR": str(self.data), "TILLSTAMP_PORT": str(self.port)}

    def said(self, *words: str) -> Any:
        """What a command answers with --json. Raises DidNotHold."""
        command = self.command(*words, "--json")
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise DidNotHold(f"tillstamp-server {words[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return json.loads(done.stdout)

    def open_shop(self, file: Path) -> None:
        """A merchant with one store, where nobody is asked for a PIN."""
        file.write_text(SHOP)
        self.said("apply", str(file))

    def code(self, till: str) -> str:
        """An enrolment code."""
        code: str = self.said("enrol-code", "--merchant", "roast", "--store", "gare", "--till", till)["code"]
        return code

    @contextmanager
    def serving(self, log: Path) -> Iterator[None]:
        """It answers, until the end of the `with`."""
        environment = {**self.environment(), "PYTHONPATH": str(ROOT)}
        with started(self.command("serve"), log, environment, signal.SIGINT) as process:
            ends_at = time.monotonic() + _PATIENCE_S
            while not self._is_ready():
                if process.poll() is not None or time.monotonic() > ends_at:
                    raise DidNotHold(f"the server does not come up: {log.read_text()[-500:]}")
                time.sleep(0.1)
            yield

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
