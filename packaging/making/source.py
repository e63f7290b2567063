"""What everything is made from: the files of one commit, in a folder of their own."""

import io
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Source:
    """A copy of the repository.

    Attributes:
        folder: where it lies.
        epoch: the time of the commit, in seconds; whatever is made bears it.
    """

    folder: Path
    epoch: int

    @classmethod
    @contextmanager
    def of_commit(cls, commit: str) -> Iterator[Self]:
        """The files of `commit`, until the end of the `with`."""
        packed = _git("archive", "--format=tar", commit)
        epoch = int(_git("show", "--no-patch", "--format=%ct", commit))
        with tempfile.TemporaryDirectory(prefix="tillstamp-") as folder:
            with tarfile.open(fileobj=io.BytesIO(packed)) as files:
                files.extractall(folder, filter="data")
            yield cls(Path(folder), epoch)

    @property
    def version(self) -> str:
        """What `common/version.py` says, which is not imported: it is another copy of us."""
        found = re.search(r'VERSION: Final = "([^"]+)"', (self.folder / "common" / "version.py").read_text())
        if found is None:
            raise ValueError("common/version.py names no version")
        return found[1]

    def environment(self) -> Mapping[str, str]:
        """For the tools: the same input makes the same bytes."""
        return {
            **os.environ,
            "SOURCE_DATE_EPOCH": str(self.epoch),
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(self.folder / "packaging"),
            "LC_ALL": "C.UTF-8",
        }


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], check=True, stdout=subprocess.PIPE).stdout
