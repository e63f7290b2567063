"""A disk of a till's own, so small that it can be filled: a tmpfs, where we are root."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_MARK: Final = "TILLSTAMP_SOAK_HAS_OWN_MOUNTS"


def has_own_mounts() -> bool:
    """Whether this process and its children see mounts that nobody else does, and that go when they go."""
    return _MARK in os.environ


def begin_again_with_own_mounts(module: str) -> None:
    """Become `python -m module` with the same words and mounts of its own; do nothing where that is not allowed."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None or has_own_mounts():
        return
    if subprocess.run([unshare, "--mount", "true"], capture_output=True, check=False).returncode == 0:
        words = [unshare, "--mount", sys.executable, "-m", module, *sys.argv[1:]]
        os.execve(unshare, words, os.environ | {_MARK: "1"})  # noqa: S606 - no shell is wanted


class SmallDisk:
    """A small disk in the place of a folder, for the time of a block."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._filler = folder / "filler"
        self._options = f"size={megabytes}m,mode=700"

    def fill(self) -> None:
        """To the last byte."""
        with self._filler.open("ab", buffering=0) as filler:
            for block in (65_536, 512):
                with suppress(OSError):
                    while filler.write(bytes(block)):
                        continue

    def make_room(self) -> None:
        self._filler.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", self._options, "tmpfs", self.folder], check=True)  # noqa: S607 - as PATH has it
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=True)  # noqa: S607 - as PATH has it
