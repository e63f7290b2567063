"""Commands show aligned tables to people and one JSON object to programs."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.show import counted, local_time, number_on_card, pairs, table, time_and_zone, to_json

AT = datetime(2026, 11, 22, 10, 0, 0, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    at: datetime


def test_columns_are_aligned_and_lines_end_without_spaces() -> None:
    assert table(("STORE", "TILL"), [("gare", None), ("kirchberg", 7)]) == "STORE      TILL\ngare\nkirchberg  7"


def test_a_card_s_number_reads_as_on_the_card() -> None:
    assert number_on_card("000174065516") == "0001-7406-5516"
    assert number_on_card(None) == ""


def test_table_without_rows_is_its_headings() -> None:
    assert table(("STORE", "TILL"), []) == "STORE  TILL"


def test_pairs_are_aligned() -> None:
    assert pairs({"Code": "K7QF-2M9D", "Works until": AT}) == f"Code         K7QF-2M9D\nWorks until  {local_time(AT)}"


def test_numbers_are_counted_in_words() -> None:
    assert (counted(1, "card"), counted(1204, "card"), counted(2, "more", "more")) == (
        "1 card",
        "1,204 cards",
        "2 more",
    )


def test_no_moment_is_shown_as_nothing() -> None:
    assert local_time(None) == ""
    assert local_time(AT).endswith(":00")


@pytest.fixture
def clock_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """`clock_of(zone)` sets this process's own zone, until the end of the test."""

    def set_zone(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "2026-11-22 10:00 (UTC+00:00)"),
        ("Europe/Luxembourg", "2026-11-22 11:00 (UTC+01:00)"),
        ("America/St_Johns", "2026-11-22 06:30 (UTC-03:30)"),
    ],
)
def test_a_time_that_is_read_elsewhere_names_its_zone(clock_of: Callable[[str], None], zone: str, shown: str) -> None:
    clock_of(zone)
    assert time_and_zone(AT) == shown


def test_json_has_moments_as_on_the_wire() -> None:
    written = to_json({"things": [Thing("Café", AT)], "id": uuid.UUID(int=1), "file": Path("a.html"), "none": None})
    assert "Café" in written
    assert json.loads(written) == {
        "things": [{"name": "Café", "at": "2026-11-22T10:00:00.000005Z"}],
        "id": "00000000-0000-0000-0000-000000000001",
        "file": "a.html",
        "none": None,
    }
