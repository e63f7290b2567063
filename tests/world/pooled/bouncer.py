"""A PgBouncer of our own in front of a PostgreSQL, for the time of a block."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import URL, make_url

from server.store.embedded.lodging import ACCOUNT
from tests.helpers.postgres import plain

POOL_SIZE: Final = 3
"""Fewer than the threads that ask, so that transactions of different tills take turns in the same sessions."""

_PATIENCE_S: Final = 20

_CONFIG: Final = """
[databases]
{database} = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 200
{more}
"""


@contextmanager
def pooled(url: str, folder: Path, *, prepared: bool) -> Iterator[str]:
    """The address of `url`'s database through a pool. With `prepared` the pool follows statements by name."""
    there = make_url(url)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    config = folder / "pgbouncer.ini"
    config.write_text(
        _CONFIG.format(
            database=there.database,
            host=there.query.get("host") or there.host,
            port=there.query.get("port") or there.port or 5432,
            user=there.username,
            listen=port,
            pool_size=POOL_SIZE,
            more="max_prepared_statements = 200" if prepared else "",
        )
    )
    # PgBouncer refuses to run as root; PostgreSQL's own account can reach its socket.
    account = ["-u", ACCOUNT] if os.geteuid() == 0 else []
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([_program(), "-q", *account, str(config)], stdout=log, stderr=log)
    try:
        address = URL.create(there.drivername, there.username, host="127.0.0.1", port=port, database=there.database)
        through = address.render_as_string(hide_password=False)
        _wait_until_it_answers(process, through, folder / "pgbouncer.log")
        yield through
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def version() -> str:
    """What PgBouncer calls itself."""
    said = subprocess.run([_program(), "--version"], capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[0]


def _program() -> str:
    return shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    while True:
        try:
            psycopg.connect(plain(url), connect_timeout=_PATIENCE_S).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise RuntimeError(f"PgBouncer did not start: {log.read_text()}") from None
        else:
            return
