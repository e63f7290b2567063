"""The trials themselves: every guard is where the table says, some test names it, and a green test is not let pass.

What takes its time, each guard taken out in turn, is `./run test-the-tests`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.guards import table
from tests.guards.__main__ import ROOT, try_all
from tests.guards.table import GUARDS, Guard
from tests.guards.trial import GuardNotFound, copy_tree, named_by, take_out

LAW = "def add(one, other):\n    return one + other\n"
TESTS = """
import pytest
from common.law import add

@pytest.mark.guards(name="adding")
def test_it_adds():
    assert add(2, 3) == 5

@pytest.mark.guards(name="adding")
@pytest.mark.parametrize("one", [0, 2])
def test_it_adds_twice(one):
    assert add(one, 0) == one
"""
PYPROJECT = '[tool.pytest.ini_options]\nmarkers = ["guards(name): as the real one"]\npythonpath = ["."]\n'

MakeTree = Callable[..., None]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_where_the_table_says_and_some_test_names_it(guard: Guard) -> None:
    source = (ROOT / guard.file).read_text()
    assert take_out(guard, source) != source
    assert named_by(ROOT / "tests").get(guard.name)


def test_no_test_names_a_guard_that_is_not_in_the_table() -> None:
    assert set(named_by(ROOT / "tests")) == {guard.name for guard in GUARDS}


def test_what_is_not_there_or_twice_is_not_taken_out() -> None:
    for text in ("one - other", "o"):
        with pytest.raises(GuardNotFound):
            take_out(Guard("adding", "common/law.py", ((text, "0"),)), LAW)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeTree:
    """`tree(tests=…, law=…)` is what is tried instead of the real tree."""

    def make(tests: str = TESTS, law: str = LAW) -> None:
        root = tmp_path / "root"
        for folder in ("common", "desktop", "server", "tests"):
            (root / folder).mkdir(parents=True)
        (root / "common" / "law.py").write_text(law)
        (root / "tests" / "test_law.py").write_text(tests)
        (root / "pyproject.toml").write_text(PYPROJECT)
        monkeypatch.setattr("tests.guards.__main__.ROOT", root)
        # Qt, Hypothesis and the others take seconds to load, and the tests of this tree want none of them.
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    return make


def tried(*taken_out: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    guard = Guard("adding", "common/law.py", taken_out)
    monkeypatch.setattr("tests.guards.__main__.GUARDS", (guard,))
    return try_all([guard])


def test_a_guard_that_is_missed_by_its_tests_is_well_guarded(
    tree: MakeTree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tree()
    assert tried(("one + other", "one - other - 1"), monkeypatch=monkeypatch) == 0
    assert "Every guard that is taken out is noticed." in capsys.readouterr().out
    assert (tmp_path / "root" / "common" / "law.py").read_text() == LAW, "only a copy is touched"


@pytest.mark.parametrize(
    ("taken_out", "tests", "said"),
    [
        (("one + other", "other + one"), TESTS, "stayed green: tests.test_law.test_it_adds, "),
        (("one + other", "one - other"), TESTS, "stayed green: tests.test_law.test_it_adds_twice"),
        (("one * other", "0"), TESTS, "this stands 0 times, not once: one * other"),
        (("def add(", "def sub("), TESTS, "break: collection failure"),
        (("one + other", "one + others"), TESTS, "did not fail but break: NameError"),
        (("one + other", "0"), TESTS.replace("guards", "skip").replace("name=", "reason="), "no test names it"),
        (("one + other", "0"), TESTS.replace("== 5", "== 6"), "with every guard in its place, tests.test_law.test_it"),
        (("one + other", "0"), TESTS.replace('"adding")', '"more")', 1), "a test names the guard 'more'"),
    ],
    ids=["all green", "one green", "not there", "no import", "a bug", "no test", "red before", "unknown"],
)
def test_everything_else_is_said_and_fails(
    tree: MakeTree,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    taken_out: tuple[str, str],
    tests: str,
    said: str,
) -> None:
    tree(tests)
    assert tried(taken_out, monkeypatch=monkeypatch) == 1
    assert said in capsys.readouterr().out


def test_the_copy_has_all_that_the_tests_need(tmp_path: Path) -> None:
    copied = copy_tree(ROOT, tmp_path)
    assert all((copied / guard.file).is_file() for guard in table.GUARDS)
    assert not list(copied.rglob("*.pyc"))
