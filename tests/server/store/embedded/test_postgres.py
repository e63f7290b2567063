"""A cluster of its own: made, started, stopped, killed, and shared."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from server.store.embedded import EmbeddedPostgres, EmbeddedPostgresError
from server.store.embedded.processes import command_line
from tests.helpers.postgres import ask, kill_postmaster, plain, postmaster_of

# Another process with the same database: says when it has it, and keeps it until its input ends.
ANOTHER = """
import sys
from pathlib import Path
from server.store.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), durable=False):
    print("ready", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has started the database of `data_dir`; at the end it leaves it in order, unless it was killed."""
    command = [sys.executable, "-c", ANOTHER, str(data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.communicate(timeout=60)


def test_what_was_committed_is_there_after_a_restart(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir, durable=False)
    url = postgres.start()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop()
    assert postmaster_of(data_dir) is None

    assert postgres.start() == url
    assert ask(url, "SELECT answer FROM kept") == [(42,)]
    postgres.stop()


def test_a_shops_database_is_durable_unicode_utc_and_deaf_to_the_network(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as postgres:
        settings = dict(ask(postgres.start(), "SELECT name, setting FROM pg_settings"))
        [(encoding, locale)] = ask(
            postgres.start(),
            "SELECT pg_encoding_to_char(encoding), datlocale FROM pg_database WHERE datname = 'tillstamp'",
        )
    wanted = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": ""}
    wanted |= {"TimeZone": "UTC", "unix_socket_permissions": "0700"}
    assert {name: settings[name] for name in wanted} == wanted
    assert int(settings["server_version_num"]) >= 180000
    assert (encoding, locale) == ("UTF8", "C.UTF-8")


def test_starting_twice_and_stopping_twice_is_once(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    running = postmaster_of(data_dir)
    assert postgres.start() == postgres.start()
    assert postmaster_of(data_dir) == running
    postgres.stop()
    postgres.stop()
    assert postmaster_of(data_dir) is None


def test_only_its_owner_may_enter_the_folder(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    assert (data_dir / "postgres").stat().st_mode & 0o077 == 0


def test_variables_of_our_environment_do_not_reach_it(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGPORT": "tcp://192.0.2.1:5432",
        "PGHOST": "192.0.2.1",
        "PGDATA": "/nowhere",
        "PGUSER": "nobody",
    }.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres(data_dir, durable=False) as postgres:
        assert ask(postgres.start(), "SELECT current_user::text") == [("tillstamp",)]


def test_the_keys_that_end_the_server_do_not_reach_it(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    """Ctrl-C goes to every process of the terminal's session; the database is stopped in order, by its last user."""
    pid = postmaster_of(data_dir)
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)


# ── Killed ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_killed_cluster_runs_again_with_what_was_committed(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert not postgres.ensure_running()
    kill_postmaster(data_dir)

    assert postgres.ensure_running()
    assert ask(url, "SELECT answer FROM kept") == [(42,)]
    assert not postgres.ensure_running()


def test_a_busy_backend_that_outlives_the_killed_cluster_is_ended(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    with closing(psycopg.connect(plain(url), autocommit=True)) as connection:
        backend = connection.info.backend_pid
        # Busy without ever asking whether its main process lives; bounded, should nobody end it.
        connection.pgconn.send_query(
            b"DO $$ DECLARE ends timestamptz := clock_timestamp() + interval '60 s';"
            b" BEGIN WHILE clock_timestamp() < ends LOOP END LOOP; END $$"
        )
        while ask(url, f"SELECT state FROM pg_stat_activity WHERE pid = {backend}") != [("active",)]:
            pass
        kill_postmaster(data_dir)
        assert command_line(backend), "this backend was expected to outlive its main process"
        assert postgres.ensure_running()
        assert not command_line(backend)


def test_the_dead_process_id_now_belongs_to_somebody_else(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    dead = kill_postmaster(data_dir)
    home = data_dir / "postgres"
    with stranger_of(home) as stranger:
        for lock in (home / "cluster" / "postmaster.pid", home / ".s.PGSQL.5432.lock"):
            lock.write_text(lock.read_text().replace(str(dead), str(stranger.pid), 1))
        assert postgres.ensure_running()
        assert ask(url, "SELECT 1") == [(1,)]
        postgres.stop()
        assert stranger.poll() is None, "somebody else's process was ended"


@contextmanager
def stranger_of(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the account that runs the cluster, and none of its own: the worst owner of a reused id."""
    # As root, what runs the cluster is another account; otherwise it is ourselves.
    owner = home.stat()
    as_owner: dict[str, Any] = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    with subprocess.Popen(["/bin/sleep", "600"], **(as_owner if os.geteuid() == 0 else {})) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_next_user_takes_over_from_a_killed_one(data_dir: Path) -> None:
    with another_process(data_dir) as server:
        running = postmaster_of(data_dir)
        server.kill()
    assert postmaster_of(data_dir) == running

    with EmbeddedPostgres(data_dir, durable=False) as postgres:
        assert postmaster_of(data_dir) == running
        assert ask(postgres.start(), "SELECT 1") == [(1,)]
    assert postmaster_of(data_dir) is None


def test_a_database_that_was_being_made_is_made_anew(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False):
        pass
    home = data_dir / "postgres"
    (home / "cluster").rename(home / "cluster.new")
    (home / "cluster.new" / "PG_VERSION").unlink()
    with EmbeddedPostgres(data_dir, durable=False) as postgres:
        assert ask(postgres.start(), "SELECT 1") == [(1,)]


def test_watch_restarts_it_and_tells(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    told: list[EmbeddedPostgresError | None] = []
    stopping, heard = threading.Event(), threading.Event()

    def hear(outcome: EmbeddedPostgresError | None) -> None:
        told.append(outcome)
        heard.set()

    watcher = threading.Thread(target=postgres.watch, args=(stopping, hear))
    watcher.start()
    try:
        kill_postmaster(data_dir)
        assert heard.wait(60)
        assert ask(postgres.start(), "SELECT 1") == [(1,)]
    finally:
        stopping.set()
        watcher.join()
    assert told == [None]


# ── Shared ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_short_command_leaves_the_servers_database_running(data_dir: Path) -> None:
    with another_process(data_dir):
        running = postmaster_of(data_dir)
        with EmbeddedPostgres(data_dir, durable=False) as command:
            assert ask(command.start(), "SELECT 1") == [(1,)]
        assert postmaster_of(data_dir) == running
    assert postmaster_of(data_dir) is None


def test_a_server_that_ends_leaves_it_to_the_command_that_still_runs(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as command:
        url = command.start()
        with another_process(data_dir):
            pass
        assert ask(url, "SELECT 1") == [(1,)]
    assert postmaster_of(data_dir) is None


def test_many_that_start_at_once_share_one(data_dir: Path) -> None:
    users = [EmbeddedPostgres(data_dir, durable=False) for _ in range(4)]
    threads = [threading.Thread(target=user.start) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ask(user.start(), "SELECT 1") for user in users] == [[(1,)]] * 4
    for user in users:
        assert postmaster_of(data_dir) is not None
        user.stop()
    assert postmaster_of(data_dir) is None


def test_after_stop_it_is_not_restarted(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    assert not postgres.ensure_running()
    assert postmaster_of(data_dir) is None


def test_it_is_not_erased_under_its_users(data_dir: Path, postgres: EmbeddedPostgres) -> None:
    with pytest.raises(EmbeddedPostgresError, match="is in use"):
        EmbeddedPostgres(data_dir).erase()
    assert ask(postgres.start(), "SELECT 1") == [(1,)]
