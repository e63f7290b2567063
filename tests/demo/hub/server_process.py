"""The demo's server: the real one, as a process of its own, and its commands beside it."""

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from tests.demo.places import Places

_READY: Final = "Tillstamp serves at "
_READY_S: Final = 90
_STOP_S: Final = 60
_COMMAND_S: Final = 120


class ServerTrouble(Exception):
    """The server did not start, or a command of it failed. Says what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `url`."""

    url: str
    places: Places

    def ask(self, *command: str) -> dict[str, Any]:
        """What a command answers with `--json`. Raises ServerTrouble when it fails."""
        done = _command(self.places, *command, "--json")
        if done.returncode:
            raise ServerTrouble(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def audit(self) -> tuple[bool, str]:
        """Whether everything holds, and the words of `audit`."""
        done = _command(self.places, "audit")
        return done.returncode == 0, (done.stdout or done.stderr).strip()


@contextmanager
def running_server(places: Places) -> Iterator[Server]:
    """`serve` on a free port of loopback, over the demo's data, for the time of the block. Raises ServerTrouble."""
    with places.server_log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.demo.hub.tied", str(os.getpid()), "server", "serve", "--port", "0"],
            env=environment(places),
            cwd=_root(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            # Ctrl-C is for us: we stop it, after those that still talk to it.
            start_new_session=True,
        )
        try:
            yield Server(_address(process, places), places)
        finally:
            _stop(process)


def environment(places: Places) -> dict[str, str]:
    """This process's environment, with the demo's own settings and nobody else's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLSTAMP_")}
    return kept | {"TILLSTAMP_DATA_DIR": str(places.server)}


def _command(places: Places, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server", *command],
        env=environment(places),
        cwd=_root(),
        capture_output=True,
        text=True,
        timeout=_COMMAND_S,
        check=False,
    )


def _address(process: subprocess.Popen[bytes], places: Places) -> str:
    if process.stdout is None:
        raise ValueError("the server's output is not ours to read")
    line = _first_line(process.stdout)
    if not line.startswith(_READY):
        raise ServerTrouble(f"The server did not start. It said:\n{_tail(places.server_log)}")
    return line.removeprefix(_READY).strip()


def _first_line(output: IO[bytes]) -> str:
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        return output.readline().decode() if selector.select(_READY_S) else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])


def _root() -> Path:
    return Path(__file__).parents[3]
