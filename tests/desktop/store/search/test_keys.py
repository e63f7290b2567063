"""What cards are found by, folded alike in rows that arrive and in a book of before."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop.store.book import Book
from desktop.store.migrations.upgrade import SCRIPTS, upgrade
from desktop.store.search.keys import email_key, fold, name_keys, own_key, phone_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Jérôme", "jerome"),
        ("WEISS", "weiss"),
        ("Weiß", "weiss"),
        ("Jean-Noël  O'Hara", "jean noel o hara"),
        ("İbrahim ığ", "ibrahim ig"),
        ("Ægir Łódź", "aegir lodz"),
        ("李 雷", "李 雷"),
        (" . ", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_name_begins_with_each_of_its_words() -> None:
    assert name_keys("Anna Maria Weber") == ("anna maria weber", "maria weber anna", "weber anna maria")
    assert name_keys("Anna Weber") == ("anna weber", "weber anna", None)
    assert name_keys("Anna") == ("anna", None, None)
    assert name_keys("  ") == name_keys(None) == (None, None, None)


@pytest.mark.parametrize(
    ("phone", "key"),
    [
        ("+352 621 123 456", "621123456"),
        ("00352 621-123-456", "621123456"),
        ("0621 123456", "621123456"),
        ("+49 (0)171 55", "17155"),
        ("+1 212 555", "212555"),
        ("+7 912", "912"),
        ("621123456", "621123456"),
        ("none", None),
        ("", None),
        (None, None),
    ],
)
def test_a_phone_number_is_what_is_dialled_at_home(phone: str | None, key: str | None) -> None:
    assert phone_key(phone) == key


PEOPLE = [
    ("Jérôme Weiß", "+352 621 123 456", "Jerome@Example.COM"),
    ("Anna Maria von der Weber", "0049 171 22", None),
    ("Cher", None, " "),
    (None, "none", "x@y"),
    (None, None, None),
]


def _an_old_book(folder: Path) -> Path:
    """A book of the first version, with people, a snapshot half gathered, and an enrolment that waits."""
    scripts = folder / "scripts of 0001"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]*"))
    book = folder / "till.db"
    upgrade(book, scripts)
    with closing(sqlite3.connect(book)) as connection, connection:
        (definition,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'synced_cards'").fetchone()
        connection.execute(definition.replace("synced_cards", "incoming_cards"))
        for table in ("synced_cards", "incoming_cards"):
            connection.executemany(
                f"INSERT INTO {table} VALUES (?, ?, ?, 's', ?, ?, ?, 1, 1, 0, NULL, NULL, NULL, 0, 1)",
                [(str(place), f"{place:012}", f"TS1-{place}", *person) for place, person in enumerate(PEOPLE)],
            )
        content = json.dumps({"name": PEOPLE[0][0], "phone": PEOPLE[0][1], "email": PEOPLE[0][2]})
        for key, kind in (("a", "enrol"), ("b", "stamp")):
            connection.execute(
                "INSERT INTO operations (key, epoch, seq, kind, at, content) VALUES (?, 1, 1, ?, 0, ?)",
                (key, kind, content),
            )
    return book


def test_an_old_book_is_brought_up_to_date_without_loss(tmp_path: Path) -> None:
    path = _an_old_book(tmp_path)
    with Book.open(path) as book, book.read() as connection:
        for table in ("synced_cards", "incoming_cards"):
            rows = connection.execute(
                f"""SELECT name, phone, email, name_key, name_key_2, name_key_3, phone_key, email_key
                    FROM {table} ORDER BY card_id"""
            ).fetchall()
            assert [row[:3] for row in rows] == PEOPLE
            assert [row[3:] for row in rows] == [
                (*name_keys(name), phone_key(phone), email_key(email)) for name, phone, email in PEOPLE
            ]
        enrolled, stamped = connection.execute("SELECT found_by, content FROM operations ORDER BY key").fetchall()
        assert enrolled[0] == own_key(*PEOPLE[0])
        assert stamped[0] is None
        assert connection.execute("SELECT count(*) FROM operations WHERE state = 'waiting'").fetchone() == (2,)
