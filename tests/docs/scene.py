"""The scene in which the commands of the pages are typed: one computer with a server and a till, both real processes.

The pages are one story, so each command finds what those before it left behind. Unavoidable is what a page cannot
know: the port, the code and the card's number that the command before printed.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.docs.commands import Command
from tests.shape.source import ROOT

PATIENCE_S: Final = 120
"""For any one command, on machines that do much else; none of them takes a tenth of it."""

MANAGERS_PIN: Final = "4821"

_ADDRESS: Final = "http://127.0.0.1:8460"
_CODE: Final = "K7QF-2M9D"
_CARD: Final = "0001-2345-6782"

_PRINTED: Final = {_CODE: r"^Code +(\S+)$", _CARD: r"^Card +(\d{4}-\d{4}-\d{4})"}
"""What stands in the pages for something that a command prints, and how to find it there."""

_MODULES: Final = {"tillstamp-server": "server", "tillstamp": "desktop"}
_STOP: Final = ("systemctl", "stop", "tillstamp-server")
_START: Final = (("systemctl", "start", "tillstamp-server"), ("tillstamp-server", "serve"))
_WINDOW: Final = ("tillstamp",)
_EVERY_TIME: Final = {"new-card", "stamp", "redeem", "sync", "recovery", "audit"}
"""What does or tells something else each time. Everything else is typed once, on whichever page it comes first."""


class Typist:
    """A process that runs the two programs, each time in a process of its own (`typist.py`)."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.docs.typist"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def type(self, request: Mapping[str, object]) -> int:
        """The exit status."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        late = threading.Timer(PATIENCE_S, self._process.kill)
        late.start()
        try:
            return int(self._process.stdout.readline() or "-9")
        finally:
            late.cancel()
            late.join()

    def end(self) -> None:
        self._process.communicate(timeout=PATIENCE_S)


class Scene:
    """A folder with a shop file, two commands, and what they leave behind."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self._log = folder / "server.log"
        self._server: subprocess.Popen[str] | None = None
        self._port = "0"
        self._said: dict[str, str] = {}
        self._typed: set[str] = set()
        self._shop = ""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TILLSTAMP_")}
        self._environment = kept | {
            "PYTHONPATH": str(ROOT),
            "TILLSTAMP_DATABASE_URL": database_url,
            "TILLSTAMP_DATA_DIR": str(folder / "server"),
            "TILLSTAMP_SECRETS_PLACE": "file",
            "TILLSTAMP_SAY_READY": "1",
            "XDG_DATA_HOME": str(folder / "home"),
            "QT_QPA_PLATFORM": "offscreen",
        }
        self._typist = Typist(folder, self._environment)

    def write_shop_file(self, text: str) -> None:
        """The file that a page says to make."""
        if text != self._shop:
            self._shop = text
            (self.folder / "shop.toml").write_text(text, encoding="utf-8")
            self._typed = {line for line in self._typed if "shop.toml" not in line}

    def type(self, command: Command) -> str:
        """Do what the command does; how it went wrong, or nothing."""
        words = command.words
        if words == _STOP:
            return self.stop()
        if words in _START:
            return "" if self._server else self._serve()
        if words[0] not in _MODULES:
            return f"{command}\nnobody runs it: not this scene, and no trial of commands.ELSEWHERE"
        real = [self._said.get(word, word) for word in words]
        line = shlex.join(real)
        if line in self._typed and not _EVERY_TIME.intersection(words):
            return ""
        self._typed.add(line)
        return self._look_into_the_window() if words == _WINDOW else self._run(command, real)

    def printed(self, *words: str) -> str:
        """What a command says, whatever the pages say of it."""
        return self._typed_out(words)[1]

    def _typed_out(self, words: Sequence[str]) -> tuple[int, str, str]:
        """How it ended, what it said, and what it complained of."""
        name, *rest = words
        (self.folder / "in").write_text(f"{MANAGERS_PIN}\n")
        files = {each: str(self.folder / each) for each in ("in", "out", "err")}
        status = self._typist.type({"module": _MODULES[name], "words": rest, **files})
        return status, (self.folder / "out").read_text(), (self.folder / "err").read_text()

    def _run(self, command: Command, words: list[str]) -> str:
        status, said, complained = self._typed_out(words)
        for example, pattern in _PRINTED.items():
            if found := re.search(pattern, said, re.MULTILINE):
                self._said[example] = found[1]
        if status == command.status and "Traceback" not in complained:
            return ""
        return f"{command}\n{shlex.join(words)} ended with {status}\n{said}{complained}"

    def _serve(self) -> str:
        words = [sys.executable, "-m", "server", "serve", "--port", self._port]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                words, cwd=self.folder, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if not line.startswith("Tillstamp serves at "):
            return f"the server does not start: {line}{self._log.read_text()}"
        self._said[_ADDRESS] = line.split()[-1]
        self._port = line.split()[-1].rpartition(":")[2]
        return ""

    def end(self) -> None:
        """Whatever still runs."""
        self.stop()
        self._typist.end()

    def stop(self) -> str:
        """End the server as systemd does."""
        if self._server is None:
            return ""
        self._server.send_signal(signal.SIGTERM)
        self._server.communicate(timeout=PATIENCE_S)
        status, self._server = self._server.returncode, None
        return f"the server ended with {status}" if status else ""

    def _look_into_the_window(self) -> str:
        """It opens, and says so; then it is closed."""
        with subprocess.Popen(
            [sys.executable, "-m", "desktop"],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as window:
            assert window.stdout is not None
            said = []
            for line in window.stdout:
                said.append(line)
                if "ready" in line:
                    break
            window.terminate()
            window.communicate(timeout=PATIENCE_S)
        return "" if said and "ready" in said[-1] else f"the window does not open: {''.join(said)}"
