"""The command line of the trial, its order and its end."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from trying import container, server, till
from trying.debian import CannotTry
from trying.held import Held
from trying.hub import ROOT
from trying.made import commit_named

PARTS: Final[dict[str, Callable[[Held, Path, str], None]]] = {
    "till": till.try_it,
    "server": server.try_it,
    "container": container.try_it,
}


def main(arguments: list[str]) -> int:
    """The exit status: 0 when everything held."""
    parser = argparse.ArgumentParser(prog="packaging/try-debian", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--commit", default="HEAD", help="what the packages are made of (HEAD)")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "try-debian", help="where it may put its files")
    asked = parser.parse_args(arguments)
    if os.geteuid() != 0:
        sys.stderr.write("try-debian: chroot and mount are root's alone\n")
        return 2
    # A trial that is ended takes its mounts and processes along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work: Path = asked.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    held = Held()
    try:
        commit = commit_named(asked.commit)
        for part in asked.parts or PARTS:
            PARTS[part](held, work, commit)
    except CannotTry as why:
        sys.stderr.write(f"try-debian: {why}\n")
        return 2
    finally:
        sys.stdout.write(f"\n{held.table()}")
    return 0 if held.all_held else 1
