"""Making and upgrading a book: all of it or nothing, and a copy beside it."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from desktop import own_process
from desktop.store.file.revisions import HEAD, REVISIONS
from desktop.store.file.upgrade import bring_up_to_date
from desktop.store.migrations.__main__ import main
from desktop.store.migrations.upgrade import SCRIPTS, upgrade
from desktop.trouble import BookDamaged, UpgradeFailed

NEXT = f"""
from alembic import op

revision = "next"
down_revision = {HEAD!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE new_things (thing_id TEXT PRIMARY KEY) STRICT")
    op.execute("ALTER TABLE book ADD COLUMN thing_id TEXT")
"""


def test_the_known_revisions_are_those_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS
    assert scripts.get_heads() == [HEAD]


def _scripts_with(folder: Path, step: str) -> Path:
    scripts = folder / "100% of the scripts"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "next.py").write_text(step)
    return scripts


def _put_a_row(book: Path) -> None:
    with closing(sqlite3.connect(book)) as connection, connection:
        connection.execute("INSERT INTO pin_attempts (staff_id, failures) VALUES ('Ana', 2)")


def _tables(book: Path) -> set[str]:
    with closing(sqlite3.connect(book)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_an_older_book_is_copied_and_upgraded(book_path: Path, tmp_path: Path) -> None:
    _put_a_row(book_path)
    upgrade(book_path, _scripts_with(tmp_path, NEXT))
    copy = tmp_path / "till.db.before-upgrade"
    for path, revision, has_new in ((book_path, "next", True), (copy, HEAD, False)):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)
            assert connection.execute("SELECT * FROM pin_attempts").fetchone() == ("Ana", 2, None, 0)
        assert ("new_things" in _tables(path)) is has_new


def test_an_upgrade_that_fails_half_way_leaves_the_book_as_it_was(book_path: Path, tmp_path: Path) -> None:
    _put_a_row(book_path)
    tables = _tables(book_path)
    broken = NEXT + '    op.execute("CREATE TABLE new_things (again TEXT)")\n'
    with pytest.raises(Exception, match="already exists"):
        upgrade(book_path, _scripts_with(tmp_path, broken))
    assert _tables(book_path) == tables
    with closing(sqlite3.connect(book_path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert "thing_id" not in {row[1] for row in connection.execute("PRAGMA table_info(book)")}


def test_the_child_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "till.db"
    path.write_bytes(b"not a database, but long enough to be asked about" * 100)
    with pytest.raises(BookDamaged):
        bring_up_to_date(path)
    assert main([str(tmp_path / "no" / "folder" / "till.db")]) == 22
    assert "No such file" in capsys.readouterr().err


def test_a_child_that_cannot_start_is_trouble_not_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(UpgradeFailed):
        bring_up_to_date(tmp_path / "till.db")


def test_a_frozen_program_runs_its_own_modules(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    line = own_process.command(own_process.UPGRADE, str(path), frozen=True)
    assert line[:2] == [sys.executable, own_process.RUN_OPTION]
    code = "import sys; from desktop import own_process; own_process.run(sys.argv[1:])"
    # In a process of its own, as a frozen program does it: what `-m` runs must not be imported before.
    done = subprocess.run([sys.executable, "-c", code, *line[2:]], cwd=SCRIPTS.parents[2], check=False)
    assert done.returncode == 0
    assert "operations" in _tables(path)


def test_nothing_else_is_run_as_a_process() -> None:
    with pytest.raises(ValueError, match="not run on its own"):
        own_process.run(["this"])
