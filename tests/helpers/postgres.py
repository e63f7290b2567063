"""Questions to a PostgreSQL and its processes, for tests that kill it."""

import os
import signal
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from server.store.embedded.processes import command_line, end


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Runs one statement on a connection of its own and returns its rows, or none."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def plain(url: str) -> str:
    """SQLAlchemy's address as libpq writes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def postmaster_of(data_dir: Path) -> int | None:
    """The id of the main process of a data directory's cluster, or None when it is not running."""
    cluster = (data_dir / "postgres").resolve() / "cluster"
    try:
        pid = int((cluster / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return None
    return pid if str(cluster) in command_line(pid) else None


def kill_postmaster(data_dir: Path) -> int:
    """Kills the main process, as `kill -9` does, waits until it is gone, and returns what its id was."""
    pid = postmaster_of(data_dir)
    assert pid is not None
    handle = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)
    end([pid], patience_s=10)
    return pid
