"""Where a cluster lives, who runs it, and the words for each case in which it cannot."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store.embedded import EmbeddedPostgres, EmbeddedPostgresError
from server.store.embedded.binaries import installed, within_reach
from server.store.embedded.lodging import STATE_DIR, find_lodging, lodge_as_ourselves, socket_dir_of
from server.store.embedded.processes import run
from tests.helpers.postgres import ask, postmaster_of

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL refuses only root")


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that nobody but its owner may enter, as /root is."""
    with tempfile.TemporaryDirectory(prefix="tillstamp-tests-") as folder:
        yield Path(folder)


def test_a_path_too_long_for_a_socket_gets_a_short_one(data_dir: Path) -> None:
    deep = data_dir / ("folder-" * 10) / ("folder-" * 10)
    postgres = EmbeddedPostgres(deep, durable=False)
    assert ask(postgres.start(), "SELECT 1") == [(1,)]
    folder = socket_dir_of(find_lodging(deep))
    assert folder.parent == Path("/tmp")  # noqa: S108 - the very folder that is spoken of
    assert folder.stat().st_mode & 0o077 == 0
    postgres.erase()
    assert not folder.exists()


def test_a_short_socket_folder_of_somebody_else_is_refused(data_dir: Path) -> None:
    deep = data_dir / ("folder-" * 10) / ("folder-" * 10)
    deep.mkdir(parents=True)
    folder = socket_dir_of(find_lodging(deep))
    folder.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="somebody else's"):
            EmbeddedPostgres(deep, durable=False).start()
    finally:
        folder.rmdir()


def test_another_major_version_is_named(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False):
        pass
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedPostgresError, match=r"was made by PostgreSQL 15; this program brings 18"):
        EmbeddedPostgres(data_dir, durable=False).start()


def test_why_it_could_not_be_made_is_told(data_dir: Path) -> None:
    home = find_lodging(data_dir).home
    home.chmod(0o500)
    with pytest.raises(
        EmbeddedPostgresError, match=r"could not be made .*could not create directory.*Permission denied"
    ):
        EmbeddedPostgres(data_dir, durable=False).start()
    home.chmod(0o700)


def test_a_cluster_that_cannot_start_names_its_log(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False):
        pass
    (data_dir / "postgres" / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="could not be started") as trouble:
        EmbeddedPostgres(data_dir, durable=False).start()
    assert trouble.value.log is not None
    assert str(trouble.value.log) in str(trouble.value)
    assert "no_such_setting" in trouble.value.log.read_text()


def test_a_log_does_not_grow_for_ever(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False):
        pass
    log = data_dir / "postgres" / "log"
    with log.open("ab") as file:
        file.truncate(6_000_000)
    with EmbeddedPostgres(data_dir, durable=False):
        assert log.stat().st_size < 100_000
    assert (data_dir / "postgres" / "log.old").stat().st_size == 6_000_000


def test_a_data_directory_that_is_a_file_is_refused(closed_folder: Path) -> None:
    (closed_folder / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match="cannot be made"):
        EmbeddedPostgres(closed_folder / "file" / "data").start()


def test_a_database_folder_that_is_a_file_is_refused(closed_folder: Path) -> None:
    (closed_folder / "postgres").touch()
    with pytest.raises(EmbeddedPostgresError, match="cannot be used"):
        lodge_as_ourselves(closed_folder / "postgres")


def test_the_newest_postgresql_of_the_package_is_taken() -> None:
    newest = run([installed() / "bin" / "postgres", "--version"], account=None, cwd=Path("/"))
    assert newest.stdout.startswith("postgres (PostgreSQL) 18.")


@only_root
def test_a_folder_that_the_account_cannot_enter_is_left_as_it_is(closed_folder: Path) -> None:
    data_dir = closed_folder / "data"
    postgres = EmbeddedPostgres(data_dir, durable=False)
    url = postgres.start()
    home = (data_dir / "postgres").resolve()
    assert home.is_relative_to(STATE_DIR)
    assert ask(url, "SELECT 1") == [(1,)]
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700

    postgres.stop()
    assert postmaster_of(data_dir) is None
    assert postgres.start() == url, "the link leads back to the same database"
    postgres.erase()
    assert not home.exists()
    assert not (data_dir / "postgres").is_symlink()


@only_root
def test_a_lost_database_is_not_silently_replaced_by_an_empty_one(data_dir: Path) -> None:
    (data_dir / "postgres").symlink_to("/nowhere/database")
    with pytest.raises(EmbeddedPostgresError, match=r"should be in /nowhere/database, and that folder is gone"):
        EmbeddedPostgres(data_dir).start()


@only_root
def test_the_account_that_owns_a_cluster_runs_it(data_dir: Path) -> None:
    place = data_dir / "postgres"
    place.mkdir(mode=0o700)
    os.chown(place, 65534, 65534)
    with EmbeddedPostgres(data_dir, durable=False):
        pid = postmaster_of(data_dir)
        assert Path(f"/proc/{pid}").stat().st_uid == 65534


@only_root
def test_somebody_elses_cluster_is_refused(data_dir: Path) -> None:
    place = data_dir / "postgres"
    place.mkdir()
    os.chown(place, 65534, 65534)
    with pytest.raises(EmbeddedPostgresError, match=r"belongs to nobody\. Start this as that user, or as root"):
        lodge_as_ourselves(place)


@only_root
def test_programs_out_of_reach_are_copied_to_where_the_account_can_run_them(
    closed_folder: Path, data_dir: Path
) -> None:
    account = find_lodging(data_dir).account
    assert account is not None
    package = installed().parent
    for folder in (package.name, f"{package.name}.libs"):
        (closed_folder / folder).symlink_to(package.with_name(folder))
    hidden = closed_folder / package.name / installed().name

    copy = within_reach(hidden, account, data_dir)
    assert copy.is_relative_to(data_dir)
    shown = run([copy / "bin" / "initdb", "--version"], account=account, cwd=Path("/"))
    assert shown.stdout.startswith("initdb (PostgreSQL) 18.")
    assert within_reach(hidden, account, data_dir) == copy
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700
