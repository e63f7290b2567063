"""One PostgreSQL cluster in one folder: made, started, stopped, and brought up again after a crash."""

import os
import shlex
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from urllib.parse import quote

import psycopg

from server.store.embedded.binaries import major_version
from server.store.embedded.lodging import SOCKET_NAME, Lodging, key_of, socket_dir_of
from server.store.embedded.processes import command_line, end, find, run
from server.store.embedded.trouble import EmbeddedPostgresError

DATABASE = "tillstamp"
SUPERUSER = "tillstamp"

# Replaying the log after a crash takes seconds; minutes only on a disk that is failing.
START_PATIENCE_S = 300
FAST_STOP_PATIENCE_S = 30
ORPHAN_PATIENCE_S = 5
LOG_BYTES_MAX = 5_000_000

# A small machine that also runs a till: little memory taken for ever, no background process that is not needed.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
# For tests, whose data nobody misses: what was committed may be lost when the machine fails, but not when PostgreSQL
# is killed: the operating system has it. (`synchronous_commit` off would lose that too.)
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class Cluster:
    """The cluster in a lodging. Its caller sees to it that one at a time starts, stops or makes it."""

    def __init__(self, lodging: Lodging, *, durable: bool) -> None:
        self._lodging = lodging
        self._durable = durable
        self._data = lodging.home / "cluster"
        self._log = lodging.home / "log"
        self._name = key_of(lodging.home)
        self._socket_dir = socket_dir_of(lodging)

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the database. Host and port are named, so that PGHOST and PGPORT are not asked."""
        return f"postgresql+psycopg://{SUPERUSER}@/{DATABASE}?host={quote(str(self._socket_dir), safe='')}&port=5432"

    @property
    def programs(self) -> Path:
        """Where pg_dump and the others are."""
        return self._lodging.install / "bin"

    def initialise(self) -> None:
        """Makes the cluster if there is none; a half-made one is made anew.

        Raises EmbeddedPostgresError when initdb fails, or the cluster is of another major version.
        """
        wanted = major_version(self._lodging.install)
        if self._data.exists():
            found = (self._data / "PG_VERSION").read_text().strip()
            if found != str(wanted):
                raise EmbeddedPostgresError(
                    f"The database in {self._data} was made by PostgreSQL {found}; this program brings {wanted}. "
                    "Take a backup with the program that made it and restore that with this one."
                )
            return
        half_made = self._lodging.home / "cluster.new"
        shutil.rmtree(half_made, ignore_errors=True)
        command = ["-D", str(half_made), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        made = self._run("initdb", command if self._durable else [*command, "--no-sync"])
        if made.returncode != 0:
            raise EmbeddedPostgresError(f"The database could not be made in {self._data}: {_cause(made.stderr)}")
        half_made.rename(self._data)
        _sync_folder(self._lodging.home)

    def postmaster(self) -> int | None:
        """The id of this cluster's running main process, or None. Costs two small reads and starts nothing."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            words = command_line(pid)
            if words and Path(words[0]).name == "postgres" and str(self._data) in words:
                return pid
        return None

    def start(self) -> None:
        """Returns when the database answers; starts it when it does not run, waits when it starts or stops already.

        Raises EmbeddedPostgresError when it cannot be started.
        """
        deadline = time.monotonic() + START_PATIENCE_S
        while True:
            if self.postmaster() is None:
                self._clear_up_after_a_crash()
                self._launch()
            try:
                self._see_to_database()
            except psycopg.Error as error:
                if time.monotonic() > deadline:
                    raise self._trouble(f"The database does not answer: {_cause(str(error))}.") from error
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stops the cluster, if it runs: its clients are disconnected, what was committed stays.

        Raises EmbeddedPostgresError when it does not stop.
        """
        for mode in ("fast", "immediate"):
            if self.postmaster() is None:
                break
            self._run("pg_ctl", ["stop", "-D", str(self._data), "-m", mode, "-t", str(FAST_STOP_PATIENCE_S)])
        if self.postmaster() is not None:
            raise self._trouble("The database could not be stopped.")
        if self._socket_dir != self._lodging.home:
            shutil.rmtree(self._socket_dir, ignore_errors=True)

    def _launch(self) -> None:
        self._keep_log_small()
        options = [word for name, value in self._options().items() for word in ("-c", f"{name}={value}")]
        command = ["start", "-D", str(self._data), "-l", str(self._log), "-t", str(START_PATIENCE_S)]
        started = self._run("pg_ctl", [*command, "-o", shlex.join(options)])
        if started.returncode != 0:
            raise self._trouble(f"The database in {self._data} could not be started.")

    def _options(self) -> dict[str, str]:
        of_this_cluster = {"cluster_name": self._name, "unix_socket_directories": str(self._socket_dir)}
        return SETTINGS | of_this_cluster | ({} if self._durable else NOT_DURABLE)

    def _see_to_database(self) -> None:
        with psycopg.connect(
            host=str(self._socket_dir),
            port=5432,
            user=SUPERUSER,
            dbname="postgres",
            connect_timeout=10,
            autocommit=True,
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _clear_up_after_a_crash(self) -> None:
        """Removes what a killed cluster leaves and PostgreSQL itself would stumble over.

        Its own files name the dead process by its number. If that number meanwhile belongs to another process,
        PostgreSQL believes itself running and never starts. And a backend busy with a long statement outlives the
        killed main process and still writes: it must be gone before another begins.
        """
        title = f"postgres: {self._name}:"
        end(find(lambda words: bool(words) and words[0].startswith(title)), patience_s=ORPHAN_PATIENCE_S)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for socket in (SOCKET_NAME, SOCKET_NAME + ".lock"):
            (self._socket_dir / socket).unlink(missing_ok=True)

    def _keep_log_small(self) -> None:
        with suppress(FileNotFoundError):
            if self._log.stat().st_size > LOG_BYTES_MAX:
                self._log.replace(self._log.with_name("log.old"))

    def _run(self, program: str, words: Sequence[str]) -> CompletedProcess[str]:
        """Runs one of PostgreSQL's programs. Raises EmbeddedPostgresError when it cannot even be run."""
        path = self._lodging.install / "bin" / program
        try:
            return run([path, *words], account=self._lodging.account, cwd=self._lodging.home)
        except (OSError, TimeoutExpired) as error:
            raise self._trouble(f"{path} could not be run: {error}.") from error

    def _trouble(self, message: str) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(message, log=self._log)


def _cause(text: str) -> str:
    """The line that names the fault: the first that says so (others tell of the tidying up), else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    faults = [line for line in lines if "error:" in line or "FATAL:" in line]
    return (faults or lines[-1:] or ["it said nothing"])[0]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
