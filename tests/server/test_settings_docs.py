"""docs/server.md names every setting, with the default that it has."""

import re

from server.settings import FILE_VARIABLE, Settings
from tests.shape.source import ROOT

PAGE = (ROOT / "docs" / "server.md").read_text()


def test_every_setting_is_on_the_page_and_none_else() -> None:
    named = set(re.findall(r"`TILLSTAMP_([A-Z_]+)`", PAGE))
    assert named == {name.upper() for name in Settings.model_fields} | {FILE_VARIABLE.removeprefix("TILLSTAMP_")}


def test_the_page_shows_the_defaults() -> None:
    for names, defaults in re.findall(r"^\| (`TILLSTAMP_[^|]+) \| ([^|]+) \|", PAGE, re.MULTILINE):
        for name, shown in zip(re.findall(r"`TILLSTAMP_([A-Z_]+)`", names), defaults.split(", "), strict=True):
            default = Settings.model_fields[name.lower()].default
            if isinstance(default, int | float):
                assert shown == f"{default:,}" or shown == str(default)
