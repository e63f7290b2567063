"""Starting with the computer: the entry by which each system starts a program when its user signs in.

Linux has a file that every desktop reads (XDG autostart), macOS a launch agent, Windows a value in the user's own
registry. The entry is the only place where the choice is kept: who takes it away with the system's own tools has
switched it off here as well.
"""

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import platformdirs

from desktop import own_process
from desktop.trouble import KnownTrouble

_NAME: Final = "tillstamp"
_SHOWN: Final = "Tillstamp"
_RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
_SOURCES: Final = Path(__file__).resolve().parents[1]


class AutostartUnwritable(KnownTrouble):
    """The system does not let us write or remove the entry."""

    def __init__(self, path: object, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


class Autostart(Protocol):
    """One till's entry."""

    def is_on(self) -> bool:
        """Whether the till starts with the computer."""
        ...

    def switch(self, *, on: bool) -> None:
        """Write the entry, or remove it. Raises AutostartUnwritable."""
        ...


@dataclass(frozen=True, slots=True)
class FileAutostart:
    """An entry that is a file.

    Attributes:
        content: what the file says.
    """

    path: Path
    content: bytes

    def is_on(self) -> bool:
        """Whether the file is there, whoever wrote it."""
        return self.path.is_file()

    def switch(self, *, on: bool) -> None:
        """Write it whole, or remove it. Raises AutostartUnwritable."""
        unfinished = self.path.with_suffix(".part")
        try:
            if not on:
                self.path.unlink(missing_ok=True)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(self.content)
            unfinished.replace(self.path)
        except OSError as error:
            raise AutostartUnwritable(self.path, error.strerror or str(error)) from error


@dataclass(frozen=True, slots=True)
class RegistryAutostart:
    """A value under the user's own Run key.

    Attributes:
        command: the command line that Windows starts.
    """

    name: str
    command: str

    def is_on(self) -> bool:  # pragma: no cover - tried on Windows only
        """Whether the value is there."""
        registry = _registry()
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
                registry.QueryValueEx(key, self.name)
        except OSError:
            return False
        return True

    def switch(self, *, on: bool) -> None:  # pragma: no cover - tried on Windows only
        """Set the value, or delete it. Raises AutostartUnwritable."""
        registry = _registry()
        try:
            with registry.CreateKey(registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
                if on:
                    registry.SetValueEx(key, self.name, 0, registry.REG_SZ, self.command)
                elif self.is_on():
                    registry.DeleteValue(key, self.name)
        except OSError as error:
            raise AutostartUnwritable(rf"HKEY_CURRENT_USER\{_RUN_KEY}", error.strerror or str(error)) from error


def autostart_of(
    data_dir: Path,
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> Autostart:
    """The entry of the till whose data lies in `data_dir`."""
    home = home or Path.home()
    name, command = _name_of(data_dir), start_command(data_dir)
    if platform == "win32":
        return RegistryAutostart(name, subprocess.list2cmdline(command))
    if platform == "darwin":
        label = f"org.{name}"
        return FileAutostart(home / "Library" / "LaunchAgents" / f"{label}.plist", launch_agent(label, command))
    config = environment.get("XDG_CONFIG_HOME", "")
    # The standard ignores a path that is not absolute.
    folder = Path(config) if config.startswith("/") else home / ".config"
    return FileAutostart(folder / "autostart" / f"{name}.desktop", desktop_entry(command))


def start_command(data_dir: Path) -> list[str]:
    """The command line that opens this till's window."""
    folder = [] if data_dir == _usual_folder() else ["--data-dir", str(data_dir)]
    if own_process.is_frozen():
        # On Windows there are two: one with a console, for commands, and this one without.
        program = Path(sys.executable)
        windowed = program.with_name(f"{program.stem}w{program.suffix}")
        return [str(windowed if windowed.is_file() else program), *folder]
    # Installed, the command lies beside the interpreter; from a working copy there is none.
    installed = shutil.which(_NAME, path=str(Path(sys.executable).parent))
    return [installed, *folder] if installed else [sys.executable, "-m", "desktop", *folder]


def desktop_entry(command: Sequence[str]) -> bytes:
    """An XDG autostart entry; `Path` is where `python -m desktop` finds this program.

    Where the program was removed nothing is started: that is what `TryExec` is for.
    """
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        f"Name={_SHOWN}",
        f"TryExec={_escaped(command[0])}",
        f"Exec={' '.join(_quoted(part) for part in command)}",
        f"Path={_escaped(str(_SOURCES))}",
        "Terminal=false",
        "X-GNOME-Autostart-enabled=true",
    ]
    return "\n".join([*lines, ""]).encode()


def launch_agent(label: str, command: Sequence[str]) -> bytes:
    """A macOS launch agent: once, when the user signs in, and only where there is a screen."""
    # By name: it brings an XML parser, which a window that opens on other systems never needs.
    plist: Any = importlib.import_module("plistlib")
    said: bytes = plist.dumps(
        {
            "Label": label,
            "ProgramArguments": list(command),
            "WorkingDirectory": str(_SOURCES),
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
        }
    )
    return said


def _quoted(part: str) -> str:
    """One argument of `Exec`: in quotes, its special characters escaped, then escaped as any text of the file is."""
    inner = "".join(f"\\{character}" if character in '"`$\\' else character for character in part.replace("%", "%%"))
    return _escaped(f'"{inner}"')


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _name_of(data_dir: Path) -> str:
    """A second till of the same user has an entry of its own."""
    if data_dir == _usual_folder():
        return _NAME
    return f"{_NAME}-{hashlib.sha256(str(data_dir).encode()).hexdigest()[:8]}"


def _usual_folder() -> Path:
    return platformdirs.user_data_path(_NAME, appauthor=False).absolute()


def _registry() -> Any:  # pragma: no cover - Windows only
    return importlib.import_module("winreg")
