"""What a supervisor hears, over a real socket of the kind that systemd listens at."""

import socket
from pathlib import Path

import pytest

from server.operate.supervisor import VARIABLE, tell_supervisor


def listening(name: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(name)
    line.settimeout(30)
    return line


@pytest.mark.parametrize("abstract", [False, True])
def test_it_hears_the_state(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"@{tmp_path}" if abstract else str(tmp_path / "notify")
    monkeypatch.setenv(VARIABLE, name)
    with listening(name.replace("@", "\0")) as line:
        tell_supervisor("READY=1")
        assert line.recv(100) == b"READY=1"


@pytest.mark.parametrize("name", [None, "", "vsock:2:1234"])
def test_without_one_nothing_is_said(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if name is not None:
        monkeypatch.setenv(VARIABLE, name)
    tell_supervisor("READY=1")
