"""The window tells that an older copy of the till was restored, until somebody says that they have seen it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.store.setback import news
from desktop.ui.pages.page import Page
from tests.desktop.ui.at_work import at_work
from tests.helpers.clock import ManualClock


def test_it_stands_on_the_strip_until_it_was_seen(
    open_till: Callable[..., Till], clock: ManualClock, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF))
    with till.book.write() as connection:
        news.tell(connection, "diverged", 2, clock.now())
    with at_work(qtbot, qapp, till, tmp_path) as work:
        work.until(lambda: work.window.strip.notice.text() == "Used on two computers?")
        work.click("strip_notice")
        work.on(Page.NOTICE)
        assert "2 operations" in work.text("notice_detail")
        work.click("notice_button")
        work.on(Page.IDLE)
        work.until(lambda: work.window.strip.notice.text() == "")
    with till.book.read() as connection:
        assert news.unseen(connection) is None
