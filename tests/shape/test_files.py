"""Small files of one subject, in folders that can be taken in at a glance."""

import ast
import re

import pytest

from tests.shape.source import PRODUCT, ROOT, comments, files, named, packages

LINES_MAX = 400
FILES_MAX = 12

IMPORTED_TESTS = re.compile(rf"^from tests\.({'|'.join(PRODUCT)})\b.*", re.MULTILINE)

# The code that is silenced, and beside it in the same comment the reason.
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)")
CODES = r"noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[a-z, -]+\]|pragma:\s*no cover"
WITH_REASON = re.compile(rf"#\s*({CODES})\W+.*[a-z]{{3,}}")


def test_no_file_is_too_long() -> None:
    lengths = {named(path): len(path.read_text().splitlines()) for path in files(*PRODUCT, pattern="*.py")}
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > LINES_MAX} == {}


def test_no_folder_holds_too_much() -> None:
    counts = {
        named(folder): sum(path.name != "__init__.py" for path in folder.glob("*.py")) for folder in packages(*PRODUCT)
    }
    assert {name: count for name, count in counts.items() if count > FILES_MAX and "versions" not in name} == {}


def test_every_folder_is_a_package_that_says_what_it_is_for() -> None:
    silent = []
    for folder in packages(*PRODUCT, "tests"):
        init = folder / "__init__.py"
        if not init.exists() or not ast.get_docstring(ast.parse(init.read_text())):
            silent.append(named(folder))
    assert silent == []


def test_what_tests_share_lies_with_the_helpers() -> None:
    """The tests of one tree are that tree's own: what others need of them belongs in tests/helpers."""
    borrowed = [
        f"{named(path)}: {match[0]}"
        for path in files("tests", pattern="*.py")
        for match in IMPORTED_TESTS.finditer(path.read_text())
        if not named(path).startswith(f"tests/{match[1]}/")
    ]
    assert borrowed == []


def test_packaging_is_no_package() -> None:
    """It would hide PyPI's `packaging` from everything that is run from this folder."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_what_silences_a_tool_says_why() -> None:
    bare = [
        f"{named(path)}:{line}: {comment}"
        for path in files(*PRODUCT, "tests", pattern="*.py")
        for line, comment in comments(path)
        if SILENCED.search(comment) and not WITH_REASON.search(comment)
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("comment", "good"),
    [
        ("# noqa: S108 - 0700, and refused when it is not ours", True),
        ("# type: ignore[misc]  # pydantic's own metaclass", True),
        ("# pragma: no cover - only on Windows", True),
        ("# noqa: ARG002  (Qt's signature)", True),
        ("# noqa", False),
        ("# noqa: S108", False),
        ("# noqa: S108, N802", False),
        ("# type: ignore", False),
        ("# type: ignore[misc]", False),
        ("# pragma: no cover", False),
    ],
)
def test_a_reason_is_told_from_none(comment: str, good: bool) -> None:
    assert SILENCED.search(comment)
    assert bool(WITH_REASON.search(comment)) is good
