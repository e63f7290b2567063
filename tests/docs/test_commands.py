"""Every command of the pages is run: in the scene, or by a trial that the table names."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from desktop.cli.app import app as till_app
from server.cli.app import app as server_app
from server.store.migrate import upgrade
from tests.docs.commands import ELSEWHERE, Command, commands
from tests.docs.pages import DOCS, Block, blocks, in_order, prose
from tests.docs.scene import Scene
from tests.shape.source import ROOT

PROGRAMS: dict[str, Any] = {"tillstamp-server": get_command(server_app), "tillstamp": get_command(till_app)}
INLINE = sorted(
    {
        said
        for page in in_order()
        for _, line in prose(page)
        for said in re.findall(r"`((?:tillstamp-server|tillstamp) [^`]+)`", line)
    }
)
LINES = [one for one in commands() if isinstance(one, Command)]

COMMANDS = re.compile(r"^(sudo |\$ )?(\./run|\.venv/|packaging/|tillstamp|apt|pipx?|uv|systemctl|journalctl|python)\b")


def as_shape(said: str) -> str:
    """The same for whichever code and moment."""
    return re.sub(r"[0-9]", "0", re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", "CODE", said)).replace("-00:00", "+00:00")


@pytest.fixture
def scene(fresh_database: Callable[..., str], tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path, fresh_database(upgrade))
    yield scene
    scene.end()


@pytest.mark.qt
def test_what_the_pages_say_to_type_can_be_typed(scene: Scene) -> None:
    for one in commands():
        if isinstance(one, Block):
            scene.write_shop_file(one.text)
        elif one.line not in ELSEWHERE:
            wrong = scene.type(one)
            assert not wrong, wrong
    made = {"cards.html", "shop.backup", "before-upgrade.backup", "rescue.json"}
    assert {name for name in made if (scene.folder / name).stat().st_size} == made
    assert scene.printed("tillstamp-server", "audit").startswith("Everything holds: ")
    assert "front" in scene.printed("tillstamp-server", "tills", "list")
    printed = scene.printed("tillstamp-server", "enrol-code", "--merchant", "roast", "--store", "gare", "--till", "bar")
    (shown,) = [block.text for block in blocks(DOCS / "enrolling.md") if block.language == "text"]
    assert as_shape(printed).startswith(as_shape(shown))


@pytest.mark.parametrize("line", INLINE)
def test_a_command_in_a_sentence_is_one_that_there_is(line: str) -> None:
    program, *words = line.split()
    command = PROGRAMS[program]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert not (words and hasattr(command, "commands") and re.match(r"[a-z]", words[0])), f"{line}: no such verb"
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_no_command_is_hidden_in_a_block_that_nobody_runs() -> None:
    hidden = [
        f"{block}: {line}"
        for page in in_order()
        for block in blocks(page)
        if block.language != "sh"
        for line in block.text.splitlines()
        if COMMANDS.match(line.strip())
    ]
    assert hidden == []


@pytest.mark.parametrize("line", ELSEWHERE)
def test_what_is_run_elsewhere_is_run_there(line: str) -> None:
    assert line in {command.line for command in LINES}, "no page says it any more"
    for trial in ELSEWHERE[line]:
        assert trial.how in (ROOT / trial.file).read_text(encoding="utf-8"), trial
