"""A second PostgreSQL that follows the first by streaming replication, and takes over when it is told to."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from sqlalchemy import make_url

from server.store.embedded.cluster import NOT_DURABLE, SETTINGS, SUPERUSER
from server.store.embedded.lodging import find_lodging
from server.store.embedded.processes import run
from tests.helpers.postgres import ask
from tests.world.processes.killed.gates import wait_for_rows

_FOLDER: Final = "standby"
_SOCKET_FOLDER: Final = "standby-socket"

_CAUGHT_UP: Final = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= pg_current_wal_lsn()"
_CUT_OFF: Final = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver)"


def with_standby(database_url: str, data_dir: Path) -> str:
    """The database's address for servers: whichever of the two takes writes, as libpq finds it."""
    primary = make_url(database_url).query["host"]
    hosts = quote(f"{primary},{data_dir / 'postgres' / _SOCKET_FOLDER}", safe=",")
    return f"{database_url.partition('?')[0]}?host={hosts}&port=5432,5432&target_session_attrs=read-write"


class Standby:
    """Follows a data directory's running PostgreSQL, for the time of a block.

    Attributes:
        url: its own address.
    """

    def __init__(self, database_url: str, data_dir: Path) -> None:
        self._primary_url = database_url
        self._lodging = find_lodging(data_dir)
        self._data = self._lodging.home / _FOLDER
        self._socket = self._lodging.home / _SOCKET_FOLDER
        self.url = f"{database_url.partition('?')[0]}?host={quote(str(self._socket), safe='')}&port=5432"

    def cut_off(self) -> None:
        """From now on it hears no more of the first: it lags."""
        wait_for_rows(self._primary_url, _CAUGHT_UP)
        ask(self.url, "ALTER SYSTEM SET primary_conninfo = ''")
        ask(self.url, "SELECT pg_reload_conf()")
        wait_for_rows(self.url, _CUT_OFF)

    def take_over(self) -> None:
        """It takes writes, with what it has."""
        assert ask(self.url, "SELECT pg_promote()") == [(True,)]

    def __enter__(self) -> Self:
        host = str(make_url(self._primary_url).query["host"])
        words = ["-h", host, "-p", "5432", "-U", SUPERUSER, "-D", str(self._data)]
        self._run("pg_basebackup", [*words, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
        self._run_as_ours(["mkdir", "-m", "700", str(self._socket)])
        settings = SETTINGS | NOT_DURABLE | {"unix_socket_directories": str(self._socket)}
        options = shlex.join([word for name, value in settings.items() for word in ("-c", f"{name}={value}")])
        log = str(self._lodging.home / "standby-log")
        self._run("pg_ctl", ["start", "-D", str(self._data), "-l", log, "-o", options])
        wait_for_rows(self._primary_url, _CAUGHT_UP)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", ["stop", "-D", str(self._data), "-m", "immediate"])

    def _run(self, program: str, words: Sequence[str]) -> None:
        self._run_as_ours([str(self._lodging.install / "bin" / program), *words])

    def _run_as_ours(self, command: Sequence[str]) -> None:
        done = run(command, account=self._lodging.account, cwd=self._lodging.home)
        assert done.returncode == 0, done.stderr
