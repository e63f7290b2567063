"""A log that leaves the till: whole, and with nothing in it that is a person's."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.sync.exports import export_log, export_path, scrubbed
from desktop.sync.rescue import ExportUnwritable

HEAD = "2026-11-22 11:05:09,123 INFO desktop.sync.runner: "


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("card 1234-5678-9012 is gone", "card [removed] is gone"),
        ("card 123456789012", "card [removed]"),
        ("call +352 621 123 456 now", "call [removed] now"),
        ("call (0)6.12.34.56.78", "call [removed]"),
        ("ana.weber@example.lu wrote", "[removed] wrote"),
        ("scan TS1-0123456789ABCDEFGHJKMNPQRS", "scan [removed]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [removed]"),
        ("key dGhpcyBpcyBhIHNlY3JldCBrZXkgb2YgYSB0aWxsMTI=", "key [removed]="),
        ("name [type=x, input_value='Ana', input_type=str]", "name [type=x, input_value=[removed], input_type=str]"),
    ],
)
def test_what_is_a_persons_or_a_key_is_taken_out(said: str, kept: str) -> None:
    assert scrubbed(HEAD + said) == HEAD + kept


@pytest.mark.parametrize(
    "said",
    [
        HEAD + "push failed: Unreachable(reason=<UnreachableReason.REFUSED: 'refused'>, detail='192.168.100.140:8460')",
        HEAD + "operation 0193575a-7bd4-7cc3-9f4e-0123456789ab",
        '  File "/usr/lib/python3.11/threading.py", line 1045, in _bootstrap_inner',
        "sqlite3.OperationalError: no such table: test_of_a_very_long_name_without_figures",
        "Version 0.1.0, SQLite 3.40.1, 123456 cards",
    ],
)
def test_what_helps_is_kept(said: str) -> None:
    assert scrubbed(said) == said


def test_the_log_with_its_older_files_is_one_zip(tmp_path: Path) -> None:
    data, usb = tmp_path / "data", tmp_path / "usb"
    data.mkdir()
    usb.mkdir()
    (data / "till.log").write_text(f"{HEAD}card 123456789012\n")
    (data / "till.log.1").write_bytes(b"older \xff\n")
    (data / "till-secrets.json").write_text("a secret")
    file = usb / "log.zip"
    assert export_log(data, file, "Version 0.1.0\n") == 2
    with zipfile.ZipFile(file) as written:
        assert written.namelist() == ["diagnostics.txt", "till.log", "till.log.1"]
        assert written.read("till.log").decode() == f"{HEAD}card [removed]\n"
        assert written.read("till.log.1").decode() == "older \ufffd\n"
        assert written.read("diagnostics.txt") == b"Version 0.1.0\n"
    assert list(usb.iterdir()) == [file]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportUnwritable):
        export_log(tmp_path, tmp_path / "unplugged" / "log.zip", "")


def test_a_file_is_named_for_the_shops_time(tmp_path: Path) -> None:
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    path = export_path(tmp_path, "queue", ".json", at, "Europe/Luxembourg")
    assert path == tmp_path / "tillstamp-queue-2026-11-23-0030.json"
