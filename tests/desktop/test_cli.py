"""The till's command line, against the real server."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.clock import SystemClock
from desktop.cli.app import run
from desktop.store.book import Book
from server.store.migrate import upgrade
from tests.desktop.sync.scripted_server import answering, free_port, serving
from tests.helpers.books import TestTill, copy_book
from tests.helpers.real_hub import RealHub, running_hub

SOURCES = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed


class Console:
    """A person at a terminal with one till's folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: object, pin: str = "") -> Said:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(f"{pin}\n"))
        status = run([str(argument) for argument in (*arguments, "--data-dir", self.folder)])
        captured = self._capsys.readouterr()
        assert "Traceback" not in captured.err
        return Said(status, captured.out, captured.err)

    def as_ana(self, *arguments: object) -> Said:
        return self(*arguments, "--staff", "ana", pin="4821")

    def as_ben(self, *arguments: object) -> Said:
        return self(*arguments, "--staff", "Ben", pin="1357")

    def enrol(self, hub: RealHub, till: str = "front", store: str = "gare") -> Said:
        return self("enrol", "--server", hub.url, "--code", hub.code(till, store))

    def new_card(self) -> dict[str, Any]:
        return self.as_ben("new-card", "--json").json


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLSTAMP_SECRETS_PLACE", "file")


@pytest.fixture
def new_console(
    empty_book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Console]:
    def make(name: str) -> Console:
        folder = tmp_path / name
        folder.mkdir()
        copy_book(empty_book, folder)
        return Console(folder, capsys, monkeypatch)

    return make


@pytest.fixture
def empty(new_console: Callable[[str], Console]) -> Console:
    """A till that belongs to no shop yet."""
    return new_console("front")


@pytest.fixture
def console(empty: Console, hub: RealHub) -> Console:
    """An enrolled till."""
    assert empty.enrol(hub).status == 0
    return empty


def test_enrol_makes_a_till_and_brings_the_shops_rules(empty: Console, hub: RealHub) -> None:
    said = empty.enrol(hub)
    assert said.status == 0
    assert "This is now the till front of Gare, Roast & Co." in said.out
    assert "Rules and cards  received" in said.out
    assert said.err == ""
    status = empty("status", "--json").json
    assert (status["till"]["name"], status["enrolment"], status["online"]) == ("front", "enrolled", True)
    secrets = list((empty.folder / "secrets").iterdir())
    assert [oct(file.stat().st_mode & 0o777) for file in secrets] == ["0o600"]


def test_a_wrong_code_is_refused_in_words(empty: Console, hub: RealHub) -> None:
    said = empty("enrol", "--server", hub.url, "--code", "AAAA-AAAA")
    assert said.status == 4
    assert said.out.startswith("Refused: enrolment_code_invalid\nThe server does not take this code")


def test_a_shop_without_a_till_number_left_refuses_in_words(empty: Console, hub: RealHub) -> None:
    assert empty.enrol(hub).status == 0
    code = hub.code("second")
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tills SET number = 9999")
    said = empty("enrol", "--server", hub.url, "--code", code)
    assert said.status == 4
    assert said.out.startswith("Refused: till_numbers_used_up\nThis shop has no number left for another till.")
    assert empty("status", "--json").json["till"]["name"] == "front", "it stays the till that it was"


def test_a_key_that_cannot_be_kept_is_told_with_its_file(empty: Console, hub: RealHub) -> None:
    (empty.folder / "secrets").write_text("in the way")
    said = empty.enrol(hub)
    assert said.status == 1
    assert said.err.startswith(f"This till's key cannot be kept in {empty.folder / 'secrets' / 'till-'}")
    assert said.err.endswith("then enrol with a new code.\n")
    assert "keyring" not in said.err
    assert "belongs to no shop yet" in empty("status").err


def test_a_key_that_cannot_be_read_is_told_with_its_file(console: Console) -> None:
    (kept,) = (console.folder / "secrets").iterdir()
    kept.unlink()
    kept.mkdir()
    said = console("sync")
    assert said.status == 1
    assert said.err.startswith(f"This till's key is in {kept}, and cannot be read (Is a directory).")


ENROL_TROUBLE = [
    ("http://no-such-host.invalid", True, 3, "There is no server of the name"),
    ("http://127.0.0.1:{free}", False, 3, "Nothing answers at"),
    ("http://shop.example", False, 2, "not encrypted"),
    ("nonsense", False, 2, "is not an address like"),
]


@pytest.mark.parametrize(("server", "plain", "status", "words"), ENROL_TROUBLE)
def test_enrol_says_what_is_wrong(empty: Console, server: str, plain: bool, status: int, words: str) -> None:
    arguments = ["--allow-plain-http"] if plain else []
    said = empty("enrol", "--server", server.format(free=free_port()), "--code", "K7QF-2M9D", *arguments)
    assert said.status == status
    assert words in " ".join(said.err.replace("│", " ").split())


def test_enrol_at_a_portal_says_so(empty: Console) -> None:
    with serving(answering(200, b"<html>hello</html>", "text/html")) as server:
        said = empty("enrol", "--server", server.url, "--code", "K7QF-2M9D")
    assert said.status == 3
    assert "Something else than a Tillstamp server answered" in said.err


def test_a_wrong_clock_is_told_at_enrolment(empty: Console, hub: RealHub, monkeypatch: pytest.MonkeyPatch) -> None:
    class SlowClock(SystemClock):
        def now(self) -> datetime:
            return super().now() - timedelta(hours=2, seconds=30)

    monkeypatch.setattr("desktop.cli.options.SystemClock", SlowClock)
    said = empty.enrol(hub)
    assert said.status == 0
    assert "This computer's clock is 120 minutes slow." in said.err


def test_a_card_from_beginning_to_end(console: Console, hub: RealHub) -> None:
    begun = console.as_ben("new-card", "--name", "Mia", "--json").json
    stamped = console.as_ben("stamp", begun["card_number"], "--json").json
    assert (stamped["stamp_count"], stamped["stamps_target"], stamped["reward"]) == (1, 10, "Free coffee")
    refused = console.as_ben("stamp", begun["token"], "--json")
    assert refused.status == 4
    assert refused.json["refused"] == "cooldown"
    assert refused.json["detail"]["until"] == stamped["next_stamp_at"]
    assert refused.json["sentence"].startswith("Next stamp at")
    taken = console.as_ben("void", stamped["key"], "--reason", "Mistake", "--json").json
    assert (taken["stamp_count"], taken["shortfall"]) == (0, 0)
    synced = console("sync", "--json").json
    assert (synced["sent"], synced["waiting"], synced["rejected"]) == (3, 0, 0)
    assert [row.stamp_count for row in hub.rows("SELECT stamp_count FROM cards")] == [0]
    status = console("status", "--json").json
    assert [(one["kind"], one["state"]) for one in status["recent"]] == [
        ("void", "accepted"), ("stamp", "accepted"), ("enrol", "accepted"),
    ]  # fmt: skip
    assert {one["staff"] for one in status["recent"]} == {"Ben"}


def test_a_file_in_the_folders_place_is_told_as_that(empty: Console, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["status"], ["new-card"]):
        assert run([*arguments, "--data-dir", str(empty.folder / "till.db")]) == 1
        told = f"This till's data cannot lie in {empty.folder / 'till.db'}: that is not a folder."
        assert capsys.readouterr().err.startswith(told)


def test_options_may_stand_before_the_verb(console: Console) -> None:
    number = console.new_card()["card_number"]
    folder = ("--data-dir", str(console.folder))
    assert run([*folder, "--json", "status"]) == 0
    assert console._capsys.readouterr().out.startswith("{")
    console._monkeypatch.setattr(sys, "stdin", io.StringIO("1357\n"))
    assert run([*folder, "--staff", "Ben", "stamp", number]) == 0


def test_people_read_plain_lines(console: Console) -> None:
    number = console.new_card()["card_number"]
    said = console.as_ben("stamp", number)
    assert "Stamps      1 of 10\n" in said.out
    assert f"Card        {number[:4]}-{number[4:8]}-{number[8:]}\n" in said.out
    refused = console.as_ben("stamp", number)
    assert refused.out.splitlines()[0] == "Refused: cooldown"
    assert refused.out.splitlines()[1].startswith("Next stamp at")
    status = console("status").out
    assert "Waiting       2, the oldest of" in status
    assert "stamp" in status


REFUSALS = [
    (("stamp", "999999999991"), "card_not_found"),
    (("stamp", "123456789012"), "wrong_check_digit"),
    (("stamp", "rubbish"), "not_a_card"),
    (("void", "0192aaaa-0000-7000-8000-000000000001"), "original_not_found"),
]


@pytest.mark.parametrize(("arguments", "code"), REFUSALS)
def test_what_is_refused_has_its_code(console: Console, arguments: tuple[str, ...], code: str) -> None:
    said = console.as_ben(*arguments, "--json")
    assert (said.status, said.json["refused"]) == (4, code)


def test_nobody_works_without_a_pin(console: Console) -> None:
    number = console.new_card()["card_number"]
    assert console("stamp", number, "--json").json["refused"] == "staff_required"
    wrong = console("stamp", number, "--staff", "Ben", "--json", pin="0000")
    assert (wrong.status, wrong.json["refused"], wrong.json["detail"]) == (4, "wrong_pin", {"attempts_left": 4})
    assert console("stamp", number, "--staff", "Zoe", "--json", pin="0000").json["refused"] == "staff_not_allowed"
    for _ in range(4):
        last = console("stamp", number, "--staff", "Ben", "--json", pin="0000").json
    assert last["refused"] == "locked"
    assert console.as_ben("stamp", number, "--json").json["refused"] == "locked"
    assert console.as_ana("stamp", number).status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("stamp",),
        ("stamp", "1", "--count", "0"),
        ("void", "no-key"),
        ("fly",),
        ("new-card", "--qr", "card.doc"),
        ("enrol",),
    ],
)
def test_usage(empty: Console, arguments: tuple[str, ...]) -> None:
    assert empty(*arguments).status == 2


def test_a_card_is_drawn(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "card.svg"
    said = console.as_ben("new-card", "--qr", file, "--json")
    assert (said.status, said.json["qr"]) == (0, str(file))
    assert file.read_text().lstrip().startswith("<?xml")
    lost = console.as_ben("new-card", "--qr", tmp_path / "nowhere" / "card.png", "--json")
    assert (lost.status, lost.json["qr"]) == (1, None)
    assert "The card was made, but" in lost.err


def test_a_redemption_is_confirmed_by_the_server(console: Console, hub: RealHub) -> None:
    hub.open_shop("stamps_target = 1")
    console("sync")
    number = console.new_card()["card_number"]
    console.as_ben("stamp", number)
    said = console.as_ben("redeem", number, "--json")
    assert (said.status, said.json["confirmed"], said.json["stamp_count"]) == (0, True, 0)
    empty = console.as_ben("redeem", number, "--json")
    assert (empty.status, empty.json["refused"]) == (4, "insufficient_stamps")


def test_offline(new_console: Callable[[str], Console], fresh_database: Callable[..., str], tmp_path: Path) -> None:
    """The server goes away in the middle of the day, and comes back."""
    url, data, port = fresh_database(upgrade), tmp_path / "hub", free_port()
    till = new_console("front")
    with running_hub(url, data, SystemClock(), port) as hub:
        hub.open_shop("stamps_target = 1")
        assert till.enrol(hub).status == 0
        number = till.new_card()["card_number"]
        till("sync")
    assert till.as_ben("stamp", number).status == 0
    said = till("sync")
    assert said.status == 3
    assert "Nothing answers at" in said.err
    status = till("status", "--json").json
    assert (status["online"], status["waiting"]) == (False, 1)
    # The stamp that fills the card is not confirmed, and the shop's policy wants it to be.
    redeemed = till.as_ben("redeem", number, "--json")
    assert (redeemed.status, redeemed.json["handed_out"]) == (3, False)
    assert "Do not hand out the reward" in redeemed.err
    with running_hub(url, data, SystemClock(), port) as hub:
        synced = till("sync", "--json").json
        assert (synced["sent"], synced["waiting"], synced["rejected"]) == (3, 0, 0)
        assert [row.stamp_count for row in hub.rows("SELECT stamp_count FROM cards")] == [1]


def test_a_revoked_token_is_told(console: Console, hub: RealHub, new_console: Callable[[str], Console]) -> None:
    assert new_console("twin").enrol(hub).status == 0
    said = console("sync")
    assert said.status == 1
    assert "must be enrolled again" in said.err
    assert console("status", "--json").json["enrolment"] == "must_enrol_again"


def test_enrolling_again_keeps_what_was_recorded(console: Console, hub: RealHub) -> None:
    number = console.new_card()["card_number"]
    console.as_ben("stamp", number)
    said = console("enrol", "--server", hub.url, "--code", hub.code(), "--json")
    assert (said.status, said.json["again"]) == (0, True)
    assert console("status", "--json").json["waiting"] == 0
    assert [row.stamp_count for row in hub.rows("SELECT stamp_count FROM cards")] == [1]


def test_a_till_of_no_shop_says_so(empty: Console, tmp_path: Path) -> None:
    for verb in (("status",), ("sync",), ("stamp", "1"), ("export", tmp_path / "queue.json")):
        said = empty(*verb)
        assert said.status == 1
        assert "belongs to no shop yet" in said.err
    empty.folder = tmp_path / "nothing"
    assert "There is no till in" in empty("status").err
    assert not empty.folder.exists()


def test_export_is_the_queue_and_nothing_secret(console: Console, tmp_path: Path) -> None:
    card = console.as_ben("new-card", "--name", "Mia").out
    assert "A new card" in card
    file = tmp_path / "queue.json"
    file.write_text("an older one")
    said = console("export", file, "--json")
    assert said.json == {"file": str(file), "operations": 1}
    exported = json.loads(file.read_text())
    assert [(one["kind"], one["name"], one["seq"]) for one in exported["operations"]] == [("enrol", "Mia", 1)]
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    secrets = json.loads(next((console.folder / "secrets").iterdir()).read_text())
    assert not [value for value in secrets.values() if value in file.read_text()]
    assert console("status", "--json").json["waiting"] == 1
    assert not list(tmp_path.glob(".queue.json*"))


def test_export_to_where_nobody_may_write(console: Console, tmp_path: Path) -> None:
    said = console("export", tmp_path / "nowhere" / "queue.json")
    assert said.status == 1
    assert "cannot be written" in said.err


def test_status_and_export_read_a_book_that_a_window_holds(console: Console, tmp_path: Path) -> None:
    with Book.open(console.folder / "till.db") as book:
        TestTill(book, SystemClock()).stamp(2)
        assert console("status", "--json").json["waiting"] == 2
        assert console("export", tmp_path / "queue.json", "--json").json["operations"] == 2
        said = console.as_ben("new-card")
        assert said.status == 1
        assert "already open" in said.err


def test_a_wrong_setting_is_told(console: Console) -> None:
    (console.folder / "settings.toml").write_text("scanner_gap_ms = 5")
    said = console("status")
    assert said.status == 1
    assert "20 to 100, not 5" in said.err


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The till as a process, in a folder of its own, from anywhere."""

    def start(*arguments: object, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "desktop", *map(str, arguments), "--data-dir", str(tmp_path / "till")],
            cwd=SOURCES,
            env={**os.environ, "TILLSTAMP_SECRETS_PLACE": "file"},
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )

    return start


def test_as_a_process_with_the_pin_on_standard_input(
    process: Callable[..., subprocess.CompletedProcess[str]], hub: RealHub
) -> None:
    enrolled = process("enrol", "--server", hub.url, "--code", hub.code())
    assert (enrolled.returncode, enrolled.stderr) == (0, "")
    begun = process("--json", "new-card", "--staff", "Ana", said="4821\n")
    assert (begun.returncode, begun.stderr) == (0, "")
    refused = process("stamp", "000", "--staff", "Ana", said="4821\n")
    assert refused.returncode == 4
    assert "not_a_card" in refused.stdout
