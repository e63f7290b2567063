"""The Containerfile, step by step in a bare Debian, and what compose.yaml makes of it: no container engine is needed.

Only the database's image is not replayed: in its place is Debian's own PostgreSQL, in a system of its own, reached over
TCP with the user, password and database that compose.yaml names.
"""

import json
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from trying.debian import RELEASE, Debian, debian
from trying.held import DidNotHold, Held, require
from trying.hub import ROOT, SHOP, free_port
from trying.made import deb
from trying.processes import started

_HERE: Final = ROOT / "packaging" / "container"
_PASSWORD: Final = "fourwordswithoutspaces"
_PATIENCE_S: Final = 120
_DONE_AT_RUN: Final = ("VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD")


@dataclass(slots=True)
class Image:
    """A system on which the steps were taken, and what the file says of running it."""

    system: Debian
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    said: dict[str, str] = field(default_factory=dict)

    def take(self, step: str, words: str, context: Path) -> None:
        """One instruction. Raises DidNotHold for one that we do not know, or that fails."""
        match step:
            case "FROM":
                require(words == "debian:12-slim" and RELEASE == "bookworm", f"another beginning: {words}")
            case "COPY":
                pattern, place = words.split()
                found = list(context.glob(pattern))
                require(bool(found), f"there is no {pattern}")
                for file in found:
                    shutil.copy(file, self.system.root / place.strip("/"))
            case "RUN":
                done = subprocess.run(self.command("/bin/sh", "-c", words), capture_output=True, text=True, check=False)
                require(done.returncode == 0, f"RUN {words}: {done.stderr[-400:]}")
            case "ENV":
                self.environment |= dict(pair.split("=", 1) for pair in shlex.split(words))
            case "USER":
                self.user = words
            case _:
                require(step in _DONE_AT_RUN, f"nobody knows how to replay {step}")
                self.said[step] = words

    def command(self, *words: str, **environment: str) -> list[str]:
        """The command line, for this computer, that runs `words` as the container would."""
        known = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/"}
        pairs = [f"{name}={value}" for name, value in {**known, **self.environment, **environment}.items()]
        start = ["chroot", f"--userspec={self.user}:{self.user}", str(self.system.root), "/usr/bin/env", "-i"]
        return [*start, *pairs, *words]

    def listed(self, step: str) -> list[str]:
        """The words of an ENTRYPOINT, a CMD or a HEALTHCHECK, which are written as a list."""
        found = re.search(r"\[.*\]", self.said[step])
        words: list[str] = json.loads(found[0]) if found else []
        return words


def try_it(held: Held, work: Path, commit: str) -> None:
    """Every step in its order. Raises CannotTry."""
    package = deb(work, "server", commit)
    context = work / "context"
    shutil.rmtree(context, ignore_errors=True)
    (context / "dist").mkdir(parents=True)
    shutil.copy(package, context / "dist")
    with ExitStack() as stack:
        image = Image(stack.enter_context(debian(work, "container")))
        with held.step("every step of the Containerfile can be taken") as figure:
            steps = _steps((_HERE / "Containerfile").read_text())
            for step, words in steps:
                image.take(step, words, context)
            figure.append(f"{len(steps)} steps")
        database = stack.enter_context(_database(stack.enter_context(debian(work, "database")), work))
        _runs(held, image, work, database)


def _steps(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


@contextmanager
def _database(system: Debian, work: Path) -> Iterator[int]:
    """The port of Debian's PostgreSQL, with the user and the database that compose.yaml asks for."""
    port = free_port()
    for words in (
        ["apt-get", "-qq", "-y", "install", "--no-install-recommends", "postgresql-15"],
        ["install", "-d", "-o", "postgres", "/run/postgresql"],
    ):
        done = system.run(*words)
        require(done.returncode == 0, done.stderr[-400:])
    (system.root / "tmp" / "password").write_text(_PASSWORD)
    (system.root / "tmp" / "password").chmod(0o644)
    programs, data = "/usr/lib/postgresql/15/bin", "/var/lib/postgresql/tried"

    def as_postgres(*words: str) -> list[str]:
        start = ["chroot", "--userspec=postgres:postgres", str(system.root), "/usr/bin/env", "-i", "LC_ALL=C.UTF-8"]
        return [*start, *words]

    made = ["-D", data, "-U", "tillstamp", "--auth=scram-sha-256", "--pwfile=/tmp/password"]
    subprocess.run(as_postgres(f"{programs}/initdb", *made), check=True, stdout=subprocess.DEVNULL)
    serve = as_postgres(f"{programs}/postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1")
    with started(serve, work / "database.log"):
        address = f"postgresql://tillstamp:{_PASSWORD}@127.0.0.1:{port}/postgres"
        _until(
            lambda: (
                not subprocess.run(as_postgres(f"{programs}/pg_isready", "-q", "-d", address), check=False).returncode
            )
        )
        subprocess.run(as_postgres(f"{programs}/psql", "-qd", address, "-c", "CREATE DATABASE tillstamp"), check=True)
        yield port


def _runs(held: Held, image: Image, work: Path, database_port: int) -> None:
    compose = (_HERE / "compose.yaml").read_text()
    (address,) = re.findall(r"TILLSTAMP_DATABASE_URL: (\S+)", compose)
    (backups,) = re.findall(r"TILLSTAMP_BACKUP_DIR: (\S+)", compose)
    port = free_port()
    environment = {
        "TILLSTAMP_DATABASE_URL": address.replace("${POSTGRES_PASSWORD}", _PASSWORD).replace(
            "@database:5432", f"@127.0.0.1:{database_port}"
        ),
        "TILLSTAMP_BACKUP_DIR": backups,
        "TILLSTAMP_PORT": str(port),
    }
    program = image.listed("ENTRYPOINT")

    def said(*words: str) -> Any:
        done = subprocess.run(
            image.command(*program, *words, "--json", **environment), capture_output=True, text=True, check=False
        )
        require(done.returncode == 0, f"{words[0]}: {(done.stderr or done.stdout)[-400:]}")
        return json.loads(done.stdout)

    with held.step("the container serves, at the database that compose.yaml names, as its own user"):
        serve = image.command(*program, *image.listed("CMD"), **environment)
        with started(serve, work / "container.log"):
            _until(lambda: _is_ready(port))
            (image.system.root / "tmp" / "shop.toml").write_text(SHOP)
            said("apply", "/tmp/shop.toml")  # noqa: S108 - the bare system's own
            said("backup")
            checked = subprocess.run(
                image.command(*image.listed("HEALTHCHECK"), **environment), capture_output=True, text=True, check=False
            )
            require(checked.returncode == 0, checked.stdout[-600:])
            require("TILLSTAMP_DATABASE_URL" in checked.stdout, "the doctor looked at another database")
            require(not (image.system.root / "data" / "postgres").exists(), "it made a database of its own")


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _until(holds: Any) -> None:
    ends_at = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > ends_at:
            raise DidNotHold("it did not come up in time")
        time.sleep(0.2)
