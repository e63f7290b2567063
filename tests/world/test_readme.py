"""The README's first shop, typed as it stands there: each of its five steps works."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shape.source import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = README.partition("## A first shop in five steps")[2].partition("\n## ")[0]
COMMANDS = re.findall(r"^\s+\.venv/bin/python -m (.+)$", STEPS, re.MULTILINE)
SHOP_FILE = re.search(r"```toml\n(.*?)```", STEPS, re.DOTALL)

COMMAND_S = 120
"""A bound on one command, for machines that do much else; none of them takes a tenth of it."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    assert SHOP_FILE is not None
    lines = SHOP_FILE.group(1).splitlines()
    (tmp_path / "shop.toml").write_text("\n".join(line.removeprefix("   ") for line in lines), encoding="utf-8")
    return tmp_path


@pytest.fixture
def environment(place: Path) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "TILLSTAMP_DATA_DIR": str(place / "server"),
        "TILLSTAMP_SECRETS_PLACE": "file",
        "XDG_DATA_HOME": str(place / "home"),
        "QT_QPA_PLATFORM": "offscreen",
    }


def run(command: str, place: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_S,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def address(place: Path, environment: dict[str, str]) -> Iterator[str]:
    """The server of step 3, on a free port."""
    serve = [sys.executable, "-m", "server", "serve", "--port", "0"]
    with subprocess.Popen(serve, cwd=place, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            yield ready.split()[-1]
        finally:
            process.terminate()
            process.wait(timeout=COMMAND_S)


def test_the_five_steps_are_the_ones_tried_here() -> None:
    assert [command.split()[:2] for command in COMMANDS] == [
        ["server", "apply"],
        ["server", "serve"],
        ["server", "enrol-code"],
        ["desktop", "enrol"],
        ["server", "cards"],
        ["desktop"],
    ]


def test_a_first_shop_opens_in_five_steps(place: Path, environment: dict[str, str], address: str) -> None:
    apply, _serve, enrol_code, enrol, cards, _window = COMMANDS
    run(apply, place, environment)
    made = json.loads(run(f"{enrol_code} --json", place, environment))
    said = run(enrol.replace("http://127.0.0.1:8460", address).replace("K7QF-2M9D", made["code"]), place, environment)
    assert "front of Gare, Roast & Co" in said
    run(cards, place, environment)
    assert (place / "cards.html").stat().st_size > 0
    run("desktop sync", place, environment)
    assert "enrolled" in run("desktop status", place, environment)
    listed = json.loads(run("server audit --json", place, environment))
    assert listed
