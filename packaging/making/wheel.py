"""The wheel, for whoever has a Python: `pipx install 'tillstamp[desktop]'`."""

import subprocess
import sys
from pathlib import Path

from making.source import Source


def make(source: Source, out: Path) -> list[Path]:
    """The same commit makes the same bytes."""
    name = f"tillstamp-{source.version}-py3-none-any.whl"
    # Not isolated: setuptools is the one of requirements-dist.lock, not the newest of the day.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source.folder)]
    subprocess.run(command, check=True, env=source.environment(), stdout=subprocess.DEVNULL)
    return [out / name]
