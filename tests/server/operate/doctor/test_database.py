"""What the doctor says of the database, the clocks and the tills: each is put wrong for real."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from common.clock import SystemClock
from server.cli import app
from server.operate.doctor.clock import check_clock, check_clock_of_the_past
from server.operate.doctor.database import check_fence
from server.operate.doctor.finding import Finding, Level
from server.operate.doctor.tills import check_tills
from server.store import migrate
from tests.helpers.clock import ManualClock
from tests.server.operate.honest_ledger import sell

Doctor = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture
def url(fresh_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The database that the settings name, with a shop's day in it."""
    url = fresh_database()
    monkeypatch.setenv("TILLSTAMP_DATABASE_URL", url)
    monkeypatch.setenv("TILLSTAMP_DATA_DIR", str(tmp_path))
    return url


@pytest.fixture
def doctor(url: str) -> Doctor:
    """`doctor(healthy)` asks through the command, and gives what it found by the name of the check."""

    def ask(*, healthy: bool) -> dict[str, dict[str, Any]]:
        ran = CliRunner().invoke(app, ["doctor", "--json"])
        assert ran.exit_code == (0 if healthy else 1), ran.output
        said = json.loads(ran.stdout)
        assert said["healthy"] is healthy
        return {finding["check"]: finding for finding in said["findings"]}

    return ask


@pytest.fixture
def engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that comes to nothing."""
    migrate.upgrade(engine.url.render_as_string(hide_password=False))
    with engine.connect() as connection:
        yield connection


def test_a_healthy_server_is_told_so_in_lines_for_people(doctor: Doctor, url: str) -> None:
    sell(url)
    found = doctor(healthy=True)
    assert {"database", "fence", "schema", "clock", "tills", "versions", "TLS", "disk", "backups"} <= found.keys()
    assert {found[check]["level"] for check in ("database", "fence", "schema", "clock", "TLS")} == {"OK"}
    lines = CliRunner().invoke(app, ["doctor"]).stdout.splitlines()
    assert lines[0].startswith("OK    database  PostgreSQL ")
    assert any(line.startswith("warn  backups   No folder") for line in lines)
    assert any(line.startswith(" " * 16 + "→ Set TILLSTAMP_BACKUP_DIR") for line in lines)


def test_a_database_out_of_reach_hides_nothing_else(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLSTAMP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    found = doctor(healthy=False)
    assert found["database"]["says"].startswith("The database cannot be reached: ")
    assert {"TLS", "disk", "backups", "receipts"} <= found.keys()


def test_an_empty_database_and_a_newer_one(doctor: Doctor, url: str, engine: Engine) -> None:
    found = doctor(healthy=False)
    assert found["schema"]["advice"].endswith("tillstamp-server migrate")
    assert "tills" not in found
    migrate.upgrade(url)
    assert doctor(healthy=True)["tills"]["says"] == "There is no till yet."
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "A newer Tillstamp" in doctor(healthy=False)["schema"]["says"]


def test_a_user_that_may_not_take_the_role(connection: Connection) -> None:
    assert check_fence(connection).level is Level.OK
    connection.execute(text("CREATE ROLE nobody_in_particular"))
    connection.execute(text("SET ROLE nobody_in_particular"))
    # In a session of its own, SET ROLE asks who logged in.
    connection.execute(text("SET SESSION AUTHORIZATION nobody_in_particular"))
    assert "GRANT tillstamp_serve TO nobody_in_particular;" in check_fence(connection).advice


def test_a_role_that_sees_everything(connection: Connection) -> None:
    connection.execute(text("ALTER ROLE tillstamp_serve BYPASSRLS"))
    assert check_fence(connection).level is Level.BAD


def test_clocks_that_are_apart(connection: Connection) -> None:
    assert check_clock(connection, SystemClock()).level is Level.OK
    for seconds in (-10, 10):
        wrong = ManualClock(SystemClock().now() + timedelta(seconds=seconds))
        found = check_clock(connection, wrong)
        assert (found.level, "s apart" in found.says) == (Level.BAD, True)


def test_a_clock_of_years_ago_and_one_that_was_ahead(connection: Connection, url: str) -> None:
    now = SystemClock().now()
    assert "believes that it is 2020" in check_clock(connection, ManualClock(now.replace(year=2020))).says
    connection.rollback()
    sell(url)
    connection.execute(text("UPDATE tills SET last_contact_at = :at"), {"at": now + timedelta(days=1)})
    past = check_clock_of_the_past(connection, SystemClock())
    assert past is not None
    assert "yet to come" in past.says
    assert check_clock_of_the_past(connection, ManualClock(now + timedelta(days=2))) is None


def tills(connection: Connection, **columns: object) -> dict[str, Finding]:
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    connection.execute(text(f"UPDATE tills SET {assignments}"), columns)
    return {finding.check: finding for finding in check_tills(connection, SystemClock())}


def test_silent_tills_with_a_queue_are_named(connection: Connection, url: str) -> None:
    sell(url)
    now = SystemClock().now()
    assert tills(connection, pending=0, last_contact_at=now - timedelta(days=3))["tills"].level is Level.OK
    assert tills(connection, pending=7, last_contact_at=now)["tills"].level is Level.OK
    found = tills(connection, pending=7, last_contact_at=now - timedelta(days=3))["tills"]
    assert found.level is Level.WARN
    assert "7 waiting, silent for 3 days" in found.says
    revoked = tills(connection, revoked_at=now)
    assert revoked["tills"].says == "There is no till yet."


@pytest.mark.parametrize(
    ("version", "level", "word"),
    [
        ("0.1.0", Level.OK, "as this server"),
        ("0.0.9", Level.WARN, "go on working"),
        ("0.10.0", Level.WARN, "Install that version"),
        ("whatever?", Level.WARN, "go on working"),
    ],
)
def test_versions_of_tills(connection: Connection, url: str, version: str, level: Level, word: str) -> None:
    sell(url)
    found = tills(connection, app_version=version)["versions"]
    assert found.level is level
    assert word in f"{found.says} {found.advice}"
    assert version in found.says
