"""The two programs as their users start them: a command line in, and what they print and exit with out."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[3]
PATIENCE_S: Final = 90
"""For any one thing that a process does; it takes a second or two, and is not measured here."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """What it printed with `--json`. Fails when it did not succeed."""
        assert self.status == 0, self
        answer: dict[str, Any] = json.loads(self.out)
        return answer

    def only_says(self, sentence: str, status: int = 1) -> None:
        """Fails unless this ended in known trouble: one sentence for people, and nothing else."""
        assert (self.status, self.out, self.err) == (status, "", f"{sentence}\n")


def environment(**ours: str) -> dict[str, str]:
    """This process's environment, with these Tillstamp settings and no others; never the user's own keyring."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLSTAMP_")}
    return kept | {"TILLSTAMP_SECRETS_PLACE": "file"} | ours


def finish(module: str, words: tuple[object, ...], settings: Mapping[str, str], *, said: str = "") -> Said:
    """Run `python -m module words…` to its end, with `said` on its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, words)],
        cwd=ROOT,
        env=settings,
        input=said,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def begin(module: str, words: tuple[object, ...], settings: Mapping[str, str], *, log: Path) -> "subprocess.Popen[str]":
    """Start `python -m module words…`, with pipes to talk to it; what it complains of goes to `log`.

    It is told to stop when this process ends, whatever ends it.
    """
    with log.open("ab") as complaints:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.demo.hub.tied", str(os.getpid()), module, *map(str, words)],
            cwd=ROOT,
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )


def hear(process: "subprocess.Popen[str]") -> str:
    """The next line that it says; nothing when it has ended. One that says nothing for too long is killed."""
    assert process.stdout is not None
    late = threading.Timer(PATIENCE_S, process.kill)
    late.start()
    try:
        return process.stdout.readline()
    finally:
        late.cancel()


def end(process: "subprocess.Popen[str]") -> str:
    """`kill -9`, of this one process by its id; what it had printed and nobody has read. Harmless after its end."""
    process.kill()
    assert process.stdout is not None
    if process.stdout.closed:
        return ""
    with process:
        # Not communicate(): it would pass over what `hear` has read ahead.
        return process.stdout.read()


@dataclass(frozen=True, slots=True)
class TillCommands:
    """A person at a terminal, with one till's folder and an environment."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=environment)

    def __call__(self, *words: object, pin: str = "") -> Said:
        return finish("desktop", (*words, "--data-dir", self.folder), self.settings, said=f"{pin}\n")

    @property
    def book(self) -> Path:
        return self.folder / "till.db"

    def status(self) -> dict[str, Any]:
        return self("status", "--json").json
