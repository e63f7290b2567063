"""The till's installer files name what is there."""

import re
from pathlib import Path

from tests.shape.source import ROOT

TILL = ROOT / "packaging" / "till"


def test_the_menu_entry_starts_the_command_that_the_package_installs() -> None:
    entry = dict(line.split("=", 1) for line in (TILL / "tillstamp.desktop").read_text().splitlines() if "=" in line)
    assert (entry["Exec"], entry["TryExec"], entry["Icon"]) == ("tillstamp",) * 3
    assert '"usr" / "bin" / "tillstamp"' in (ROOT / "packaging" / "making" / "till.py").read_text()


def test_the_workflow_names_locks_and_verbs_that_there_are() -> None:
    text = (ROOT / ".github" / "workflows" / "installers.yml").read_text()
    assert re.findall(r"^  (\w+):$", text.partition("jobs:")[2], re.MULTILINE) == ["debian", "windows", "macos"]
    locks = set(re.findall(r"requirements[\w-]*\.lock", text))
    assert locks == {"requirements.lock", "requirements-dist.lock"}
    assert all((ROOT / lock).is_file() for lock in locks)
    assert "./run dist" in text
    assert text.count("-m making till") == 2


def test_windows_starts_the_program_without_a_console() -> None:
    script = (TILL / "windows" / "installer.iss").read_text()
    started = set(re.findall(r"\{app\}\\(\w+\.exe)", script))
    assert started == {"tillstampw.exe"}
    assert 'name="tillstampw"' in (TILL / "tillstamp.spec").read_text()


def test_no_installer_touches_where_books_lie() -> None:
    """Removing deletes what was installed, and no folder of a user's."""
    script = (TILL / "windows" / "installer.iss").read_text()
    assert "UninstallDelete" not in script
    for name in ("prerm", "postrm"):
        assert not re.search(r"\brm\b|\bunlink\b", _code(TILL / "debian" / name))


def _code(file: Path) -> str:
    return "\n".join(line for line in file.read_text().splitlines() if not line.lstrip().startswith("#"))
