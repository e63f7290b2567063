"""`python -m making [wheel] [till] [server]`: the parts that are named, or all of them, and their checksums."""

import argparse
import hashlib
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from making import server, till, wheel
from making.source import Source

PARTS: Final[dict[str, Callable[[Source, Path], list[Path]]]] = {
    "wheel": wheel.make,
    "till": till.make,
    "server": server.make,
}
"""Each makes its files in a folder, and says which they are."""


_TOOLS: Final = {
    "dpkg-deb": "dpkg",
    "dpkg-shlibdeps": "dpkg-dev",
    "git": "git",
    "strip": "binutils",
    "xvfb-run": "xvfb",
}
"""Each command, and the package that brings it."""


def main(arguments: list[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="./run dist", description="Makes what is installed.")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="the folder to put it into (dist)")
    parser.add_argument("--commit", default="HEAD", help="what to make it from (HEAD)")
    asked = parser.parse_args(arguments)
    if missing := missing_tools():
        sys.stderr.write(f"dist: these are missing; to install them: sudo apt-get install -y {' '.join(missing)}\n")
        return 1
    out: Path = asked.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    with Source.of_commit(asked.commit) as source:
        made = [file for part in asked.parts or PARTS for file in PARTS[part](source, out)]
    write_checksums(out)
    for file in made:
        sys.stdout.write(f"{file.stat().st_size / 1e6:8.1f} MB  {file}\n")
    return 0


def missing_tools() -> list[str]:
    """The Debian packages of the commands that a Debian package is made with and that are not here."""
    if platform.system() != "Linux":
        return []
    return sorted({package for command, package in _TOOLS.items() if shutil.which(command) is None})


def write_checksums(out: Path) -> None:
    """SHA256SUMS of all that lies in `out`, as `sha256sum --check` reads it."""
    files = sorted(path for path in out.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (out / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
