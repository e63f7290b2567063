"""The other end of a steered till: what it said, and the kill."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.world.processes.commands import begin, end, environment, hear
from tests.world.processes.steered_till import Edge


class Steering:
    """A steered till's process, for the time of a block; it is killed at its end at the latest.

    Attributes:
        done: the keys of the acts that it reported done.
    """

    def __init__(self, folder: Path) -> None:
        self.done: list[str] = []
        self._log = folder / "steered.log"
        self._process = begin("tests.world.processes.steered_till", (folder,), environment(), log=self._log)

    def go_online(self) -> None:
        """Its runner begins; before, it only records."""
        self._tell("go-online")

    def begin_acts(self, turn: int, count: int) -> None:
        """Tells it to work, and returns at once."""
        self._tell(f"act {turn} {count}")

    def wait_for_acts(self, count: int) -> None:
        """Returns when that many more acts were reported done."""
        for _ in range(count):
            self.done.append(self._hear()["done"])

    def act(self, turn: int, count: int) -> None:
        self.begin_acts(turn, count)
        self.wait_for_acts(count)

    def catch_in_act(self, turn: int, edge: Edge) -> None:
        """Returns when it stands at the edge, inside an act."""
        self._tell(f"act-to {edge.value} {turn}")
        assert self._hear() == {"edge": edge.value}

    def drain(self) -> None:
        """Returns when everything is sent and all is fetched. Fails when that does not come about."""
        self.begin_to_drain()
        self.wait_until_drained()

    def begin_to_drain(self) -> None:
        """Makes it hurry, and returns at once."""
        self._tell("drain")

    def wait_until_drained(self) -> None:
        assert self._hear() == {"drained": True}, self._complaints()

    def kill(self) -> None:
        """`kill -9`. What it reported before it died counts, whether or not anybody had read it yet."""
        self.done += [
            json.loads(line)["done"] for line in end(self._process).splitlines() if line.startswith('{"done"')
        ]

    def _tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        line = hear(self._process)
        assert line, f"the till ended by itself: {self._complaints()}"
        said: dict[str, Any] = json.loads(line)
        return said

    def _complaints(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self._process)
