"""Settings from a file: beneath the environment, every one of them, and nothing that is none."""

import re
import tomllib
from pathlib import Path

import pytest

from server.database import read_settings
from server.settings import FILE_VARIABLE, Settings
from server.trouble import SettingsTrouble
from tests.shape.source import ROOT

SHIPPED = ROOT / "packaging" / "server" / "server.toml"
ENTRY = re.compile(r"^(?:# )?([a-z_]+) = (.+)$", re.MULTILINE)

# What the installed server is told, because a package knows where things belong.
OF_THE_PACKAGE = {"data_dir", "backup_dir"}
WITHOUT_DEFAULT = {
    *("tls_certificate", "tls_key", "trusted_proxies"),
    *("database_url", "direct_database_url", "prepared_statements"),
    "till_version",
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TILLSTAMP_{name.upper()}", raising=False)
    path = tmp_path / "server.toml"
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    return path


def test_the_shipped_file_names_every_setting_once_and_none_else() -> None:
    assert sorted(name for name, _ in ENTRY.findall(SHIPPED.read_text())) == sorted(Settings.model_fields)


def test_what_it_shows_is_what_holds_without_it() -> None:
    for name, value in ENTRY.findall(SHIPPED.read_text()):
        if name not in OF_THE_PACKAGE | WITHOUT_DEFAULT:
            assert tomllib.loads(f"v = {value}")["v"] == Settings.model_fields[name].default


def test_it_may_be_taken_with_every_line_of_it(file: Path) -> None:
    file.write_text(re.sub(r"^# (?=[a-z_]+ = )", "", SHIPPED.read_text(), flags=re.MULTILINE))
    settings = read_settings()
    assert settings.model_fields_set == set(Settings.model_fields)
    assert settings.trusted_proxy_list == ["127.0.0.1", "::1"]
    file.write_text(SHIPPED.read_text())
    assert read_settings().model_fields_set == OF_THE_PACKAGE


def test_the_environment_goes_before_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('port = 1000\nhost = "::1"')
    monkeypatch.setenv("TILLSTAMP_PORT", "2000")
    settings = read_settings()
    assert (settings.port, settings.host) == (2000, "::1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"cannot be read \(No such file or directory\)\. Check TILLSTAMP_SETTINGS_FILE"),
        ("port = ", "are no TOML"),
        ("pört = 1\xff", "are no TOML"),
        ('prot = 1\nport = "many"', 'there is no setting "prot"'),
        ('prot = 1\nport = "many"', "TILLSTAMP_PORT: Input should be a valid integer"),
        ('tls_key = "/key"', "make no sense. TILLSTAMP_TLS_KEY is set, and TILLSTAMP_TLS_CERTIFICATE"),
        ("backup_keep = 0", "TILLSTAMP_BACKUP_KEEP: Input should be greater than or equal to 1"),
    ],
)
def test_what_makes_no_sense_is_said(file: Path, content: str | None, said: str) -> None:
    if content is not None:
        file.write_text(content, encoding="latin-1")
    with pytest.raises(SettingsTrouble, match=said):
        read_settings()
