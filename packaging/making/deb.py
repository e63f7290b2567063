"""A Debian package of a folder, by dpkg-deb: everything is root's, and the same files make the same bytes."""

import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from making.folder import installed_bytes

MAINTAINER: Final = "Tillstamp <packages@tillstamp.invalid>"
_PROGRAMS: Final = ("preinst", "postinst", "prerm", "postrm")


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says of itself.

    Attributes:
        depends, recommends: other packages, each as Debian writes it: `libc6 (>= 2.36)`.
        scripts: a folder with the maintainer scripts, and `conffiles`.
    """

    name: str
    version: str
    summary: str
    description: str
    section: str
    scripts: Path
    depends: list[str] = field(default_factory=list)
    recommends: list[str] = field(default_factory=list)


def build(package: Package, root: Path, out: Path, environment: Mapping[str, str]) -> Path:
    """The package of what lies in `root` as in a computer's `/`; `root` gets a DEBIAN folder."""
    architecture = _said("dpkg", "--print-architecture")
    head = root / "DEBIAN"
    head.mkdir()
    for name in (*_PROGRAMS, "conffiles"):
        if (package.scripts / name).exists():
            shutil.copy(package.scripts / name, head / name)
    (head / "md5sums").write_text(_checksums(root))
    (head / "control").write_text(_control(package, architecture, installed_bytes(root) // 1024))
    _set_rights(root)
    file = out / f"{package.name}_{package.version}_{architecture}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", str(root), str(file)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return file


def _control(package: Package, architecture: str, installed_kib: int) -> str:
    fields = {
        "Package": package.name,
        "Version": package.version,
        "Architecture": architecture,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(installed_kib),
        "Depends": ", ".join(package.depends),
        "Recommends": ", ".join(package.recommends),
        "Section": package.section,
        "Priority": "optional",
        "Description": "\n ".join([package.summary, *package.description.splitlines()]),
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _checksums(root: Path) -> str:
    """For `dpkg --verify`: whether a disk or a hand changed a file."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    named = sorted((path.relative_to(root).as_posix(), path) for path in files if root / "DEBIAN" not in path.parents)
    return "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {name}\n" for name, path in named
    )


def _set_rights(root: Path) -> None:
    """Not the rights of whoever made it: all may read, nobody else may write, and what could be run still can."""
    for path in [root, *root.rglob("*")]:
        if path.is_symlink():
            continue
        is_script = path.parent.name == "DEBIAN" and path.name in _PROGRAMS
        runs = path.is_dir() or is_script or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
