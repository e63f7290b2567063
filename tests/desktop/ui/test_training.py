"""Training at a real window: everything works there, and nothing of it reaches the real till."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.stamp import stamp
from desktop.flow.training import Sample
from desktop.store import pin_attempts
from desktop.ui.pages.page import Page
from desktop.ui.theme.tokens import SchemeName, scheme_colours
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork, at_work

ZONE = "Europe/Luxembourg"


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path) -> Iterator[AtWork]:
    """Where everybody says who they are."""
    till = open_till(terms=Terms(timezone=ZONE), cards=[shop.card_row(1, 3, name="Marie Weber")])
    with at_work(qtbot, qapp, till, tmp_path) as work:
        yield work


@pytest.fixture
def unnamed(qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path) -> Iterator[AtWork]:
    """Where nobody is asked for a PIN."""
    till = open_till(terms=Terms(timezone=ZONE, pin_policy=PinPolicy.OFF), cards=[shop.card_row(1, 3)])
    with at_work(qtbot, qapp, till, tmp_path) as work:
        yield work


def begin(work: AtWork) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.press(Qt.Key.Key_5)
    work.on(Page.TRAINING)
    work.click("training_begin")
    work.until(lambda: work.opened.counter.real is not None)
    work.until(lambda: work.window.strip.link.text() == "Training, nothing counts")


def end(work: AtWork) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.press(Qt.Key.Key_5)
    work.on(Page.TRAINING)
    work.click("training_end")
    work.on(Page.IDLE)
    work.until(lambda: work.window.strip.link.text() != "Training, nothing counts")


def contents(book: Path) -> list[str]:
    """Every row of the real book, as text."""
    with sqlite3.connect(f"file:{book}?mode=ro", uri=True) as connection:
        return list(connection.iterdump())


def open_sample(work: AtWork, sample: Sample) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.press(Qt.Key.Key_5)
    work.on(Page.TRAINING)
    work.click(f"training_{sample.value}")
    work.on(Page.CARD)


def test_every_act_works_and_the_real_book_is_as_it_was(unnamed: AtWork, book_path: Path) -> None:
    work = unnamed
    # The real till goes on trying its server; that it was found out of reach is its own.
    work.until(lambda: work.opened.counter.sync.online is False)
    before = contents(book_path)
    begin(work)
    open_sample(work, Sample.ALMOST)
    work.until(lambda: work.balance_shown() == "9 of 10")
    work.press(Qt.Key.Key_F1)
    assert work.result().startswith("Card full: Free coffee")
    open_sample(work, Sample.FULL)
    work.press(Qt.Key.Key_F2)
    assert work.result().startswith("Hand out: Free coffee")
    open_sample(work, Sample.JUST_STAMPED)
    view = work.window.pages.card.view
    assert view is not None
    assert view.actions[0].why_not.startswith("Next stamp at")
    work.press(Qt.Key.Key_Escape)
    work.on(Page.IDLE)
    assert work.opened.counter.till is not work.till
    assert contents(book_path) == before
    end(work)
    assert work.opened.counter.till is work.till
    assert contents(book_path) == before
    assert work.counts().waiting == 0
    assert not (book_path.parent / "training").exists()


def test_pins_are_those_of_the_shop_and_wrong_ones_are_not_counted_there(work: AtWork) -> None:
    begin(work)
    open_sample(work, Sample.BEGUN)
    work.press(Qt.Key.Key_F1)
    work.enter_pin("Ben", "9999")
    pad = work.window.pages.pin.pad
    work.until(lambda: "2 attempts left" in pad.accessibleDescription())
    work.type_pin("1357")
    assert work.result().startswith("Stamped")
    work.until(lambda: work.window.strip.person.text() == "Ben")
    with work.till.book.read() as connection:
        assert pin_attempts.read(connection, shop.BEN).failures == 0
    end(work)
    work.until(lambda: work.window.strip.person.text() == "Sign in")


def test_leaving_returns_to_the_real_till_with_whoever_worked_there(work: AtWork) -> None:
    work.click("strip_person")
    work.enter_pin("Ana", "4821")
    work.until(lambda: work.window.strip.person.text() == "Ana")
    begin(work)
    work.until(lambda: work.window.strip.person.text() == "Sign in")
    work.scan(shop.token(2))
    work.on(Page.NEW_CARD)
    end(work)
    work.until(lambda: work.window.strip.person.text() == "Ana")
    work.open_card(shop.token(1))
    assert work.text("card_name") == "Marie"


def test_it_is_told_apart_at_a_glance_on_every_page(work: AtWork) -> None:
    theme = work.window.strip._theme
    begin(work)
    assert theme.colours == scheme_colours(SchemeName.LIGHT, training=True)
    mark = work.window._watermark
    for page in Page:
        work.window.show_page(page)
        assert mark.isVisible()
        assert mark.geometry() == work.window._stack.geometry()
    work.window.show_page(Page.IDLE)
    end(work)
    assert theme.colours == scheme_colours(SchemeName.LIGHT)
    assert not mark.isVisible()


def test_the_real_till_goes_on_syncing_meanwhile(unnamed: AtWork) -> None:
    work = unnamed
    begin(work)
    real = work.opened.counter.real
    assert real is not None
    # Something to send, as a pull or a verdict would bring news: the real till's runner tells of it.
    stamp(work.till, NOBODY, shop.card_id(1))
    work.until(lambda: (now := work.opened.counter.real) is not None and now.sync.waiting == 1)
    assert work.opened.counter.sync.waiting == 0
    assert work.window.strip.link.text() == "Training, nothing counts"
    end(work)
    work.until(lambda: work.window.strip.waiting.text().startswith("1 waiting"))


def test_whoever_leaves_the_till_leaves_the_training(work: AtWork) -> None:
    work.click("strip_person")
    work.enter_pin("Ana", "4821")
    work.until(lambda: work.window.strip.person.text() == "Ana")
    begin(work)
    work.opened.watch.left_alone.emit()
    work.until(lambda: work.opened.counter.real is None)
    work.until(lambda: work.window.strip.person.text() == "Sign in")
    assert work.opened.counter.session.worker is None


def test_a_till_that_ended_in_training_starts_as_the_real_one(
    qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path
) -> None:
    till = open_till(terms=Terms(timezone=ZONE, pin_policy=PinPolicy.OFF), cards=[shop.card_row(1, 3, name="Marie")])
    with at_work(qtbot, qapp, till, tmp_path) as work:
        begin(work)
        # As a killed process leaves it: nothing was closed, and the folder is there.
        leftover = tmp_path / "training"
        assert leftover.is_dir()
    leftover.mkdir(exist_ok=True)
    (leftover / "till.db").write_bytes(b"torn")
    with at_work(qtbot, qapp, till, tmp_path) as work:
        assert work.opened.counter.real is None
        work.open_card(shop.token(1))
        assert work.text("card_name") == "Marie"
        begin(work)
