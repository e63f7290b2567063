"""The window and the real server: enrolling, being confirmed, being rejected, going offline and coming back."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.clock import SystemClock
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.flow.first_run import Step
from desktop.secrets import PLACE_VARIABLE
from desktop.store import identity
from desktop.store.book import Book
from desktop.store.operations import State
from desktop.ui.pages.page import Page
from tests.desktop.ui.at_work import AtWork, at_work
from tests.helpers.real_hub import RealHub

TERMS = 'pin_policy = "off"\ncooldown_minutes = 0\nstamps_target = 2'


def shows(work: AtWork, balance: str) -> bool:
    return work.balance_shown() == balance


@pytest.fixture
def secrets_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLACE_VARIABLE, "file")


def enrol_by_hand(work: AtWork, hub: RealHub, till: str = "front") -> None:
    """As somebody does who has the address and a code on a slip of paper."""
    work.on(Page.ENROL)
    work.click("language_en")
    fill_in(work, hub.url, hub.code(till))
    work.press(Qt.Key.Key_Return)
    finish_first_run(work)


def fill_in(work: AtWork, address: str, code: str) -> None:
    """Into both fields, as fast as a hand that pastes; the focus stays in the second."""
    page = work.window.pages.enrol
    for field, text in ((page.address, address), (page.code, code)):
        work.until(field.isVisible)
        field.setFocus()
        field.selectAll()
        QApplication.clipboard().setText(text)
        QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def finish_first_run(work: AtWork) -> None:
    """From the snapshot on, with Enter alone."""
    page = work.window.pages.enrol
    for step in (Step.SHOP, Step.SCANNER, Step.SOUND, Step.READY):
        work.until(lambda step=step: page.run.step is step and page.next_button.isEnabled())  # type: ignore[misc]  # bound
        work.click("first_run_next")
    work.on(Page.IDLE)


def online(work: AtWork) -> bool:
    said = work.window.strip.accessibleDescription()
    return said.startswith("Online, Nothing waiting")


def test_from_an_empty_book_to_a_confirmed_reward(
    hub: RealHub, book_path: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication, secrets_in_a_file: None
) -> None:
    hub.open_shop(TERMS)
    with Book.open(book_path) as book, at_work(qtbot, qapp, Till(book, SystemClock()), tmp_path, hub.url) as work:
        enrol_by_hand(work, hub)
        assert work.window.windowTitle() == "Roast & Co · Gare · front – Tillstamp"
        work.press(Qt.Key.Key_F4)
        work.on(Page.NEW_CARD)
        work.press(Qt.Key.Key_F1)
        work.on(Page.CARD_READY)
        for shown in ("1 of 2", "2 of 2"):
            work.press(Qt.Key.Key_F1)
            work.on(Page.CARD)
            work.until(partial(shows, work, shown))
        work.until(lambda: online(work))
        work.until(
            lambda: (
                work.window.pages.card.stamps.stamps is not None
                and not work.window.pages.card.stamps.stamps.provisional
            )
        )
        work.press(Qt.Key.Key_F2)
        work.until(lambda: work.result() == "Hand out: Free coffee: 0 stamps left on the card.")
        work.until(lambda: {one.operation.state for one in activity.recent(work.till, 9)} == {State.ACCEPTED})
        assert [row.kind for row in hub.rows("SELECT kind FROM transactions ORDER BY ver")] == [
            "stamp",
            "stamp",
            "redeem",
        ]


def test_a_wrong_code_is_told_in_words_and_another_can_be_tried(
    hub: RealHub, book_path: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication, secrets_in_a_file: None
) -> None:
    with Book.open(book_path) as book, at_work(qtbot, qapp, Till(book, SystemClock()), tmp_path, hub.url) as work:
        work.on(Page.ENROL)
        work.click("language_en")
        fill_in(work, hub.url, "AAAA-AAAA")
        work.click("first_run_next")
        work.until(lambda: "a code works once" in work.window.pages.enrol.message.text())
        fill_in(work, hub.url, hub.code())
        work.click("first_run_next")
        finish_first_run(work)


def test_a_till_that_was_revoked_says_what_became_of_its_work_and_enrols_again(
    hub: RealHub, book_path: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication, secrets_in_a_file: None
) -> None:
    hub.open_shop(TERMS)
    with Book.open(book_path) as book, at_work(qtbot, qapp, Till(book, SystemClock()), tmp_path, hub.url) as work:
        enrol_by_hand(work, hub)
        with hub.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE tills SET revoked_at = now()")
        work.press(Qt.Key.Key_F5)
        work.until(lambda: work.window.strip.trouble.text() == "Enrol again")
        work.click("strip_trouble")
        work.on(Page.NOTICE)
        assert "everything recorded here has reached the server" in work.text("notice_detail")
        work.click("notice_button")
        work.on(Page.ENROL)
        assert work.window.pages.enrol.address.text() == hub.url
        fill_in(work, hub.url, hub.code("front again"))
        typed = work.window.pages.enrol.code.text()
        work.press(Qt.Key.Key_Escape)
        work.on(Page.IDLE)
        work.click("strip_trouble")
        work.on(Page.NOTICE)
        work.click("notice_button")
        work.on(Page.ENROL)
        assert work.window.pages.enrol.code.text() == typed
        work.click("first_run_next")
        work.until(lambda: not work.window.strip.trouble.isVisible() and online(work))
        with book.read() as connection:
            assert identity.load(connection).till_name == "front again"
