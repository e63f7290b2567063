"""A card's further acts with the real server: each is accepted, and the server's card is what the window shows."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.cashier.engine import NOBODY
from desktop.cashier.enrol import enrol
from desktop.cashier.looking import activity
from desktop.cashier.outcome import Recorded
from desktop.store.operations import State
from desktop.ui.pages.page import Page
from tests.desktop.sync.test_with_the_real_hub import sent, till_of
from tests.desktop.ui.at_work import AtWork, at_work
from tests.helpers.real_hub import RealHub


def choose(work: AtWork, key: str) -> None:
    work.press(Qt.Key.Key_F11)
    work.on(Page.CARD_MORE)
    work.type_text(key)


def test_a_cards_life_is_accepted_by_the_server(
    hub: RealHub, empty_book: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    hub.open_shop('pin_policy = "optional"')
    with till_of(hub, empty_book, tmp_path / "front") as (till, exchange):
        begun = enrol(till, NOBODY, name="Marie")
        assert isinstance(begun, Recorded)
        sent(exchange)
        with at_work(qtbot, qapp, till, tmp_path / "front", hub.url) as work:
            work.scan(begun.card.token)
            work.on(Page.CARD)
            choose(work, "2")
            work.on(Page.CARD_FORM)
            work.type_text("++")
            work.until(lambda: work.text("count") == "3")
            work.press(Qt.Key.Key_F1)
            work.enter_pin("Ana", "4821")
            work.until(lambda: work.result().startswith("Paper card brought over: 3 of 10."))
            work.on(Page.CARD)
            choose(work, "3")
            work.on(Page.CARD_FORM)
            work.press(Qt.Key.Key_F1)
            work.enter_pin("Ana", "4821")
            work.on(Page.CARD_READY)
            number = work.text("new_number")
            work.press(Qt.Key.Key_Escape)
            work.on(Page.CARD)
            choose(work, "1")
            work.on(Page.CARD_FORM)
            work.press(Qt.Key.Key_F1)
            work.enter_pin("Ana", "4821")
            work.until(lambda: work.result().startswith("Taken back: 2 of 10."))
            work.on(Page.CARD)
            choose(work, "4")
            work.on(Page.CARD_FORM)
            work.press(Qt.Key.Key_F1)
            work.until(lambda: work.result().startswith("Card blocked"))
            work.until(lambda: {one.operation.state for one in activity.recent(till, 9)} == {State.ACCEPTED})
        (row,) = hub.rows("SELECT number, stamp_count, inactive_since, carried_over FROM cards")
        assert (row.number, row.stamp_count, row.carried_over) == (number.replace("-", ""), 2, True)
        assert row.inactive_since is not None
