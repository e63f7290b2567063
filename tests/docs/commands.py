"""The commands of the pages, in their order; and those that the scene cannot run, each with the trial that does."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.docs.pages import Block, blocks, in_order

_FROM_SOURCE: Final = {".venv/bin/python -m server": "tillstamp-server", ".venv/bin/python -m desktop": "tillstamp"}
_EXITS_WITH: Final = re.compile(r"#.*\bexits with (\d+)")


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a block.

    Attributes:
        line: as it stands there, without what is said beside it.
        status: how it ends; 0 unless the page says otherwise.
    """

    block: Block
    line: str
    status: int = 0

    def __str__(self) -> str:
        return f"{self.block}: {self.line}"

    @property
    def words(self) -> tuple[str, ...]:
        """As an installed Tillstamp has it, and without the leave of root's."""
        line = self.line.removeprefix("sudo ")
        for source, installed in _FROM_SOURCE.items():
            line = line.replace(source, installed)
        return tuple(shlex.split(line))


def commands() -> Iterator[Command | Block]:
    """Every command of every page in order, and among them the shop files that are to be written down."""
    for page in in_order():
        for block in blocks(page):
            if block.language == "sh":
                yield from _commands(block)
            elif block.language == "toml" and block.text.startswith("[merchant]"):
                yield block


def _commands(block: Block) -> Iterator[Command]:
    for line in block.text.splitlines():
        said = _EXITS_WITH.search(line)
        command = re.sub(r"\s+#.*", "", line).strip()
        if command and not command.startswith("#"):
            yield Command(block, command, int(said[1]) if said else 0)


@dataclass(frozen=True, slots=True)
class Trial:
    """Who runs a command that takes root, a bare system or an hour.

    Attributes:
        file: what runs it.
        how: what stands there for it; a part of a line.
    """

    file: str
    how: str


_BARE_TILL: Final = "packaging/trying/till.py"
_BARE_SERVER: Final = "packaging/trying/server.py"
_MADE: Final = '"-m", "making", part, "--commit", commit]'
_APT: Final = 'self.system.run("apt-get", "-qq", "-y", *words)'

ELSEWHERE: Final[dict[str, tuple[Trial, ...]]] = {
    "./run": (
        Trial("tests/shape/test_run.py", '"python -m tests.demo --reset"'),
        Trial("tests/world/test_demo.py", '[sys.executable, "-m", "tests.demo"'),
    ),
    "./run test": (Trial(".ci/run", "./run test"),),
    "./run dist": (Trial(".github/workflows/installers.yml", "./run dist"),),
    "./run dist till": (
        Trial("tests/shape/test_run.py", 'machine.run("dist", "wheel")'),
        Trial("packaging/trying/made.py", _MADE),
    ),
    "./run dist server": (Trial("packaging/trying/made.py", _MADE),),
    "podman build --file packaging/container/Containerfile --tag tillstamp-server .": (
        Trial("packaging/trying/container.py", 'steps = _steps((_HERE / "Containerfile").read_text())'),
    ),
    "podman compose --file packaging/container/compose.yaml up --detach": (
        Trial("packaging/trying/container.py", 'compose = (_HERE / "compose.yaml").read_text()'),
    ),
    "sudo packaging/try-debian": (Trial("packaging/try-debian", "from trying.run import main"),),
    "sudo apt install ./tillstamp_0.1.0_amd64.deb": (
        Trial(_BARE_TILL, _APT),
        Trial(_BARE_TILL, 'return self.apt("install", *options, f"/tmp/{package.name}")'),
    ),
    "sudo apt install ./tillstamp_0.2.0_amd64.deb": (Trial(_BARE_TILL, "done = trial.install(trial.new)"),),
    "sudo apt remove tillstamp": (Trial(_BARE_TILL, 'trial.apt("purge", "tillstamp")'),),
    "sudo apt install ./tillstamp-server_0.1.0_amd64.deb": (Trial(_BARE_SERVER, "trial.install(trial.server)"),),
    "sudo apt install ./tillstamp-server_0.2.0_amd64.deb": (Trial(_BARE_SERVER, "trial.install(trial.next_server)"),),
    "sudo tillstamp-server apply /etc/tillstamp-server/shop.toml": (
        Trial(_BARE_SERVER, 'trial.said("apply", "/etc/tillstamp-server/shop.toml")'),
    ),
    "tillstamp-server backup": (Trial(_BARE_SERVER, 'trial.asked("tillstamp-server", "backup")'),),
    "sudo tillstamp-server-restore-drill": (Trial(_BARE_SERVER, 'trial.asked("tillstamp-server-restore-drill")'),),
    "uv tool install './tillstamp-0.1.0-py3-none-any.whl[server]'": (
        Trial("packaging/try-wheel", 'uv tool install --quiet --constraints "$work/versions" "$wheel[server]"'),
    ),
}
"""By its exact text."""
