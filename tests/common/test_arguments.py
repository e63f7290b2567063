"""Every argument of both command lines has a bound, and none is half a character."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from common.arguments import ARGUMENT_CHARACTERS_MAX, ARGUMENTS_MAX, problem_of

SOURCES = Path(__file__).parents[2]


@pytest.mark.parametrize("arguments", [[], ["tills", "list"], ["--name", "Zoë 🙂"], ["x" * ARGUMENT_CHARACTERS_MAX]])
def test_what_may_be_said(arguments: list[str]) -> None:
    assert problem_of(arguments) is None
    assert problem_of(["x"] * ARGUMENTS_MAX) is None


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["a", "x" * (ARGUMENT_CHARACTERS_MAX + 1)], "Argument 2 is longer than 4096 characters."),
        ([os.fsdecode(b"caf\xe9")], r"Argument 1 is not UTF-8 text: 'caf\udce9'"),
        (["x"] * (ARGUMENTS_MAX + 1), "More than 1000 arguments at once. Do it in several steps."),
    ],
)
def test_what_may_not(arguments: list[str], problem: str) -> None:
    assert problem_of(arguments) == problem


@pytest.mark.skipif(os.name != "posix", reason="elsewhere arguments are text to begin with")
@pytest.mark.parametrize("program", ["server", "desktop"])
def test_both_command_lines_look_first(program: str) -> None:
    command: list[str | bytes] = [sys.executable, "-m", program, b"--caf\xe9"]
    ran = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "Argument 1 is not UTF-8 text: '--caf\\udce9'\n"
