"""A trial of one guard: a copy of the tree, the guard taken out of it, and the tests that name the guard."""

import ast
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from tests.guards.table import Guard

MARK: Final = "guards"
PATIENCE_S: Final = 240
"""A guard may be what keeps a test from waiting for ever."""

COPIED: Final = ("common", "desktop", "server", "tests", "pyproject.toml")

# A test that fails so did not notice that the guard is gone; it did not find what it wanted to look at.
NOT_NOTICED: Final = ("ImportError", "ModuleNotFoundError", "SyntaxError", "NameError", "AttributeError", "TypeError")


@dataclass(frozen=True, slots=True)
class Ran:
    """Tests that ran: by function, whether it passed, and what it failed of."""

    failed: dict[str, str]
    passed: frozenset[str]
    broken: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a trial. `problem` is empty when every test that names the guard noticed."""

    guard: str
    tests: int
    seconds: float
    problem: str


class GuardNotFound(Exception):
    """The text that is to be taken out is not in its file, or more than once."""


def take_out(guard: Guard, source: str) -> str:
    """The file without the guard. Raises GuardNotFound."""
    for as_is, without in guard.taken_out:
        if source.count(as_is) != 1:
            raise GuardNotFound(f"in {guard.file} this stands {source.count(as_is)} times, not once: {as_is.strip()}")
        source = source.replace(as_is, without)
    ast.parse(source)
    return source


def named_by(tests: Path) -> dict[str, list[Path]]:
    """For each guard that some test names, the files with such tests."""
    found: dict[str, list[Path]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        source = path.read_text()
        if f"mark.{MARK}(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == MARK:
                for keyword in node.keywords:
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                        files = found.setdefault(str(keyword.value.value), [])
                        files.extend([path] if path not in files else [])
    return found


def copy_tree(root: Path, into: Path) -> Path:
    """What the tests need of the tree."""
    for name in COPIED:
        if (root / name).is_dir():
            leave = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(root / name, into / name, ignore=leave)
        else:
            shutil.copy2(root / name, into / name)
    return into


@contextmanager
def without(guard: Guard, tree: Path) -> Iterator[None]:
    """The tree without the guard, for the time of the block. Raises GuardNotFound."""
    file = tree / guard.file
    source = file.read_text()
    _put(file, take_out(guard, source))
    try:
        yield
    finally:
        _put(file, source)


def _put(file: Path, source: str) -> None:
    file.write_text(source)
    # Python knows a changed file by its second and its size; a guard may be gone within both.
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def run_tests(tree: Path, files: Iterable[Path], guards: Sequence[str]) -> Ran:
    """Run the tests of the tree that name one of these guards. Raises TimeoutExpired."""
    report = tree / "report.xml"
    report.unlink(missing_ok=True)
    chosen = " or ".join(f'{MARK}(name="{guard}")' for guard in guards)
    words = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", "-m", chosen, *map(str, files)]
    subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tree,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=PATIENCE_S,
        check=False,
    )
    return _read(report) if report.exists() else Ran({}, frozenset(), {"pytest": "it left no report"})


def _read(report: Path) -> Ran:
    failed: dict[str, str] = {}
    broken: dict[str, str] = {}
    passed: set[str] = set()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written a moment ago by our own pytest
        function = f"{case.get('classname')}.{case.get('name', '').partition('[')[0]}"
        failure, error = case.find("failure"), case.find("error")
        if failure is not None:
            said = failure.get("message", "").strip()
            (broken if said.startswith(NOT_NOTICED) else failed)[function] = said.partition("\n")[0]
        elif error is not None:
            broken[function] = error.get("message", "").strip().partition("\n")[0]
        elif case.find("skipped") is None:
            passed.add(function)
    return Ran(failed, frozenset(passed), broken)


def judge(ran: Ran) -> str:
    """The problem with a run in which every test must have failed: at least one of its cases, by what it asserts."""
    if not ran.failed and not ran.passed and not ran.broken:
        return "no test ran"
    stayed_green = sorted(ran.passed - ran.failed.keys() - ran.broken.keys())
    if stayed_green:
        return f"stayed green: {', '.join(stayed_green)}"
    only_broken = {name: said for name, said in ran.broken.items() if name not in ran.failed}
    if only_broken:
        return "; ".join(f"{name} did not fail but break: {said}" for name, said in sorted(only_broken.items()))
    return ""


def try_guard(tree: Path, guard: Guard, files: Sequence[Path]) -> Verdict:
    """Take the guard out of the tree, run the tests that name it, and put it back."""
    began = time.monotonic()
    ran = Ran({}, frozenset(), {})
    if not files:
        problem = "no test names it"
    else:
        try:
            with without(guard, tree):
                ran = run_tests(tree, files, [guard.name])
            problem = judge(ran)
        except GuardNotFound as error:
            problem = str(error)
        except subprocess.TimeoutExpired:
            # Something waits that did not wait before: nobody can say it was not noticed.
            problem = f"its tests did not end within {PATIENCE_S} s"
    return Verdict(guard.name, len(ran.failed), time.monotonic() - began, problem)
