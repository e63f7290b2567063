"""The till: a folder by PyInstaller, and of it what this system installs."""

import os
import platform
import shutil
import subprocess
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
    """A Debian package, an installer of Windows, or a disk image of macOS: whatever system this is."""
    folder = freeze(source, f"{_HERE}/tillstamp.spec", "tillstamp")
    match platform.system():
        case "Linux":
            return [_deb(source, folder, out)]
        case "Windows":
            return [_setup(source, folder, out)]
        case "Darwin":
            return [_disk_image(source, folder.with_name("Tillstamp.app"), out)]
        case other:
            raise NotImplementedError(f"nobody has said what is installed on {other}")


def _setup(source: Source, folder: Path, out: Path) -> Path:
    """By Inno Setup, whose compiler is on the PATH."""
    said = [f"/DVersion={source.version}", f"/DFolder={folder}", f"/DOut={out}"]
    subprocess.run(["iscc", "/Q", *said, str(source.folder / _HERE / "windows" / "installer.iss")], check=True)
    return out / f"tillstamp-{source.version}-setup.exe"


def _disk_image(source: Source, app: Path, out: Path) -> Path:
    """The program beside the folder that it is to be drawn into."""
    shown = app.with_name("shown")
    shown.mkdir()
    shutil.move(app, shown / app.name)
    (shown / "Applications").symlink_to("/Applications")
    file = out / f"tillstamp-{source.version}.dmg"
    name = ["-volname", "Tillstamp", "-srcfolder", str(shown)]
    subprocess.run(["hdiutil", "create", "-quiet", "-ov", "-format", "UDZO", *name, str(file)], check=True)
    return file


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
