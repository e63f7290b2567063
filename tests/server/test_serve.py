"""The server as a process: with its embedded database, from its first start to its stop."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.serve import _listening
from server.settings import Settings
from server.store.embedded import EmbeddedPostgres
from server.trouble import AddressTrouble

PATIENCE_S = 60


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory, short and open enough for PostgreSQL's own account."""
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-serve-"))
    folder.chmod(0o755)
    yield folder
    EmbeddedPostgres(folder).erase()
    shutil.rmtree(folder)


def environment(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLSTAMP_")}
    return kept | {"TILLSTAMP_DATA_DIR": str(data_dir)}


def run(data_dir: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server", *words]
    return subprocess.run(command, env=environment(data_dir), capture_output=True, text=True, check=False)


class Serving:
    """A `serve` process that says it is ready."""

    def __init__(self, data_dir: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--port", "0", *words],
            env=environment(data_dir),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("Tillstamp serves at http://127.0.0.1:"):
            _, said = self.process.communicate()
            raise AssertionError(f"serve did not start: {line}{said}")
        self.address = line.split()[-1]

    def status(self, path: str) -> int:
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE_S) as answer:  # noqa: S310 - our own process
            return int(answer.status)

    def end(self, order: signal.Signals) -> tuple[int, str]:
        """Sends a signal; returns the exit code and what was logged."""
        self.process.send_signal(order)
        _, logged = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, logged


def postmaster_of(data_dir: Path) -> int | None:
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    return int(pid_file.read_text().split()[0]) if pid_file.exists() else None


def test_serve_starts_on_nothing_and_stops_its_database_with_it(data_dir: Path) -> None:
    serving = Serving(data_dir)
    assert serving.status("/healthz") == 200
    assert serving.status("/readyz") == 200
    assert postmaster_of(data_dir) is not None
    # A command beside it, on the same data directory, stops nothing.
    assert run(data_dir, "tills", "list").stdout.startswith("There is no till yet")
    assert serving.status("/readyz") == 200
    assert serving.end(signal.SIGTERM) == (0, "")
    assert postmaster_of(data_dir) is None


def test_a_supervisor_hears_when_it_answers_and_when_it_stops(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(PATIENCE_S)
        serving = Serving(data_dir)
        assert line.recv(100) == b"READY=1"
        assert serving.status("/readyz") == 200
        assert serving.end(signal.SIGTERM) == (0, "")
        assert line.recv(100) == b"STOPPING=1"


def test_taken_port_is_told_before_anything_is_started(data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = run(data_dir, "serve", "--port", str(port))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"Cannot listen on 127.0.0.1 port {port}: Address already in use.")
    assert "Traceback" not in ran.stderr
    assert not (data_dir / "postgres").exists()


@pytest.mark.parametrize("host", ["x" * 300, "x" * 64 + ".é"])
def test_host_that_is_no_name_is_told(host: str) -> None:
    with pytest.raises(AddressTrouble, match="There is no address"), _listening(Settings(host=host, port=0)):
        pass


def test_host_that_is_none_is_told(data_dir: Path) -> None:
    ran = run(data_dir, "serve", "--host", "no.such.host.invalid")
    assert ran.returncode == 1
    assert ran.stderr == 'There is no address "no.such.host.invalid" to listen at. Check TILLSTAMP_HOST.\n'


def test_database_that_is_killed_is_up_again_while_it_serves(data_dir: Path) -> None:
    serving = Serving(data_dir)
    postmaster = postmaster_of(data_dir)
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    # The log line is written once the database answers again, so there is nothing to wait for but the line.
    assert serving.process.stderr is not None
    assert any("the database had died and was restarted" in line for line in serving.process.stderr)
    assert serving.status("/readyz") == 200
    assert postmaster_of(data_dir) not in (None, postmaster)
    # A closed terminal stops it like everything else.
    assert serving.end(signal.SIGHUP)[0] == 0
    assert postmaster_of(data_dir) is None


def test_server_that_is_killed_is_followed_by_one_that_works(data_dir: Path) -> None:
    killed = Serving(data_dir)
    killed.end(signal.SIGKILL)
    serving = Serving(data_dir)
    assert serving.status("/readyz") == 200
    assert serving.end(signal.SIGINT) == (0, "")
    assert postmaster_of(data_dir) is None


def test_answers_do_not_wait_for_acknowledgements() -> None:
    """asyncio turns Nagle's algorithm off only for sockets that say they are TCP; a client would wait 40 ms else."""
    with _listening(Settings(port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
