"""What a till loads before its window is there, counted in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2]

# Opens a till as the window does, up to the first paint, and says what was loaded on the way.
OPEN = """
import json, sys
from pathlib import Path
from common.clock import SystemClock
import desktop.__main__
from desktop.main import make_runner, open_till
from desktop.settings import load_settings
settings = load_settings(Path(sys.argv[1]))
with open_till(settings, SystemClock()) as till:
    make_runner(till, settings)
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

TOO_EARLY = [
    "alembic",
    "fastapi",
    "httpcore",
    "httpx",
    "keyring",
    "psycopg",
    "pydantic_settings",
    "rich",
    "segno",
    "server",
    "sqlalchemy",
    "structlog",
    "typer",
    "PySide6",
]


@pytest.fixture(scope="module")
def loaded(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("till")
    (folder / "till.db").write_bytes(empty_book.read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(folder)], cwd=SOURCES, capture_output=True, text=True, check=True
    )
    names: list[str] = json.loads(done.stdout)
    return set(names)


@pytest.mark.parametrize("library", TOO_EARLY)
def test_a_window_does_not_wait_for(loaded: set[str], library: str) -> None:
    assert library not in loaded


def test_what_it_reads_with_is_there(loaded: set[str]) -> None:
    """The list above would also be clean if nothing had been opened."""
    assert {"sqlite3", "pydantic", "desktop"} <= loaded
