"""What lives beside the database: an incarnation and a key, made once, kept to their owner, and told when lost."""

import logging
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.incarnation import mint_incarnation, read_incarnation, read_life, read_receipt_key
from server.trouble import FileTrouble
from tests.helpers.clock import ManualClock


def test_it_is_made_once_and_read_again(tmp_path: Path) -> None:
    first = read_life(tmp_path / "data", ManualClock())
    assert len(first.receipt_key) == 32
    assert read_life(tmp_path / "data", ManualClock()) == first
    for name in ("incarnation", "receipt.key"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["incarnation", "receipt.key"]


def test_a_new_incarnation_keeps_the_key(tmp_path: Path) -> None:
    before = read_life(tmp_path, ManualClock())
    minted = mint_incarnation(tmp_path, ManualClock())
    after = read_life(tmp_path, ManualClock())
    assert (after.incarnation, after.receipt_key) == (minted, before.receipt_key)
    assert minted != before.incarnation


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: read_receipt_key(tmp_path), range(8)))
        lives = set(threads.map(lambda _: read_incarnation(tmp_path, ManualClock()), range(8)))
    assert (len(keys), len(lives)) == (1, 1)


@pytest.mark.logs
def test_a_lost_key_is_made_anew_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = read_life(tmp_path, ManualClock())
    assert caplog.records == []
    (tmp_path / "receipt.key").unlink()
    after = read_life(tmp_path, ManualClock())
    assert (after.incarnation, after.receipt_key != before.receipt_key) == (before.incarnation, True)
    [told] = caplog.records
    assert (told.levelno, "receipts given until now" in told.message) == (logging.WARNING, True)
    assert after.receipt_key.hex() not in told.message


@pytest.mark.parametrize("content", ["", "00", "no key", "é"])
def test_what_is_no_key_is_told_and_not_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "receipt.key").write_text(content, encoding="utf-8")
    with pytest.raises(FileTrouble):
        read_receipt_key(tmp_path)
    assert (tmp_path / "receipt.key").read_text(encoding="utf-8") == content
