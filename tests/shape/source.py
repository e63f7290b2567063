"""The files of the repository, as the tests of its shape look at them."""

import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PRODUCT = ("common", "desktop", "server")

# Made by running things, ignored by git.
_MADE = {"demo-data", "demo-out", "bench-out", "__pycache__", "build", "dist"}


def files(*folders: str, pattern: str = "*") -> list[Path]:
    """Every file of these folders (none named: of the repository) that a person wrote."""
    tops = [ROOT / folder for folder in folders] or [ROOT]
    return sorted(path for top in tops for path in top.rglob(pattern) if path.is_file() and not _made(path))


def packages(*folders: str) -> list[Path]:
    """Every folder with Python in it."""
    return sorted({path.parent for path in files(*folders, pattern="*.py")})


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """The comments of a Python file, each with its line."""
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def named(path: Path) -> str:
    """A file as a message names it."""
    return path.relative_to(ROOT).as_posix()


def _made(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    # What is hidden is git's, the environment's and the tools', but for these.
    return any(part in _MADE or (part.startswith(".") and part not in {".ci", ".gitignore"}) for part in parts)
