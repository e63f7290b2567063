"""Where a cluster lives and under which account it runs.

An ordinary user's cluster lives in the data directory and runs as that user. PostgreSQL refuses to run as root. As
root it therefore runs as the system user `tillstamp`, made for this alone: `postgres` or `nobody`, where they exist,
own other things, which a fault in ours must not reach, nor theirs in ours. Where that user cannot enter the data
directory (a clone in /root), the cluster lives under /var/lib/tillstamp, and a link in the data directory says where.
Permissions are only ever set on folders that this module made.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from server.store.embedded.binaries import installed, within_reach
from server.store.embedded.processes import Account, run
from server.store.embedded.sharing import locked
from server.store.embedded.trouble import EmbeddedPostgresError

ACCOUNT = "tillstamp"
STATE_DIR = Path("/var/lib/tillstamp")

# A socket's path has 107 bytes on Linux; this is the part after the folder.
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107


@dataclass(frozen=True, slots=True)
class Lodging:
    """A cluster's folder, the account that runs it (None: ourselves) and the PostgreSQL that account can run."""

    home: Path
    account: Account | None
    install: Path


def find_lodging(data_dir: Path) -> Lodging:
    """Finds the lodging of a data directory, and makes it when there is none. One caller at a time.

    Raises EmbeddedPostgresError when the folder belongs to somebody else or is no longer where its link says.
    """
    place = data_dir / "postgres"
    if place.is_symlink() and os.geteuid() == 0 and not place.exists():
        raise EmbeddedPostgresError(
            f"The database of {data_dir} should be in {place.readlink()}, and that folder is gone. "
            f"Is its disk there? Only if the data may be lost: remove the link {place} and start again."
        )
    return lodge_as_root(data_dir, place) if os.geteuid() == 0 else lodge_as_ourselves(place)


def lodge_as_ourselves(place: Path) -> Lodging:
    """The lodging at `place`, run by whoever we are. Raises EmbeddedPostgresError when it is somebody else's."""
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        owner = place.stat().st_uid
    except OSError as error:
        raise EmbeddedPostgresError(f"The database folder {place} cannot be used ({error.strerror}).") from error
    if owner != os.geteuid():
        raise EmbeddedPostgresError(
            f"The database in {place} belongs to {_name_of(owner)}. Start this as that user, or as root."
        )
    return Lodging(place.resolve(), None, installed())


def lodge_as_root(data_dir: Path, place: Path) -> Lodging:
    """The lodging at `place`, or where its link says, run by its owner. Raises as `find_lodging` does."""
    STATE_DIR.mkdir(mode=0o755, parents=True, exist_ok=True)
    # The account and the copy of the programs are the machine's, not the data directory's: all wait here.
    with locked(STATE_DIR / "lock"):
        if place.exists():
            home = place.resolve()
            owner = home.stat().st_uid
            account = _account_of(owner) if owner else _our_account()
        else:
            account = _our_account()
            home = _new_home(data_dir, place, account)
        if home.stat().st_uid == 0:
            os.chown(home, account.uid, account.gid)
        return Lodging(home, account, within_reach(installed(), account, STATE_DIR))


def _new_home(data_dir: Path, place: Path, account: Account) -> Path:
    entered = run(["/bin/sh", "-c", 'cd -- "$1"', "sh", data_dir], account=account, cwd=Path("/"))
    if entered.returncode == 0:
        place.mkdir(mode=0o700)
        return place.resolve()
    home = Path(tempfile.mkdtemp(prefix=f"{data_dir.name}-", dir=STATE_DIR))
    os.chown(home, account.uid, account.gid)
    place.symlink_to(home)
    return home


def _our_account() -> Account:
    """The system user `tillstamp`, made when it is not there: no password, no shell, no home."""
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or "useradd"
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", ACCOUNT]
        try:
            made = run(command, account=None, cwd=Path("/"))
            entry = pwd.getpwnam(ACCOUNT)
        except (OSError, KeyError) as error:
            why = str(error) if isinstance(error, OSError) else made.stderr.strip()
            raise EmbeddedPostgresError(
                f"PostgreSQL refuses to run as root, and the system user {ACCOUNT} could not be made ({why}). "
                "Start this as an ordinary user, or make that system user first."
            ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _account_of(uid: int) -> Account:
    """Whoever owns a cluster runs it, also when root starts it: an ordinary user's stays that user's."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(str(uid), uid, uid)
    return Account(entry.pw_name, uid, entry.pw_gid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def key_of(home: Path) -> str:
    """A short name for a cluster: what its processes are called and its socket's folder where paths are too long."""
    return "tillstamp-" + hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def socket_dir_of(lodging: Lodging) -> Path:
    """The folder for the socket; nobody but the account and root may enter it, which is the only gate there is.

    It is the cluster's own folder, or one in /tmp when that path is too long for a socket. Raises
    EmbeddedPostgresError when somebody else sits on that name.
    """
    if len(os.fsencode(lodging.home / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
        return lodging.home
    folder = Path("/tmp") / key_of(lodging.home)  # noqa: S108 - 0700, and refused when it is not ours
    uid = lodging.account.uid if lodging.account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if lodging.account:
            os.chown(folder, uid, lodging.account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()} or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder}, where the database's socket belongs, is somebody else's. Remove it.")
    if found.st_uid != uid:  # made by us, root, and interrupted before it was handed over
        os.chown(folder, uid, -1)
    return folder
