"""One of our programs as a folder that brings its own Python and libraries, by PyInstaller."""

import os
import subprocess
import sys
from pathlib import Path

from making.source import Source


def freeze(source: Source, spec: str, name: str) -> Path:
    """The folder that the .spec at `spec` collects under `name`, stripped of symbols that nobody debugs with."""
    made = source.folder / "build" / "frozen"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR"]
    places = [f"--distpath={made}", f"--workpath={source.folder / 'build' / name}"]
    subprocess.run([*command, *places, str(source.folder / spec)], check=True, env=source.environment())
    if sys.platform == "linux":
        for file in elf_files(made / name):
            # Libraries that a wheel took along were edited by auditwheel, and `strip` breaks some of those.
            if not file.parent.name.endswith(".libs"):
                subprocess.run(["strip", "--strip-unneeded", str(file)], check=True)
    return made / name


def elf_files(folder: Path) -> list[Path]:
    """Every program and library in it."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path))


def installed_bytes(folder: Path) -> int:
    """What its files take on a disk, more or less."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF" and os.access(path, os.R_OK)
