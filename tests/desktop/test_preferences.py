"""What is chosen in the window is kept whole, and a file that makes no sense costs nobody their till."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.preferences import (
    Look,
    Preferences,
    PreferencesUnwritable,
    TextSize,
    read_preferences,
    write_preferences,
)

OTHERS = Preferences(
    language="de",
    look=Look.CONTRAST,
    text_size=TextSize.LARGER,
    sound=False,
    stamp_on_scan=True,
    lock_minutes=2,
    kiosk=True,
    printer="192.0.2.7:9100",
)


def test_every_choice_comes_back(tmp_path: Path) -> None:
    assert all(getattr(OTHERS, field.name) != field.default for field in fields(Preferences))
    write_preferences(tmp_path, OTHERS)
    assert read_preferences(tmp_path) == OTHERS


def test_without_a_file_the_defaults_stand(tmp_path: Path) -> None:
    assert read_preferences(tmp_path) == Preferences()


@pytest.mark.parametrize("content", ["", "[]", "{", "null", "\udcff", "[" * 100_000])
def test_a_file_that_cannot_be_read_leaves_the_defaults(tmp_path: Path, content: str) -> None:
    (tmp_path / "preferences.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert read_preferences(tmp_path) == Preferences()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", 7),
        ("look", "pink"),
        ("look", None),
        ("text_size", ["large"]),
        ("sound", 1),
        ("lock_minutes", True),
        ("lock_minutes", 0),
        ("lock_minutes", "5"),
        ("lock_minutes", 10**30),
        ("printer", "x" * 501),
        ("from_a_newer_version", 1),
    ],
)
def test_one_choice_that_makes_no_sense_costs_no_other(tmp_path: Path, name: str, value: Any) -> None:
    kept = {"kiosk": True, name: value}
    (tmp_path / "preferences.json").write_text(json.dumps(kept))
    assert read_preferences(tmp_path) == replace(Preferences(), kiosk=True)


def test_a_choice_that_cannot_be_kept_leaves_those_of_before(tmp_path: Path) -> None:
    write_preferences(tmp_path, OTHERS)
    (tmp_path / "preferences.new").mkdir()
    with pytest.raises(PreferencesUnwritable):
        write_preferences(tmp_path, Preferences())
    assert read_preferences(tmp_path) == OTHERS
