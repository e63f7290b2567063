"""The commands, from their words to what they print and how they end, on a real database."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner, Result

from server.access.enrolment import enrol
from server.cli import app
from server.store import migrate
from tests.helpers.clock import ManualClock
from tests.server.operate.honest_ledger import sell

SHOP = """
[merchant]
slug = "roast"
name = "Roast & Co"
[program]
name = "Coffee card"
[terms]
timezone = "Europe/Luxembourg"
pin_policy = "optional"
[[stores]]
slug = "gare"
name = "Gare"
[[staff]]
name = "Ana"
role = "manager"
"""

Run = Callable[..., Result]


@pytest.fixture
def database_url(fresh_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An empty database that the settings name."""
    url = fresh_database()
    monkeypatch.setenv("TILLSTAMP_DATABASE_URL", url)
    monkeypatch.setenv("TILLSTAMP_DATA_DIR", str(tmp_path / "data"))
    return url


@pytest.fixture
def run(database_url: str) -> Run:
    """`run("tills", "list")` runs a command and returns how it ended; `fails` is its exit code."""

    def run(*words: str, fails: int = 0) -> Result:
        ran = CliRunner().invoke(app, words)
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        assert ran.exit_code == fails, ran.output
        return ran

    return run


@pytest.fixture
def shop(run: Run, tmp_path: Path) -> Path:
    """A shop file that was applied."""
    file = tmp_path / "shop.toml"
    file.write_text(SHOP, encoding="utf-8")
    run("apply", str(file))
    return file


def printed(ran: Result) -> dict[str, Any]:
    """The one JSON object that a command printed."""
    (line,) = ran.stdout.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


def execute(url: str, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def test_every_command_of_the_protocol_is_there() -> None:
    commands = {command.name or "" for command in app.registered_commands}
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    within = {
        f"{name} {command.name}" for name, group in groups.items() if group for command in group.registered_commands
    }
    assert commands | within == {
        "serve",
        "apply",
        "distribute",
        "enrol-code",
        "audit",
        "migrate",
        "cards print",
        "tills list",
        "tills revoke",
        "attention list",
        "attention resolve",
        "backup",
        "restore",
        "doctor",
        "recovery status",
        "recovery go-on",
        "import",
        "parked list",
        "parked retry",
        "parked release",
        "parked reject",
    }


def test_apply_prints_what_changed_and_what_to_do_next(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(SHOP, encoding="utf-8")
    first = run("apply", str(file)).stdout
    assert first.startswith("Roast & Co, version 1\n\nCHANGE   WHAT      NAME         DETAIL\n")
    assert "created  staff     Ana          manager\n" in first
    assert "tillstamp-server enrol-code --merchant roast --store SLUG --till NAME" in first
    assert run("apply", str(file)).stdout == "Roast & Co is as the file says. Nothing was changed.\n"
    file.write_text(SHOP.replace("[terms]", "[terms]\nstamps_target = 8"), encoding="utf-8")
    said = printed(run("apply", "--json", str(file)))
    assert (said["merchant"], said["version"]) == ("roast", 2)
    assert said["changes"] == [
        {"action": "created", "what": "terms", "name": "version 2", "detail": "stamps_target 10 → 8"}
    ]


def test_apply_tells_all_problems_and_changes_nothing(run: Run, shop: Path) -> None:
    shop.write_text(SHOP.replace("[terms]", "[terms]\nstamps_target = 0\ncooldwn_minutes = 1"), encoding="utf-8")
    ran = run("apply", str(shop), fails=1)
    assert ran.stdout == ""
    assert ran.stderr == (
        "shop.toml has 2 problems. Nothing was changed.\n"
        "  - [terms]: stamps_target must be 1 to 100, not 0\n"
        '  - [terms]: unknown key "cooldwn_minutes", did you mean "cooldown_minutes"?\n'
    )


def test_enrolment_code_is_one_that_enrols(run: Run, shop: Path, database_url: str) -> None:
    said = printed(run("enrol-code", "--merchant", "roast", "--store", "gare", "--till", "Counter", "--json"))
    assert set(said) == {"code", "expires_at"}
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        enrolled = enrol(connection, said["code"], app_version="0.1.0", now=ManualClock().now(), incarnation="one")
    assert enrolled is not None
    assert enrolled.till.name == "Counter"
    told = run("enrol-code", "--merchant", "roast", "--store", "gare", "--till", "Counter").stdout
    assert re.search(r"Works  once, until \d{4}-\d\d-\d\d \d\d:\d\d \(UTC[+-]\d\d:\d\d\)\n", told)
    assert re.search(r"tillstamp enrol --server URL --code [0-9A-Z]{4}-[0-9A-Z]{4}\n", told)


def test_no_code_is_made_when_the_till_numbers_are_used_up(run: Run, shop: Path, database_url: str) -> None:
    test_enrolment_code_is_one_that_enrols(run, shop, database_url)
    execute(database_url, "UPDATE tills SET number = 9999")
    which = ("--merchant", "roast", "--store", "gare", "--till")
    ran = run("enrol-code", *which, "Window", fails=1)
    assert ran.stdout == ""
    assert ran.stderr.startswith("All 9,999 till numbers of this merchant are given away")
    run("enrol-code", *which, "Counter")


def test_tills_are_listed_and_revoked(run: Run, shop: Path, database_url: str) -> None:
    assert "There is no till yet" in run("tills", "list").stdout
    test_enrolment_code_is_one_that_enrols(run, shop, database_url)
    listed = run("tills", "list").stdout.splitlines()
    assert listed[0].split() == [
        "MERCHANT",
        "STORE",
        "TILL",
        "NUMBER",
        "STATE",
        "LAST",
        "CONTACT",
        "WAITING",
        "VERSION",
    ]
    assert listed[1].split() == ["roast", "gare", "Counter", "1", "enrolled", "never", "none", "0.1.0"]
    (till,) = printed(run("tills", "list", "--json"))["tills"]
    assert (till["name"], till["revoked_at"]) == ("Counter", None)
    which = ("--merchant", "roast", "--store", "gare", "--till", "Counter")
    assert 'The till "Counter" is revoked since' in run("tills", "revoke", *which).stdout
    assert printed(run("tills", "revoke", *which, "--json"))["revoked_at"].endswith("Z")
    assert "revoked 2" in run("tills", "list", "--merchant", "roast").stdout


def test_cards_are_printed(run: Run, shop: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "cards.html"
    which = ("--merchant", "roast", "--store", "gare", "--count")
    told = run("cards", "print", *which, "11", str(sheet)).stdout
    assert told.startswith(f"{sheet} has 11 blank cards.")
    said = printed(run("cards", "print", *which, "2", "--json", str(sheet)))
    assert len(said["numbers"]) == 2
    assert sheet.read_text(encoding="utf-8").startswith("<!doctype html>")
    run("cards", "print", *which, "0", str(sheet), fails=2)
    other = tmp_path / "other.html"
    nowhere = ("--merchant", "roast", "--store", "nowhere", "--count", "1")
    assert 'There is no store "nowhere".' in run("cards", "print", *nowhere, str(other), fails=1).stderr
    assert not other.exists()


def test_audit_of_an_honest_ledger_ends_well(run: Run, database_url: str) -> None:
    sell(database_url)
    assert re.fullmatch(
        r"Everything holds: \d+ checks over 1 merchant, \d+ cards, \d+ operations, \d+ transactions\.\n",
        run("audit").stdout,
    )
    said = printed(run("audit", "--json"))
    assert (said["holds"], said["found"], said["findings"]) == (True, 0, [])


def test_audit_lists_what_fails_and_exits_1(run: Run, database_url: str) -> None:
    sell(database_url)
    execute(database_url, "UPDATE cards SET redemptions = redemptions + 1")
    lines = run("audit", fails=1).stdout.splitlines()
    assert lines[0].split() == ["LAW", "MERCHANT", "WHERE", "WHAT", "IS", "WRONG"]
    assert re.fullmatch(r"3    roast     card [0-9a-f-]{36}  redemptions 1, and its ledger makes 0", lines[1])
    assert re.match(r"7 findings: \d+ checks over 1 merchant", lines[-1])
    said = printed(run("audit", "--json", fails=1))
    assert (said["holds"], said["found"]) == (False, 7)
    assert {finding["check"] for finding in said["findings"]} == {"cards_are_the_sum_of_their_ledger"}
    assert {finding["merchant"] for finding in said["findings"]} == {"roast"}


def test_attention_is_listed_and_resolved(run: Run, database_url: str) -> None:
    sell(database_url)
    listed = run("attention", "list", "--merchant", "roast").stdout.splitlines()
    assert listed[0].split() == ["ITEM", "SINCE", "MERCHANT", "TILL", "CARD", "STAFF", "WHAT"]
    items = printed(run("attention", "list", "--json"))["items"]
    item = listed[1].split()[0]
    assert items[0]["attention_id"].endswith(item)
    assert run("attention", "resolve", item, "--note", "seen").stdout == "Resolved.\n"
    assert len(printed(run("attention", "list", "--json"))["items"]) == len(items) - 1
    assert "Resolved: seen" in run("attention", "list", "--all").stdout
    assert "resolved already" in run("attention", "resolve", item, fails=1).stderr
    said = printed(run("attention", "resolve", items[1]["attention_id"], "--json"))
    assert said == {"resolved": items[1]["attention_id"]}


def test_nothing_to_attend_to_is_said(run: Run, shop: Path) -> None:
    assert run("attention", "list").stdout == "Nothing needs attention.\n"


def test_migrate_says_what_it_did(run: Run, database_url: str) -> None:
    assert run("migrate").stdout == f"The database was brought up to date (step {migrate.head()}).\n"
    assert run("migrate").stdout == f"The database was already up to date (step {migrate.head()}).\n"
    assert printed(run("migrate", "--json")) == {"upgraded": False, "step": migrate.head()}


@pytest.mark.parametrize("words", [("audit",), ("tills", "list"), ("attention", "list")])
def test_commands_that_only_look_leave_an_empty_database_empty(run: Run, words: tuple[str, ...]) -> None:
    ran = run(*words, fails=1)
    assert ran.stderr == "The database was not brought up to date yet. Run first: tillstamp-server migrate\n"


def test_newer_database_is_left_alone(run: Run, shop: Path, database_url: str) -> None:
    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    for words in (("audit",), ("apply", str(shop)), ("migrate",)):
        assert "A newer Tillstamp has upgraded this database" in run(*words, fails=1).stderr


def test_what_is_not_there_is_told_without_a_traceback(run: Run, shop: Path) -> None:
    ran = run("enrol-code", "--merchant", "rost", "--store", "gare", "--till", "Counter", fails=1)
    assert ran.stdout == ""
    assert ran.stderr.startswith('There is no merchant "rost". Known: roast.')


def test_database_out_of_reach_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLSTAMP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert run("audit", fails=1).stderr.startswith("The database cannot be reached: ")


def test_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLSTAMP_PORT", "eighty")
    assert "TILLSTAMP_PORT: Input should be a valid integer" in run("audit", fails=1).stderr


@pytest.mark.parametrize("url", ["x" * 100, "postgresql://a:secret@b:port/c"])
def test_database_url_that_is_none_is_told_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TILLSTAMP_DATABASE_URL", url)
    said = run("audit", fails=1).stderr
    assert "TILLSTAMP_DATABASE_URL: Value error, it is no address of a database" in said
    assert "secret" not in said


def test_data_directory_of_no_possible_name_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLSTAMP_DATA_DIR", "/" + "x" * 300)
    assert "is not a folder" in run("audit", fails=1).stderr


@pytest.mark.parametrize("words", [("audit",), ("migrate",)])
def test_data_directory_that_is_a_file_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TILLSTAMP_DATA_DIR", str(tmp_path / "file"))
    ran = run(*words, fails=1)
    assert ran.stderr == (
        f"{tmp_path / 'file'}, where the server's data belongs, is not a folder. "
        "Name another place with TILLSTAMP_DATA_DIR.\n"
    )


@pytest.mark.parametrize("words", [("nothing",), ("apply",), ("tills", "revoke"), ("serve", "--port", "70000")])
def test_wrong_usage_exits_2(run: Run, words: tuple[str, ...]) -> None:
    run(*words, fails=2)


def test_distribute_says_what_is_no_coordinator(run: Run, shop: Path) -> None:
    ran = run("distribute", fails=1)
    assert ran.stderr.startswith("The database is no coordinator of Citus: the extension is not there.")
    assert "Traceback" not in ran.stderr
