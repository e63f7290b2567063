"""A new card: whose it is, what is kept of them, and the code that they carry."""

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import look_up
from desktop.present.pages.cards.new_card_view import qr_modules
from desktop.store.cards import CardView
from desktop.ui.controls.tick import Tick
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork
from tests.desktop.ui.pages.cards.conftest import WorkAt

Open = Callable[..., Till]
OFF = Terms(pin_policy=PinPolicy.OFF)
BLANK = shop.token(50)


def fill(work: AtWork) -> None:
    """As somebody types who is asked for it: each field by Tab after the last."""
    work.press(Qt.Key.Key_F4)
    work.on(Page.NEW_CARD)
    for name, text in (("customer_name", "Anouk W"), ("customer_phone", "621 123"), ("customer_email", "a@b.lu")):
        work.find(QLineEdit, name).setFocus()
        work.type_text(text)


def kept(work: AtWork, code: str) -> tuple[str | None, str | None, str | None]:
    card = look_up(work.till, code)
    assert isinstance(card, CardView)
    with work.till.book.read() as connection:
        content = json.loads(connection.execute("SELECT content FROM operations WHERE kind = 'enrol'").fetchone()[0])
    known = card.known.name, card.known.phone, card.known.email
    assert known == (content.get("name"), content.get("phone"), content.get("email"))
    return known


def test_without_the_tick_neither_phone_nor_e_mail_is_kept_and_the_button_says_so(
    open_till: Open, work_at: WorkAt
) -> None:
    with work_at(open_till(terms=OFF)) as work:
        fill(work)
        assert work.find(QPushButton, "make_card").accessibleDescription().startswith("Phone and e-mail are not kept")
        work.press(Qt.Key.Key_F1)
        work.on(Page.CARD_READY)
        assert kept(work, work.text("new_number")) == ("Anouk W", None, None)


def test_with_the_tick_both_are_kept(open_till: Open, work_at: WorkAt) -> None:
    with work_at(open_till(terms=OFF)) as work:
        fill(work)
        work.find(Tick, "consent").setFocus()
        work.type_text(" ")
        assert work.find(Tick, "consent").isChecked()
        assert work.find(QPushButton, "make_card").accessibleDescription() == "F1"
        work.press(Qt.Key.Key_F1)
        work.on(Page.CARD_READY)
        assert kept(work, work.text("new_number")) == ("Anouk W", "621 123", "a@b.lu")


def test_a_scan_makes_the_card_with_what_the_form_says_and_lands_in_no_field(open_till: Open, work_at: WorkAt) -> None:
    with work_at(open_till(terms=OFF)) as work:
        fill(work)
        QTest.mouseClick(work.find(Tick, "consent"), Qt.MouseButton.LeftButton)
        work.find(QLineEdit, "customer_phone").setFocus()
        work.scan(BLANK)
        work.on(Page.CARD_READY)
        assert kept(work, BLANK) == ("Anouk W", "621 123", "a@b.lu")
        assert work.window.pages.card_ready.code.modules == qr_modules(BLANK)


def test_nothing_of_the_last_customer_stays_in_the_form(open_till: Open, work_at: WorkAt) -> None:
    with work_at(open_till(terms=OFF)) as work:
        fill(work)
        QTest.mouseClick(work.find(Tick, "consent"), Qt.MouseButton.LeftButton)
        work.press(Qt.Key.Key_Escape)
        work.on(Page.IDLE)
        work.press(Qt.Key.Key_F4)
        work.on(Page.NEW_CARD)
        page = work.window.pages.new_card
        assert [field.text() for field in (page.name, page.phone, page.email)] == ["", "", ""]
        assert not page.consent.isChecked()


def test_an_e_mail_that_cannot_be_kept_is_told_and_the_form_stays(open_till: Open, work_at: WorkAt) -> None:
    with work_at(open_till(terms=OFF)) as work:
        fill(work)
        work.find(QLineEdit, "customer_email").clear()
        work.find(QLineEdit, "customer_email").setFocus()
        work.type_text("a")
        QTest.mouseClick(work.find(Tick, "consent"), Qt.MouseButton.LeftButton)
        work.press(Qt.Key.Key_F1)
        assert "E-mail address: that cannot be kept" in work.result()
        assert work.window.page is Page.NEW_CARD
        assert work.window.pages.new_card.name.text() == "Anouk W"


@pytest.mark.parametrize("policy", [PinPolicy.REQUIRED, PinPolicy.OPTIONAL])
def test_the_form_survives_the_pin(open_till: Open, work_at: WorkAt, policy: PinPolicy) -> None:
    with work_at(open_till(terms=Terms(pin_policy=policy))) as work:
        fill(work)
        work.press(Qt.Key.Key_F1)
        if policy is PinPolicy.REQUIRED:
            work.enter_pin("Ben", "1357")
        work.on(Page.CARD_READY)
        assert kept(work, work.text("new_number"))[0] == "Anouk W"
