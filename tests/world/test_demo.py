"""`./run` on a machine without a display, as a process: its exit, its report, and that it leaves nothing running."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """For the demo's data and report; the system user that runs PostgreSQL for root may enter it."""
    folder = Path(tempfile.mkdtemp(prefix="tillstamp-demo-"))
    folder.chmod(0o755)
    yield folder
    EmbeddedPostgres(folder / "data" / "server").erase()
    shutil.rmtree(folder)


def start(folder: Path, **environment: str) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.demo", "--data", folder / "data", "--out", folder / "out"],
        cwd=ROOT,
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def running_on(folder: Path) -> list[str]:
    """The command lines, and the environments, of processes that have to do with `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue  # it ended meanwhile
        if os.fsencode(folder) in told:
            found.append(told.replace(b"\0", b" ").decode(errors="replace"))
    return found


def test_without_a_display_everything_comes_out_as_the_law_says_and_a_kill_leaves_nothing_behind(folder: Path) -> None:
    demo = start(folder)
    told, _ = demo.communicate()
    assert demo.returncode == 0, told
    assert "Traceback" not in told
    result = json.loads((folder / "out" / "report.json").read_text())
    assert result["holds"]
    assert [step["title"] for step in result["steps"]][-2:] == ["In German, in dark colours", "The audit"]
    pictures = [step["picture"] for step in result["steps"] if step["picture"]]
    assert sorted(path.name for path in (folder / "out").glob("*.png")) == sorted(pictures)
    assert (folder / "data" / "cards.html").read_text().count("<svg") >= 40
    assert running_on(folder) == []

    # Once more on the data that was kept, where somebody has taken a till's port meanwhile; and killed half way.
    ports = json.loads((folder / "data" / "demo.json").read_text())["ports"]
    with socket.create_server(("127.0.0.1", ports["gare"])):
        demo = start(folder, TILLSTAMP_DEMO_WINDOW="none")
        assert demo.stdout is not None
        lines = []
        for line in demo.stdout:
            lines.append(line)
            if "A stamp" in line:
                demo.send_signal(signal.SIGTERM)
        demo.stdout.close()
        assert demo.wait() == 130, "".join(lines)
    assert not any(line.startswith("Making the demo shop") for line in lines)
    assert json.loads((folder / "data" / "demo.json").read_text())["ports"]["gare"] != ports["gare"]
    assert running_on(folder) == []
