"""The entry by which a till starts with the computer: written and removed for real on Linux, read elsewhere."""

import os
import plistlib
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.autostart import (
    AutostartUnwritable,
    FileAutostart,
    RegistryAutostart,
    autostart_of,
    desktop_entry,
    start_command,
)
from desktop.present.sentences import trouble_sentence


def entry_of(tmp_path: Path, **environment: str) -> FileAutostart:
    entry = autostart_of(tmp_path / "data", "linux", environment, tmp_path)
    assert isinstance(entry, FileAutostart)
    return entry


def test_the_linux_entry_is_written_and_removed(tmp_path: Path) -> None:
    entry = entry_of(tmp_path)
    assert not entry.is_on()
    entry.switch(on=True)
    assert entry.is_on()
    assert entry.path.parent == tmp_path / ".config" / "autostart"
    assert entry.path.suffix == ".desktop"
    assert [path.name for path in entry.path.parent.iterdir()] == [entry.path.name]
    entry.switch(on=True)
    entry.switch(on=False)
    assert not entry.is_on()
    entry.switch(on=False)


def test_the_linux_entry_lies_where_the_desktop_looks(tmp_path: Path) -> None:
    assert entry_of(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "c")).path.parent == tmp_path / "c" / "autostart"
    assert entry_of(tmp_path, XDG_CONFIG_HOME="relative").path.parent == tmp_path / ".config" / "autostart"


def test_each_till_has_an_entry_of_its_own(tmp_path: Path) -> None:
    one, other = (autostart_of(tmp_path / name, "linux", {}, tmp_path) for name in ("one", "other"))
    assert isinstance(one, FileAutostart)
    assert isinstance(other, FileAutostart)
    assert one.path != other.path


def parsed(entry: bytes) -> dict[str, str]:
    """As the standard reads it: lines, then the escapes of a text."""
    lines = entry.decode().splitlines()
    assert lines[0] == "[Desktop Entry]"
    values = (line.partition("=") for line in lines[1:])
    return {key: value.replace("\\\\", "\\") for key, _, value in values}


@pytest.mark.parametrize("awkward", ["two words", "a$b", "100% `x`", 'say "hi"', "back\\slash"])
def test_what_the_entry_starts_survives_its_quoting(awkward: str) -> None:
    fields = parsed(desktop_entry(["/usr/bin/tillstamp", "--data-dir", awkward]))
    # Of what is in double quotes, a shell takes the standard's four escapes just as the standard does.
    said = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\n' {fields['Exec'].replace('%%', '%')}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.splitlines() == ["/usr/bin/tillstamp", "--data-dir", awkward]
    assert fields["Terminal"] == "false"


def test_a_program_that_was_removed_is_not_started() -> None:
    assert parsed(desktop_entry(["/opt/till \\1/tillstamp", "--data-dir", "x"]))["TryExec"] == "/opt/till \\1/tillstamp"


def test_the_command_starts_this_very_program(tmp_path: Path) -> None:
    """It is started as the entry says, by whoever signs in; `--help` instead of a window."""
    command = start_command(tmp_path)
    assert command[-2:] == ["--data-dir", str(tmp_path)]
    fields = parsed(desktop_entry(command))
    done = subprocess.run(
        [*command[:-2], "--help"],
        cwd=fields["Path"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"COLUMNS": "100"},
    )
    assert done.returncode == 0
    assert "enrol" in done.stdout


def test_the_mac_s_launch_agent(tmp_path: Path) -> None:
    entry = autostart_of(tmp_path / "data", "darwin", {}, tmp_path)
    assert isinstance(entry, FileAutostart)
    assert entry.path.parent == tmp_path / "Library" / "LaunchAgents"
    said = plistlib.loads(entry.content)
    assert said["Label"] == entry.path.stem
    assert said["ProgramArguments"] == start_command(tmp_path / "data")
    assert said["RunAtLoad"] is True


def test_an_installed_program_starts_itself_without_a_console_where_it_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, windowed = tmp_path / "tillstamp.exe", tmp_path / "tillstampw.exe"
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(program))
    assert start_command(tmp_path)[0] == str(program)
    windowed.touch()
    assert start_command(tmp_path)[0] == str(windowed)
    monkeypatch.setattr("sys.executable", str(windowed))
    assert start_command(tmp_path)[0] == str(windowed)


def test_the_windows_value_quotes_what_has_spaces(tmp_path: Path) -> None:
    entry = autostart_of(tmp_path / "a till", "win32", {}, tmp_path)
    assert isinstance(entry, RegistryAutostart)
    assert f'"{tmp_path / "a till"}"' in entry.command
    assert entry.name.startswith("tillstamp")


@pytest.mark.skipif(sys.platform == "win32", reason="a file in a folder's place")
def test_what_the_system_does_not_allow_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file where a folder should be")
    with pytest.raises(AutostartUnwritable) as raised:
        entry_of(tmp_path).switch(on=True)
    assert str(entry_of(tmp_path).path) in trouble_sentence(raised.value)
