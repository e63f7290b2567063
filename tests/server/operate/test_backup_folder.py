"""Backups in a folder: each under its moment, the oldest go, and nothing else does."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from server.cli import app
from server.database import Database
from server.operate.backup import programs_for
from server.operate.backup_folder import add_backup, backups_in
from server.store import migrate
from server.trouble import FileTrouble
from tests.helpers.clock import ManualClock


@pytest.fixture
def database(fresh_database: Callable[..., str]) -> Database:
    return Database(fresh_database(migrate.upgrade), None)


def test_the_newest_stay_and_what_is_not_ours_too(database: Database, tmp_path: Path) -> None:
    folder, clock = tmp_path / "a" / "backups", ManualClock()
    made = []
    for _ in range(4):
        file, size = add_backup(database, folder, 2, clock)
        assert file.stat().st_size == size > 10_000
        assert file.stat().st_mode & 0o777 == 0o600
        made.append(file)
        (folder / "receipt.key").touch()
        clock.advance(timedelta(days=1))
    assert backups_in(folder) == made[2:]
    assert {file.name for file in folder.iterdir()} == {made[2].name, made[3].name, "receipt.key"}
    assert programs_for(database).run("pg_restore", "--list", str(made[3]), stdout=-1)


def test_one_that_fails_takes_no_old_one_with_it(database: Database, tmp_path: Path) -> None:
    clock = ManualClock()
    first, _ = add_backup(database, tmp_path, 1, clock)
    clock.advance(timedelta(days=1))
    gone = make_url(database.url).set(database="gone").render_as_string(hide_password=False)
    with pytest.raises(OperationalError):
        add_backup(Database(gone, None), tmp_path, 1, clock)
    assert list(tmp_path.iterdir()) == [first]


def test_a_folder_that_is_none(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileTrouble, match="cannot be looked after"):
        add_backup(database, tmp_path / "file", 1, ManualClock())


def test_the_command(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLSTAMP_DATABASE_URL", database.url)
    ran = CliRunner().invoke(app, ["backup"])
    assert (ran.exit_code, "TILLSTAMP_BACKUP_DIR" in ran.stderr) == (1, True)
    monkeypatch.setenv("TILLSTAMP_BACKUP_DIR", str(tmp_path))
    ran = CliRunner().invoke(app, ["backup"])
    assert ran.exit_code == 0, ran.output
    assert str(backups_in(tmp_path)[0]) in ran.stdout
