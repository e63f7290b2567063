"""The diagnostics page: what it shows, and the files that it saves where somebody points."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.stamp import stamp
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork, at_work


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[shop.card_row(1)])


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, till: Till, tmp_path: Path) -> Iterator[AtWork]:
    stamp(till, NOBODY, shop.card_id(1))
    with at_work(qtbot, qapp, till, tmp_path) as work:
        yield work


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def open_page(work: AtWork) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.click("menu_diagnostics")
    work.on(Page.DIAGNOSTICS)


def facts(work: AtWork) -> list[str]:
    return [label.accessibleName() for label in work.window.findChildren(QLabel, "fact")]


def point_to(work: AtWork, folder: Path) -> None:
    """In the dialog, by its own button."""
    work.until(lambda: bool(work.window.findChildren(QFileDialog, "where_to")))
    dialog = work.window.findChildren(QFileDialog, "where_to")[-1]
    work.until(dialog.isVisible)
    dialog.setDirectory(str(folder.parent))
    dialog.selectFile(folder.name)
    boxes = dialog.findChildren(QDialogButtonBox)
    QTest.mouseClick(boxes[0].buttons()[0], Qt.MouseButton.LeftButton)


def test_it_says_what_is_asked_on_the_telephone(work: AtWork) -> None:
    open_page(work)
    said = facts(work)
    assert "Till: Counter (number 17), Gare, Roast & Co" in said
    assert "Operations: 1 waiting, 0 kept" in said
    assert "Slip printer: None" in said
    assert any("Qt 6." in one for one in said)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.MENU)


def test_opened_again_it_shows_what_is_so_now(work: AtWork, till: Till) -> None:
    open_page(work)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.MENU)
    with till.book.write() as connection:
        connection.execute("DELETE FROM synced_cards")
    work.click("menu_diagnostics")
    work.until(lambda: "Cards: 0" in facts(work))


def test_the_queue_is_saved_where_somebody_points(work: AtWork, stick: Path) -> None:
    open_page(work)
    work.click("save_queue")
    point_to(work, stick)
    assert work.result().startswith("Saved: 1 waiting operation is in ")
    (file,) = stick.iterdir()
    assert len(json.loads(file.read_text())["operations"]) == 1
    assert work.counts().waiting == 1


def test_the_log_is_saved_where_somebody_points(work: AtWork, stick: Path, tmp_path: Path) -> None:
    (tmp_path / "till.log").write_text("card 123456789012\n")
    open_page(work)
    work.click("save_log")
    point_to(work, stick)
    assert work.result().startswith("Saved: The log is in ")
    (file,) = stick.iterdir()
    with zipfile.ZipFile(file) as saved:
        assert saved.read("till.log") == b"card [removed]\n"


def test_a_stick_that_cannot_be_written_is_told(work: AtWork, stick: Path) -> None:
    # A folder in the place of the unfinished file: rights do not stop who runs the tests.
    open_page(work)
    work.click("save_queue")
    stick.joinpath(".tillstamp-queue-2026-11-22-1100.json.part").mkdir()
    point_to(work, stick)
    assert str(stick) in work.result()
    assert work.counts().waiting == 1


def test_with_nothing_waiting_there_is_nothing_to_save(
    qtbot: QtBot, qapp: QApplication, till: Till, tmp_path: Path
) -> None:
    with at_work(qtbot, qapp, till, tmp_path) as work:
        open_page(work)
        button = work.window.pages.diagnostics.queue_button
        assert (button.isEnabled(), button.note) == (False, "Nothing waiting")
