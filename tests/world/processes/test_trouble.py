"""What can go wrong around a till, as its user sees it at the command line: one sentence, and nothing half-written."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from common.clock import SystemClock
from server.merchant.tills import revoke_till
from server.store.engine import in_transaction
from server.store.migrate import upgrade
from tests.helpers.databases import Databases
from tests.helpers.real_hub import RealHub, running_hub
from tests.world.processes.commands import PATIENCE_S, ROOT, TillCommands, environment
from tests.world.processes.steered_till import FREE_HANDS
from tests.world.processes.steering import Steering

ENROL_AGAIN: Final = "This till must be enrolled again: the server no longer knows it. What it recorded is kept."
DISK_FULL: Final = "The disk is full: nothing was recorded. Make room on the disk, then do it again."

_ON_A_FULL_DISK: Final = """
set -e
mount -t tmpfs -o size=512k,mode=700 tmpfs "$FULL"
cp -a "$FOLDER/." "$FULL/"
till() { "$PYTHON" -m desktop "$@" --data-dir "$FULL"; }
head -c 49152 /dev/zero > "$FULL/room"
cat /dev/zero > "$FULL/filler" 2>/dev/null || true
rm "$FULL/room"
till new-card || echo "$?"
cat /dev/zero > "$FULL/more" 2>/dev/null || true
till new-card || echo "$?"
rm "$FULL/filler" "$FULL/more"
till status --json
till new-card --json
till status --json
"""
"""A disk of 512 kB of its own, with the till on it: first with room to open the book, then with none at all."""


@pytest.fixture(scope="module")
def hub(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHub]:
    """One server for all of these; it has a part in two of them only."""
    url = databases.make(upgrade)
    with running_hub(url, tmp_path_factory.mktemp("hub"), SystemClock()) as hub:
        hub.open_shop(FREE_HANDS)
        yield hub
    databases.drop(url)


@pytest.fixture(scope="module")
def enrolled(hub: RealHub, blank_book: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a till with one card that waits to be sent, to be copied."""
    till = TillCommands(tmp_path_factory.mktemp("enrolled"))
    till.book.write_bytes(blank_book)
    assert till("enrol", "--server", hub.url, "--code", hub.code("front"), "--json").json["synced"]
    assert till("new-card").status == 0
    return till.folder


@pytest.fixture
def till(enrolled: Path, tmp_path: Path) -> TillCommands:
    shutil.copytree(enrolled, tmp_path / "till")
    return TillCommands(tmp_path / "till")


def change_book(till: TillCommands, statement: str) -> None:
    with sqlite3.connect(till.book) as connection:
        connection.execute(statement)
    connection.close()


def secrets_file(till: TillCommands) -> Path:
    (file,) = (till.folder / "secrets").iterdir()
    return file


def test_a_second_till_on_the_same_book(till: TillCommands) -> None:
    with Steering(till.folder) as first:
        first.act(0, 1)
        for words in (("new-card",), ("sync",)):
            till(*words).only_says("Tillstamp is already open on this till. Use that window, or close it first.")
        assert till.status()["waiting"] == 2, "the first one's act and the one before"
        first.act(1, 1)
    assert till.status()["waiting"] == 3


def test_an_older_program_on_a_newer_book(till: TillCommands) -> None:
    change_book(till, "UPDATE alembic_version SET version_num = '9999'")
    before = till.book.read_bytes()
    for verb in ("new-card", "status"):
        till(verb).only_says(
            "A newer Tillstamp has used this till's data. Update this program; the data was left as it is."
        )
    assert till.book.read_bytes() == before


def test_a_book_that_is_none(till: TillCommands) -> None:
    till.book.write_bytes(b"something else" * 1_000)
    said = till("new-card")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith(f"This till's data ({till.book}) cannot be read. Do not delete it: keep a copy")
    assert till.book.read_bytes() == b"something else" * 1_000


def test_a_keyring_out_of_reach(till: TillCommands) -> None:
    """The server cannot be spoken to and no PIN checked; what needs neither goes on."""
    change_book(till, "UPDATE book SET secrets_place = 'keyring'")
    locked_out = TillCommands(till.folder, environment(DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere"))
    for words in (("sync",), ("new-card", "--staff", "Ben")):
        locked_out(*words, pin="1357").only_says(
            "The keyring that holds this till's key is locked or out of reach. "
            "Unlock it and start Tillstamp again; what is recorded is safe."
        )
    assert locked_out("new-card").status == 0
    assert locked_out.status()["waiting"] == 2


def test_secrets_that_are_gone(till: TillCommands) -> None:
    secrets_file(till).unlink()
    till("sync").only_says("This till's key is gone. Enrol the till again; what is recorded stays.")
    assert till.status()["waiting"] == 1


def test_a_made_up_token(till: TillCommands) -> None:
    file = secrets_file(till)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"token": "made-up"}))
    till("sync").only_says(ENROL_AGAIN)
    assert till("new-card").status == 0
    status = till.status()
    assert (status["enrolment"], status["waiting"]) == ("must_enrol_again", 2)


def test_a_revoked_till(till: TillCommands, hub: RealHub) -> None:
    """What it had is handed in and lies in review; with a new code it goes on."""
    till("enrol", "--server", hub.url, "--code", hub.code("back"))
    assert till("new-card").status == 0
    in_transaction(
        hub.engine,
        lambda connection: revoke_till(connection, merchant="roast", store="gare", name="back", clock=SystemClock()),
    )
    till("sync").only_says(ENROL_AGAIN)
    status = till.status()
    assert (status["enrolment"], status["waiting"], status["parked"]) == ("must_enrol_again", 0, 1)
    assert till("enrol", "--server", hub.url, "--code", hub.code("back")).status == 0
    assert till("new-card").status == 0
    assert till("sync", "--json").json["sent"] == 1


def own_mounts() -> list[str]:
    """The command that gives a process mounts of its own, for root or for anybody; empty where neither may."""
    for command in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        try:
            tried = subprocess.run([*command, "true"], capture_output=True, check=False)
        except FileNotFoundError:
            return []
        if tried.returncode == 0:
            return command
    return []


@pytest.mark.skipif(not own_mounts(), reason="this machine gives nobody a small disk to fill")
def test_a_full_disk(till: TillCommands, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    places = {"FULL": str(full), "FOLDER": str(till.folder), "PYTHON": sys.executable}
    done = subprocess.run(
        [*own_mounts(), "sh", "-c", _ON_A_FULL_DISK],
        cwd=ROOT,
        env=environment() | places,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.stderr == f"{DISK_FULL}\n{DISK_FULL}\n"
    first, second, before, made, after = map(json.loads, done.stdout.splitlines())
    assert (first, second) == (1, 1)
    assert before["waiting"] == 1, "nothing was half-written"
    assert [one["key"] for one in after["recent"]] == [made["key"], before["recent"][0]["key"]]
