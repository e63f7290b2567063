"""A bare Debian 12 in a folder."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RELEASE: Final = "bookworm"
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PATIENCE_S: Final = 600


class CannotTry(Exception):
    """This computer is no place for the trial; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Debian:
    """A system that is mounted.

    Attributes:
        root: the folder that is its `/`.
    """

    root: Path

    def command(self, words: Sequence[str], user: str = "root", **environment: str) -> list[str]:
        """The command line, for this computer, that runs `words` in there with nothing of our own environment."""
        home = "/root" if user == "root" else f"/home/{user}"
        known = {"PATH": _PATH, "HOME": home, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **environment}
        start = ["chroot", f"--userspec={user}:{user}", str(self.root), "/usr/bin/env", "-i", f"--chdir={home}"]
        return [*start, *(f"{name}={value}" for name, value in known.items()), *words]

    def run(
        self, *words: str, user: str = "root", said: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end, whatever that is."""
        return subprocess.run(
            self.command(words, user, **environment),
            input=said,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )

    def has_python(self) -> list[str]:
        """Every Python that somebody could start in there, but for our own."""
        places = ["usr/bin", "usr/local/bin", "usr/sbin"]
        return sorted(path.name for place in places for path in (self.root / place).glob("python*"))


def bare_system(work: Path) -> Path:
    """A folder with Debian's required packages alone; made once, and never used itself. Raises CannotTry."""
    base = work / f"{RELEASE}-minbase"
    if (base / ".whole").exists():
        return base
    if shutil.which("debootstrap") is None:
        raise CannotTry("debootstrap is missing: apt-get install -y debootstrap")
    shutil.rmtree(base, ignore_errors=True)
    mirror = _mirror()
    subprocess.run(
        ["debootstrap", "--variant=minbase", RELEASE, str(base), mirror], check=True, stdout=subprocess.DEVNULL
    )
    # The lists are fetched once, for all systems that are made of this one.
    subprocess.run(Debian(base).command(["apt-get", "-qq", "update"]), check=True, stdout=subprocess.DEVNULL)
    (base / ".whole").touch()
    return base


@contextmanager
def debian(work: Path, name: str, users: Mapping[str, int] | None = None) -> Iterator[Debian]:
    """A fresh system called `name`, with ordinary users, until the end of the `with`. Raises CannotTry."""
    base = bare_system(work)
    root = work / name
    if root.exists():
        remove(root)
    subprocess.run(["cp", "--archive", "--reflink=auto", str(base), str(root)], check=True)
    system = Debian(root)
    mounted: list[Path] = []
    try:
        for kind, place, options in (
            ("proc", "proc", "nosuid"),
            ("tmpfs", "dev/shm", "mode=1777"),
            ("tmpfs", "run", "mode=755"),
        ):
            (root / place).mkdir(exist_ok=True)
            subprocess.run(["mount", "-t", kind, "-o", options, kind, str(root / place)], check=True)
            mounted.append(root / place)
        for user, number in (users or {}).items():
            subprocess.run(system.command(["useradd", "--create-home", "--uid", str(number), user]), check=True)
        yield system
    finally:
        for mount in reversed(mounted):
            subprocess.run(["umount", str(mount)], check=True)
        remove(root)


def remove(root: Path) -> None:
    """The folder of a system, unless something is still mounted in it: nothing beyond it must ever be removed."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((each for each in mounts if Path(each).is_relative_to(root)), reverse=True):
        subprocess.run(["umount", mount], check=True)
    shutil.rmtree(root)


def _mirror() -> str:
    """Where this computer's own apt has this release from."""
    command = ["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in said.splitlines():
        release, component, address = (*line.split(" ", 2), "", "")[:3]
        if (release, component) == (RELEASE, "main"):
            return address
    raise CannotTry(f"this computer's apt knows no mirror of Debian {RELEASE}; see /etc/apt/sources.list")
