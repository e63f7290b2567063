"""The packages that a folder needs, found by inspection: what it is linked with, and what it opens as it runs.

What is linked is read by `dpkg-shlibdeps`, which knows since which version of a package it brings what is asked for.
What is opened by name (Qt does it, Mesa does it) is in no file's headers: the program is run under the dynamic
linker's own log, and each library that it loaded and that was not linked is added.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from making.folder import elf_files

_LOADED: Final = re.compile(r"calling init: (/\S+)")
_FOUND: Final = re.compile(r"=> (/\S+) \(")


class LibraryMissing(Exception):
    """Something in the folder is linked with a library that is not on this computer, so its package is unknown."""


def needed_packages(
    folder: Path, runs: Iterable[Sequence[str]] = (), environment: Mapping[str, str] | None = None
) -> list[str]:
    """What `Depends` has to say for the programs and libraries in `folder`.

    `runs` are command lines that show what is opened by name. Raises LibraryMissing.
    """
    files = elf_files(folder)
    linked = _linked_packages(files)
    named = {text.split()[0] for text in linked}
    known = _linked_files(files)
    opened = {
        package
        for run in runs
        for file in _loaded(run, folder, environment or os.environ)
        if file not in known and not Path(file).is_relative_to(folder) and (package := _package_of(file))
    }
    return sorted([*linked, *(opened - named)])


def _linked_packages(files: list[Path]) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="tillstamp-needs-") as scratch:
        # dpkg-shlibdeps asks for a source package's control file, and reads no more than the name in it.
        (Path(scratch) / "debian").mkdir()
        (Path(scratch) / "debian" / "control").write_text(
            "Source: tillstamp\n\nPackage: tillstamp\nArchitecture: any\n"
        )
        own = sorted({file.parent for file in files})
        command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", *(f"-l{place}" for place in own)]
        done = subprocess.run(
            [*command, *(f"-e{file}" for file in files)], cwd=scratch, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise LibraryMissing(done.stderr.strip())
    _, _, packages = done.stdout.strip().partition("shlibs:Depends=")
    return packages.split(", ")


def _linked_files(files: list[Path]) -> set[str]:
    """Every library that the linker loads with these, and with what those need in turn."""
    said = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False).stdout
    return set(_FOUND.findall(said))


def _loaded(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> set[str]:
    """What a program of the folder loaded while `command` ran, which may be a wrapper that brings a display."""
    with tempfile.TemporaryDirectory(prefix="tillstamp-loaded-") as log:
        told = {**environment, "LD_DEBUG": "files", "LD_DEBUG_OUTPUT": f"{log}/by"}
        subprocess.run(list(command), env=told, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        logs = [by.read_text(errors="replace") for by in Path(log).iterdir()]
    return {file for said in logs if f"initialize program: {folder}/" in said for file in _LOADED.findall(said)}


def _package_of(file: str) -> str | None:
    """The Debian package that brought `file`, whichever of its names the package knows it by."""
    real = str(Path(file).resolve())
    for name in (file, real, real.removeprefix("/usr"), f"/usr{real}"):
        found = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True, check=False)
        if not found.returncode:
            return found.stdout.split(":")[0]
    return None
