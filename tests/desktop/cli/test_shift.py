"""`shift open`, `shift close`, `shift show`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from common.clock import SystemClock
from common.terms import PinPolicy, Terms
from desktop.cashier.engine import By, Till
from desktop.cashier.stamp import stamp
from desktop.cli.app import run
from desktop.settings import Settings
from desktop.store.book import Book
from tests.desktop import shop
from tests.helpers.clock import ManualClock

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A till's folder, its book closed."""
    shop.open_shop(
        Settings(tmp_path).book_path,
        ManualClock(SystemClock().now()),
        terms=Terms(pin_policy=PinPolicy.OFF),
        cards=[shop.card_row(1)],
    ).book.close()
    return tmp_path


@pytest.fixture
def say(folder: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def say(*arguments: str) -> tuple[int, str]:
        status = run([*arguments, "--data-dir", str(folder)])
        return status, capsys.readouterr().out

    return say


def test_a_shift_is_opened_shown_and_closed_with_what_waits(say: Say, folder: Path) -> None:
    assert say("shift", "show") == (0, "No shift was ever open on this till.\n")
    status, out = say("shift", "open")
    assert status == 0
    assert "not yet" in out
    with Book.open(Settings(folder).book_path) as book:
        stamp(Till(book, SystemClock()), By(shop.BEN), shop.card_id(1))
    status, out = say("shift", "close", "--json")
    shift = json.loads(out)["shift"]
    assert status == 0
    assert shift["cashiers"] == [{"staff": "Ben", "stamps": 1, "rewards": 0, "voids": 0, "rejected": 0}]
    assert (shift["waiting"], shift["waiting_at_close"]) == (1, 1)
    assert json.loads(say("status", "--json")[1])["waiting"] == 1
    status, out = say("shift", "show")
    assert status == 0
    assert "1, kept on this till until they are sent" in out
    assert "Ben" in out


def test_opening_and_closing_twice_are_refused(say: Say) -> None:
    status, out = say("shift", "close", "--json")
    assert (status, json.loads(out)["refused"]) == (4, "no_shift_open")
    assert say("shift", "open")[0] == 0
    status, out = say("shift", "open", "--json")
    assert (status, json.loads(out)["refused"]) == (4, "shift_already_open")
    assert "Close it first" in json.loads(out)["sentence"]
