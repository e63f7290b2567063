"""Backup: the whole database into one file, while sales go on."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from server.database import Database
from server.store.embedded.binaries import installed
from server.store.embedded.trouble import EmbeddedPostgresError
from server.trouble import DatabaseTrouble, FileTrouble

_PATIENCE_S: Final = 24 * 3_600


class ProgramFailed(DatabaseTrouble):
    """One of PostgreSQL's programs ended badly. Its own words are in the message."""


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs, and how they reach a database: never by a password on the command line."""

    folder: Path
    address: str
    environment: Mapping[str, str]

    def run(
        self, program: str, *words: str, stdin: IO[bytes] | int = subprocess.DEVNULL, stdout: IO[bytes] | int
    ) -> bytes:
        """What the program printed. Raises ProgramFailed."""
        path = str(self.folder / program)
        try:
            ended = subprocess.run(
                [path, *words],
                env=dict(self.environment),
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.PIPE,
                timeout=_PATIENCE_S,
                check=False,
            )
        except OSError as error:
            raise ProgramFailed(f"{path} cannot be run ({error.strerror}).") from error
        if ended.returncode != 0:
            said = ended.stderr.decode(errors="replace").strip().splitlines()
            raise ProgramFailed(f"{program} failed: {said[0] if said else 'it said nothing'}")
        return ended.stdout or b""


def programs_for(database: Database) -> Programs:
    """The programs that fit a database: those that it brought, else those of this machine. Raises ProgramFailed."""
    url = make_url(database.url)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    secret = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    folder = _folder_for(database.url) if database.embedded is None else database.embedded.programs
    return Programs(folder, address, kept | secret)


def _folder_for(url: str) -> Path:
    """This machine's programs, where they are no older than the server, which they would refuse; else the package's."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        major = int(connection.scalar(text("SHOW server_version_num"))) // 10_000
    found = shutil.which("pg_dump")
    if found is not None:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"(\d+)\.", said)
        if version is not None and int(version[1]) >= major:
            return Path(found).parent
    try:
        return installed() / "bin"
    except EmbeddedPostgresError as error:
        raise ProgramFailed(
            f"PostgreSQL's client programs of version {major} or newer are not to be found. Install them first."
        ) from error


def back_up(database: Database, file: Path) -> int:
    """Write the database to `file`, and return its bytes. One moment of it, whatever is sold meanwhile.

    The file is whole or not there; an older one of the name is replaced. Only this user may read it: it holds names,
    telephone numbers and the hashes of PINs. The key of the receipts is not in it.

    Raises FileTrouble and DatabaseTrouble.
    """
    with _replacing(file) as out:
        programs = programs_for(database)
        programs.run("pg_dump", "--format=custom", "--no-owner", f"--dbname={programs.address}", stdout=out)
        return os.fstat(out.fileno()).st_size


@contextmanager
def _replacing(file: Path) -> Iterator[IO[bytes]]:
    """A file beside `file` that takes its name once everything is in it and on the disk."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.absolute().parent)
    except OSError as error:
        raise FileTrouble(f"{file} cannot be written ({error.strerror}).") from error
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise FileTrouble(f"{file} cannot be written ({error.strerror}).") from error
    finally:
        unfinished.unlink(missing_ok=True)
