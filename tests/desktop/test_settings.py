"""A till's settings file: none is fine, a wrong one is told in words."""

from pathlib import Path

import pytest

from desktop.flow.scan_burst import GAP_BOUNDS_MS
from desktop.settings import SCANNER_GAP_BOUNDS_MS, DataDirInvalid, Settings, SettingsInvalid, load_settings


def test_a_till_needs_no_settings(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings == Settings(tmp_path, 50)
    assert settings.book_path.parent == tmp_path


def test_without_a_folder_the_system_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert load_settings().data_dir == tmp_path / "tillstamp"


def test_the_scanner_can_be_slower(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("scanner_gap_ms = 80\n")
    assert load_settings(tmp_path).scanner_gap_ms == 80


def test_the_scanner_may_type_something_around_each_code(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('scanner_prefix = "]Q1"\nscanner_suffix = "#"\n')
    settings = load_settings(tmp_path)
    assert (settings.scanner_prefix, settings.scanner_suffix) == ("]Q1", "#")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("scanner_gap_ms = 101", "20 to 100, not 101"),
        ("scanner_gap_ms = 19", "20 to 100, not 19"),
        ("scanner_gap_ms = true", "not True"),
        ('scanner_gap_ms = "50"', "not '50'"),
        ("scaner_gap_ms = 50", "no setting 'scaner_gap_ms'"),
        ("scanner_gap_ms =", "Invalid value"),
        ("scanner_prefix = 7", "at most 16 visible characters, not 7"),
        ('scanner_suffix = "\\t"', "at most 16 visible characters"),
        ('scanner_suffix = "12345678901234567"', "at most 16 visible characters"),
        ("scanner_gap_ms = " + "9" * 5_000, "a number that is too long"),
        ("scanner_gap_ms = " + "[" * 5_000, "brackets in too many others"),
        ("#" * 70_000, "too large"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsInvalid, match=problem):
        load_settings(tmp_path)


@pytest.mark.parametrize("below", [".", "deeper"])
def test_a_file_is_no_data_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "till.db").write_text("")
    with pytest.raises(DataDirInvalid) as trouble:
        load_settings(tmp_path / "till.db" / below)
    assert trouble.value.path == tmp_path / "till.db" / below


def test_the_bounds_are_the_scanners_own() -> None:
    assert SCANNER_GAP_BOUNDS_MS == GAP_BOUNDS_MS
