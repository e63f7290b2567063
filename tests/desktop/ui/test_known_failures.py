"""What other tills are known to get wrong, seen on the window: one test for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from common.card_code import format_number
from common.clock import SystemClock
from common.terms import PinPolicy, Terms
from desktop.cashier.engine import By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.present.views import Tone
from desktop.secrets import FileSecrets, TillSecrets
from desktop.store.book import Book
from desktop.store.identity import SecretsPlace
from desktop.sync.connect import connect
from desktop.sync.enrol import enrol_till
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, Exchanged, Pushed
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork, at_work
from tests.helpers.real_hub import RealHub

CLOCK = SystemClock()
NOBODY = By(None)
FREE = 'pin_policy = "off"\ncooldown_minutes = 0\ndaily_limit = 100'
UNNAMED = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF, cooldown_minutes=0, daily_limit=100)

Open = Callable[..., Till]


@pytest.fixture
def offline(open_till: Open, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AtWork]:
    """A till that reaches nobody, and knows one card with 3 stamps."""
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1, 3)])
    with at_work(qtbot, qapp, till, tmp_path) as work:
        yield work


@contextmanager
def enrolled_till(hub: RealHub, book_path: Path, folder: Path) -> Iterator[Till]:
    """A till of the real server, synced, with its secrets at hand."""
    hub.open_shop(FREE)
    kept: list[TillSecrets] = []
    secrets = FileSecrets(folder)

    def keep(till_id: object, given: TillSecrets) -> SecretsPlace:
        secrets.save(till_id, given)  # type: ignore[arg-type]  # a TillId, as enrol_till has it
        kept.append(given)
        return SecretsPlace.FILE

    address = ServerAddress(hub.url)
    with Book.open(book_path) as book:
        link = Link(address, None, CLOCK)
        try:
            done = enrol_till(book, link, CLOCK, server=address, code=hub.code(), keep_secrets=keep)
        finally:
            link.close()
        assert isinstance(done, Enrolled)
        till = Till(book, CLOCK, kept[0])
        exchange = connect(book, kept[0].token, CLOCK)
        try:
            assert isinstance(exchange.fully(), Exchanged)
        finally:
            exchange.close()
        yield till


def stamped_offline(till: Till, count: int) -> str:
    """A new card with so many stamps, none of them sent; its number as it is shown."""
    card = enrol(till, NOBODY, None)
    assert isinstance(card, Recorded)
    for _ in range(count):
        assert isinstance(stamp(till, NOBODY, card.card.card_id), Recorded)
    return format_number(card.card.number)


def strip_says(work: AtWork) -> str:
    return work.window.strip.accessibleDescription()


def tone(work: AtWork) -> Tone:
    view = work.window.strip.view
    assert view is not None
    return view.tone


def test_a_stale_pull_does_not_overwrite_what_is_not_sent_yet(offline: AtWork) -> None:
    offline.open_card(shop.token(1))
    offline.press(Qt.Key.Key_F1)
    offline.until(lambda: offline.balance_shown() == "4 of 10")
    # The server's card, as it was before this stamp, comes in a newer version: somebody corrected its name.
    stale = shop.shop_changes(UNNAMED, [shop.card_row(1, 3, ver=9, name="Marie")])
    shop.pull(offline.till, stale, 9)
    offline.press(Qt.Key.Key_Escape)
    offline.on(Page.IDLE)
    show(offline, format_number(shop.number(1)), "4 of 10")
    assert offline.window.pages.card.name.text() == "Marie"
    assert offline.counts().waiting == 1


@pytest.mark.parametrize("judged", range(6))
def test_offline_again_after_any_number_of_verdicts(
    judged: int, hub: RealHub, book_path: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    """Five operations wait; the line breaks after `judged` of them."""
    with enrolled_till(hub, book_path, tmp_path) as till:
        number = stamped_offline(till, 4)
        assert till.secrets is not None
        if judged:
            exchange = connect(till.book, till.secrets.token, CLOCK)
            try:
                assert isinstance(exchange.push(judged), Pushed)
            finally:
                exchange.close()
        with at_work(qtbot, qapp, till, tmp_path) as work:
            assert work.counts().waiting == 5 - judged
            work.until(lambda: f"{5 - judged} waiting" in strip_says(work) or judged == 5)
            assert tone(work) is not Tone.OK
            show(work, number, "4 of 10")
        with at_work(qtbot, qapp, till, tmp_path, hub.url) as work:
            work.until(lambda: tone(work) is Tone.OK)
            show(work, number, "4 of 10")
            assert work.counts().rejected == 0
    (balance,) = hub.rows("SELECT stamp_count FROM cards")
    assert balance.stamp_count == 4
    assert len(hub.rows("SELECT 1 FROM operations")) == 5


def test_closing_the_program_with_a_queue_loses_nothing_and_shows_it_again(
    open_till: Open, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1, 3)])
    with at_work(qtbot, qapp, till, tmp_path) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.until(lambda: work.balance_shown() == "4 of 10")
    with at_work(qtbot, qapp, till, tmp_path) as work:
        work.until(lambda: "1 waiting" in strip_says(work))
        work.open_card(shop.token(1))
        assert work.balance_shown() == "4 of 10"


def test_after_a_restart_nothing_is_green_while_something_waits(
    open_till: Open, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1, 3)])
    assert isinstance(stamp(till, NOBODY, shop.card_id(1)), Recorded)
    seen: list[Tone] = []
    with at_work(qtbot, qapp, till, tmp_path) as work:
        seen.append(tone(work))
        work.until(lambda: work.opened.counter.sync.online is False)
        work.until(lambda: "1 waiting" in strip_says(work))
        seen.append(tone(work))
    assert Tone.OK not in seen


def test_what_waits_is_shown_while_the_till_is_online(
    hub: RealHub, book_path: Path, tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    with enrolled_till(hub, book_path, tmp_path) as till, at_work(qtbot, qapp, till, tmp_path, hub.url) as work:
        work.until(lambda: tone(work) is Tone.OK)
        with hub.engine.begin() as other:
            # Another transaction holds the till's row: the server answers, and takes nothing.
            other.execute(text("SELECT 1 FROM tills FOR UPDATE"))
            stamped_offline(till, 1)
            work.until(lambda: "2 waiting" in strip_says(work))
            assert work.opened.counter.sync.online is True
            assert tone(work) is Tone.WAITING
        work.until(lambda: tone(work) is Tone.OK)


def test_a_wiped_book_is_no_calm_till(qtbot: QtBot, qapp: QApplication, tmp_path: Path, hub: RealHub) -> None:
    """Somebody cleaned the computer up: the till says that it belongs to nobody, and never that all is well."""
    path = tmp_path / "till.db"
    with enrolled_till(hub, path, tmp_path) as till:
        stamped_offline(till, 1)
    for left in tmp_path.glob("till.db*"):
        left.unlink()
    with Book.open(path) as book, at_work(qtbot, qapp, Till(book, CLOCK), tmp_path, hub.url) as work:
        work.until(lambda: work.window.page is not Page.IDLE)
        assert not work.window.strip.isVisible() or tone(work) is not Tone.OK


def test_a_scan_typed_into_a_field_opens_the_card_and_leaves_the_field_alone(offline: AtWork) -> None:
    offline.window.pages.idle.number.setFocus()
    offline.type_text("12")
    offline.open_card(shop.token(1))
    assert offline.window.pages.idle.number.text() in ("", "12")
    assert offline.balance_shown() == "3 of 10"
    assert offline.counts().waiting == 0


def show(work: AtWork, number: str, balance: str) -> None:
    """Scan a card's number, and wait until its page shows this balance."""
    work.scan(number)
    card = work.window.pages.card
    work.until(lambda: work.window.page is Page.CARD and card.view is not None and card.view.number == number)
    work.until(lambda: work.balance_shown() == balance)
