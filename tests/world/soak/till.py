"""One till over all its lives, seen from outside: what it promised, and the kill."""

import json
import random
import subprocess
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from common.clock import SystemClock
from tests.demo.counter import open_counter
from tests.helpers.real_hub import RealHub
from tests.world.processes.commands import PATIENCE_S, begin, environment
from tests.world.soak.line import Line


class SoakedTill:
    """A till at the end of a line of its own. Its process is ended by `end` at the latest.

    Attributes:
        promised: the keys of all acts that it reported done, in any of its lives.
        refused: how often it refused an act itself, by code.
        found_full: how often an act found the disk full.
    """

    def __init__(self, name: str, folder: Path, line: Line, chance: random.Random) -> None:
        self.name = name
        self.folder = folder
        self.line = line
        self.promised: list[str] = []
        self.refused: Counter[str] = Counter()
        self.found_full = 0
        self._chance = chance
        self._changed = threading.Condition()
        self._answers: list[dict[str, Any]] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def book(self) -> Path:
        return self.folder / "till.db"

    @property
    def tried(self) -> int:
        return len(self.promised) + self.refused.total() + self.found_full

    def enrol(self, hub: RealHub, blank_book: bytes) -> None:
        """Make a folder of it, enrolled through its line."""
        self.folder.mkdir(exist_ok=True)
        self.book.write_bytes(blank_book)
        with open_counter(self.folder, SystemClock()) as counter:
            counter.enrol(self.line.url, hub.code(self.name))
            counter.sync()

    def start(self) -> None:
        """It opens, and works."""
        log = self.folder / "cashier.log"
        words = (self.folder, self._chance.random())
        self._process = begin("tests.world.soak.cashier", words, environment(), log=log)
        self._reader = threading.Thread(target=self._read, args=(self._process,), name=f"{self.name} says")
        self._reader.start()

    def kill(self) -> None:
        """`kill -9`. What it said before counts. Harmless when it runs no longer."""
        if self._process is not None and self._reader is not None:
            self._process.kill()
            self._process.wait(PATIENCE_S)
            self._reader.join(PATIENCE_S)
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = self._reader = None

    def tell(self, command: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def wait_for(self, name: str) -> bool:
        """What it answers to a command. Fails when it ends or says nothing."""

        def answer() -> dict[str, Any] | None:
            return next((said for said in self._answers if name in said), None)

        with self._changed:
            self._changed.wait_for(lambda: answer() is not None, PATIENCE_S)
            said = answer()
            assert said is not None, f"{self.name} says nothing: {self.log()}"
            self._answers.remove(said)
        return bool(said[name])

    def wait_for_promises(self, count: int) -> None:
        """Returns when it has made so many in all. Fails when that does not come about."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.promised) >= count, PATIENCE_S)
        assert enough, f"{self.name} does nothing: {self.log()}"

    def log(self) -> str:
        return (self.folder / "cashier.log").read_text(encoding="utf-8")

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            # The last line of one that was killed may be half a line: it had not said it.
            if line.endswith("\n"):
                self._take_in(json.loads(line))

    def _take_in(self, said: dict[str, Any]) -> None:
        with self._changed:
            match said:
                case {"done": key}:
                    self.promised.append(key)
                case {"refused": code}:
                    self.refused[code] += 1
                case {"full": True}:
                    self.found_full += 1
                case _:
                    self._answers.append(said)
            self._changed.notify_all()
