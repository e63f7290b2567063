"""The till: a folder by PyInstaller, and of it what this system installs."""

import os
import platform
import shutil
from pathlib import Path
from typing import Final

from making.deb import Package, build
from making.folder import freeze
from making.needs import needed_packages
from making.source import Source

_HERE: Final = "packaging/till"
_DESCRIPTION: Final = """\
A till records stamps, rewards and voids on its own disk, with or without a
network, and a server brings the tills of all stores together.
.
This is the till: a window for a scanner, a touch screen or both, and the
command tillstamp. It brings all that it needs of Python along."""


def make(source: Source, out: Path) -> list[Path]:
    """On Linux a Debian package; elsewhere the folder, from which the system's own tools go on."""
    folder = freeze(source, f"{_HERE}/tillstamp.spec", "tillstamp")
    if platform.system() == "Linux":
        return [_deb(source, folder, out)]
    kept = out / folder.name
    shutil.rmtree(kept, ignore_errors=True)
    shutil.move(folder, kept)
    return []


def _deb(source: Source, folder: Path, out: Path) -> Path:
    here = source.folder / _HERE
    package = Package(
        name="tillstamp",
        version=source.version,
        summary="till for stamp cards that goes on working offline",
        description=_DESCRIPTION,
        section="misc",
        scripts=here / "debian",
        depends=needed_packages(folder, [_opens_a_display(folder)]),
        recommends=["fonts-inter"],
    )
    root = source.folder / "build" / "deb-tillstamp"
    program = root / "usr" / "lib" / "tillstamp"
    program.parent.mkdir(parents=True)
    shutil.move(folder, program)
    for file, place in {
        here / "tillstamp.desktop": "usr/share/applications/tillstamp.desktop",
        here / "tillstamp.svg": "usr/share/icons/hicolor/scalable/apps/tillstamp.svg",
        here / "debian" / "copyright": "usr/share/doc/tillstamp/copyright",
        source.folder / "CHANGELOG.md": "usr/share/doc/tillstamp/CHANGELOG.md",
    }.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, root / place)
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / "tillstamp").symlink_to("../lib/tillstamp/tillstamp")
    return build(package, root, out, source.environment())


def _opens_a_display(folder: Path) -> list[str]:
    """The program's own look for a display, on one that is there for the moment; it loads what a window loads."""
    wrapper = [] if os.environ.get("DISPLAY") else ["xvfb-run", "--auto-servernum"]
    return [*wrapper, str(folder / "tillstamp"), "--run-own-module", "desktop.ui.display_probe"]
