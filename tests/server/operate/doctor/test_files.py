"""What the doctor says of files and disks: each thing is broken for real."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.incarnation import read_life
from server.operate.doctor.backups import check_backups
from server.operate.doctor.certificate import check_certificate
from server.operate.doctor.disk import BAD_BELOW_BYTES, WARN_BELOW_BYTES, check_disks
from server.operate.doctor.finding import Finding, Level
from server.operate.doctor.receipts import check_receipt_key
from server.settings import Settings
from tests.helpers.clock import ManualClock
from tests.shape.source import ROOT

CERTIFICATES = ROOT / "tests" / "desktop" / "sync" / "certificates"
ENDS = datetime(2120, 1, 1, tzinfo=UTC)


def at(moment: datetime) -> ManualClock:
    return ManualClock(moment)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The data directory of a server that was started once."""
    folder = tmp_path / "data"
    read_life(folder, ManualClock())
    return folder


def test_a_key_for_receipts_that_is_there_for_the_server_alone(data_dir: Path) -> None:
    assert check_receipt_key(data_dir).level is Level.OK


def test_a_key_that_others_may_read(data_dir: Path) -> None:
    (data_dir / "receipt.key").chmod(0o644)
    found = check_receipt_key(data_dir)
    assert (found.level, found.advice) == (Level.BAD, f"chmod 600 {data_dir / 'receipt.key'}")


def test_a_key_that_is_lost_is_not_made_anew_by_looking(data_dir: Path) -> None:
    (data_dir / "receipt.key").unlink()
    assert check_receipt_key(data_dir).level is Level.BAD
    assert not (data_dir / "receipt.key").exists()
    (data_dir / "incarnation").unlink()
    assert check_receipt_key(data_dir).level is Level.WARN


def test_a_key_that_is_none(data_dir: Path) -> None:
    (data_dir / "receipt.key").write_text("not a key")
    assert "does not hold a key" in check_receipt_key(data_dir).says


def certificate(name: str, clock: ManualClock) -> Finding:
    return check_certificate(Settings(tls_certificate=CERTIFICATES / f"{name}.pem"), clock)


@pytest.mark.parametrize(
    ("left", "level"),
    [
        (timedelta(days=15), Level.OK),
        (timedelta(days=13), Level.WARN),
        (timedelta(0), Level.BAD),
        (-timedelta(days=2), Level.BAD),
    ],
)
def test_a_certificate_ends(left: timedelta, level: Level) -> None:
    found = certificate("valid", at(ENDS - left))
    assert found.level is level
    assert "127.0.0.1" in found.says
    assert bool(found.advice) is (level is not Level.OK)


def test_a_certificate_of_the_future() -> None:
    assert "good only from 2020-01-01 on" in certificate("valid", at(datetime(2019, 1, 1, tzinfo=UTC))).says


def test_a_certificate_that_cannot_be_used() -> None:
    found = certificate("none", ManualClock())
    assert (found.level, "cannot be read" in found.says) == (Level.BAD, True)


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        (Settings(), Level.OK),
        (Settings(host="::1"), Level.OK),
        (Settings(host="localhost"), Level.OK),
        (Settings(host="0.0.0.0"), Level.WARN),  # noqa: S104 - nothing listens there
        (Settings(host="shop.example"), Level.WARN),
        (Settings(host="0.0.0.0", trusted_proxies="10.0.0.1"), Level.OK),  # noqa: S104 - nor there
    ],
)
def test_without_a_certificate_it_matters_who_is_served(settings: Settings, level: Level) -> None:
    assert check_certificate(settings, ManualClock()).level is level


def backups(folder: Path | None, clock: ManualClock) -> Level:
    return check_backups(Settings(backup_dir=folder), clock).level


def test_the_age_of_the_newest_backup(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert backups(None, at(now)) is Level.WARN
    assert backups(tmp_path, at(now)) is Level.WARN
    for days in (1, 9):
        file = tmp_path / f"tillstamp-202611{22 - days:02}T030000Z.backup"
        file.touch()
        made = (now - timedelta(days=days)).timestamp()
        os.utime(file, (made, made))
    (tmp_path / "something-else.backup").touch()
    assert backups(tmp_path, at(now)) is Level.OK
    assert backups(tmp_path, at(now + timedelta(hours=13))) is Level.BAD


def test_no_folder_for_backups_where_one_should_be(tmp_path: Path) -> None:
    assert backups(tmp_path / "made" / "later", ManualClock()) is Level.WARN
    (tmp_path / "file").touch()
    assert backups(tmp_path / "file", ManualClock()) is Level.BAD
    assert backups(tmp_path / "file" / "within", ManualClock()) is Level.BAD


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of our own, with a little more on it than the doctor warns of; as much of the memory as is written."""
    place = tmp_path / "disk"
    place.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    size = WARN_BELOW_BYTES + 8 * 1024**2
    command = [str(mount), "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if os.geteuid() != 0 or mount is None or umount is None or subprocess.run(command, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run([umount, str(place)], check=True)


def take(place: Path, size: int) -> None:
    with (place / "taken").open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, size)


def test_a_disk_fills_up(small_disk: Path) -> None:
    def level() -> Level:
        (found,) = check_disks({"data": small_disk, "backups": small_disk, "gone": small_disk / "gone", "none": None})
        assert "(data and backups)" in found.says
        return found.level

    assert level() is Level.OK
    take(small_disk, 16 * 1024**2)
    assert level() is Level.WARN


def test_too_full_a_disk(tmp_path: Path, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={BAD_BELOW_BYTES // 2}", str(small_disk)], check=True)  # noqa: S607 - as above
    found = check_disks({"data": small_disk, "backups": tmp_path})
    assert found[0].level is Level.BAD
    assert len(found) == 2
