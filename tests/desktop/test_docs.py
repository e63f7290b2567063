"""docs/till.md: the settings that it shows are settings that a till takes."""

import re
from pathlib import Path

from desktop.settings import load_settings
from tests.shape.source import ROOT


def test_the_settings_of_the_page_work(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "till.md").read_text(), re.DOTALL)
    (tmp_path / "settings.toml").write_text(shown)
    settings = load_settings(tmp_path)
    assert (settings.scanner_gap_ms, settings.scanner_prefix, settings.scanner_suffix) == (50, "]Q1", "")
