"""What a card sees once in its life, by keys, with a manager's word inside the flow of whoever is signed in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import UnknownCard
from desktop.present.pages.cards.new_card_view import qr_modules
from desktop.store.cards import CardView
from desktop.ui.controls.choice import Choice
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork
from tests.desktop.ui.pages.cards.conftest import WorkAt
from tests.helpers.keyboard import calm

Open = Callable[..., Till]
POLICIES = list(PinPolicy)
OFF = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF)
BLANK = shop.token(50)


def a_shop(open_till: Open, terms: Terms = OFF) -> Till:
    return open_till(terms=terms, cards=[shop.card_row(1, 4, name="Marie"), shop.card_row(2)])


def card(till: Till, code: str = "") -> CardView:
    found = look_up(till, code or shop.number(1))
    assert isinstance(found, CardView)
    return found


def open_more(work: AtWork) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F11)
    work.on(Page.CARD_MORE)


def open_form(work: AtWork, key: str) -> None:
    open_more(work)
    work.type_text(key)
    work.on(Page.CARD_FORM)


def give_pins(work: AtWork, policy: PinPolicy, *, manager: bool = True) -> None:
    """Ben works; Ana says yes where a manager must."""
    if policy is PinPolicy.REQUIRED:
        work.enter_pin("Ben", "1357")
    if manager and policy is not PinPolicy.OFF:
        work.until(lambda: [person.name for person in work.window.pages.staff.tiles.people] == ["Ana"])
        work.enter_pin("Ana", "4821")


def recorded(till: Till, kind: str) -> dict[str, Any]:
    with till.book.read() as connection:
        row = connection.execute("SELECT content FROM operations WHERE kind = ?", (kind,)).fetchone()
    content: dict[str, Any] = json.loads(row[0])
    return content


def approved(policy: PinPolicy, *, manager: bool = True) -> tuple[str | None, str | None]:
    return (
        str(shop.BEN) if policy is PinPolicy.REQUIRED else None,
        str(shop.ANA) if manager and policy is not PinPolicy.OFF else None,
    )


def by(content: dict[str, Any]) -> tuple[str | None, str | None]:
    return content.get("staff_id"), content.get("approved_by")


@pytest.mark.parametrize("policy", POLICIES)
def test_stamps_are_taken_back_by_count(open_till: Open, work_at: WorkAt, policy: PinPolicy) -> None:
    with work_at(a_shop(open_till, Terms(pin_policy=policy))) as work:
        open_form(work, "1")
        work.type_text("++-")
        work.until(lambda: work.text("count") == "2")
        work.press(Qt.Key.Key_F1)
        give_pins(work, policy)
        assert work.result().startswith("Taken back: 2 of 10.")
        work.on(Page.CARD)
        void = recorded(work.till, "void")
        assert (void["count"], void["reason"], by(void)) == (2, "Return", approved(policy))


def test_never_more_than_the_card_has(open_till: Open, work_at: WorkAt) -> None:
    with work_at(a_shop(open_till)) as work:
        open_form(work, "1")
        work.type_text("++++++")
        work.until(lambda: work.text("count") == "4")


@pytest.mark.parametrize("policy", POLICIES)
def test_an_empty_card_says_why_not_before_anybody_fetches_a_manager(
    open_till: Open, work_at: WorkAt, policy: PinPolicy
) -> None:
    with work_at(a_shop(open_till, Terms(pin_policy=policy))) as work:
        work.open_card(shop.token(2))
        work.press(Qt.Key.Key_F11)
        work.on(Page.CARD_MORE)
        button = work.find(QPushButton, "take_stamps")
        assert not button.isEnabled()
        assert "No stamps on the card" in button.accessibleDescription()
        work.type_text("1")
        assert work.window.page is Page.CARD_MORE


@pytest.mark.parametrize("policy", POLICIES)
def test_a_paper_card_is_brought_over_once(open_till: Open, work_at: WorkAt, policy: PinPolicy) -> None:
    with work_at(a_shop(open_till, Terms(pin_policy=policy))) as work:
        open_form(work, "2")
        work.click("one_more")
        work.click("one_more")
        work.press(Qt.Key.Key_F1)
        give_pins(work, policy)
        assert work.result().startswith("Paper card brought over: 7 of 10.")
        work.on(Page.CARD)
        content = recorded(work.till, "carry_over")
        assert (content["count"], by(content)) == (3, approved(policy))
        work.press(Qt.Key.Key_F11)
        work.on(Page.CARD_MORE)
        assert "brought over already" in work.find(QPushButton, "carry_over").accessibleDescription()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_lost_card_goes_over_to_a_new_number(open_till: Open, work_at: WorkAt, policy: PinPolicy) -> None:
    with work_at(a_shop(open_till, Terms(pin_policy=policy))) as work:
        open_form(work, "3")
        work.press(Qt.Key.Key_F1)
        give_pins(work, policy)
        work.on(Page.CARD_READY)
        assert work.result().startswith("Lost card replaced: The lost code finds nothing from now on. 4 of 10.")
        number = work.text("new_number")
        now = card(work.till, number)
        assert (now.card_id, now.balance) == (shop.card_id(1), 4)
        assert work.window.pages.card_ready.code.modules == qr_modules(now.token)
        assert by(recorded(work.till, "replace")) == approved(policy)
        assert isinstance(look_up(work.till, shop.token(1)), UnknownCard)
        assert not work.window.pages.card_ready.stamp_button.isVisible()
        work.press(Qt.Key.Key_Escape)
        work.on(Page.CARD)
        assert work.text("card_number_shown") == number


def test_a_lost_card_goes_over_to_a_printed_one_by_a_scan(open_till: Open, work_at: WorkAt) -> None:
    with work_at(a_shop(open_till)) as work:
        open_form(work, "3")
        work.scan(BLANK)
        work.on(Page.CARD_READY)
        assert card(work.till, BLANK).card_id == shop.card_id(1)
        assert work.window.pages.card_ready.code.modules == qr_modules(BLANK)


@pytest.mark.parametrize(("code", "said"), [(shop.token(2), "another blank card"), ("123456789012", "typing mistake")])
def test_a_code_that_cannot_be_used_is_told_and_another_can_be_scanned(
    open_till: Open, work_at: WorkAt, code: str, said: str
) -> None:
    with work_at(a_shop(open_till)) as work:
        open_form(work, "3")
        work.scan(code)
        assert said in work.result()
        assert work.window.page is Page.CARD_FORM
        work.scan(BLANK)
        work.on(Page.CARD_READY)
        assert card(work.till, BLANK).card_id == shop.card_id(1)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_card_is_blocked_for_a_reason_and_unblocked_by_a_manager(
    open_till: Open, work_at: WorkAt, policy: PinPolicy
) -> None:
    with work_at(a_shop(open_till, Terms(pin_policy=policy))) as work:
        open_form(work, "4")
        QTest.mouseClick(work.find(Choice, "reasons").buttons["Stolen"], Qt.MouseButton.LeftButton)
        work.press(Qt.Key.Key_F1)
        give_pins(work, policy, manager=False)
        assert work.result().startswith("Card blocked")
        work.on(Page.CARD)
        content = recorded(work.till, "block")
        assert (content["reason"], by(content)) == ("Stolen", approved(policy, manager=False))
        assert card(work.till).inactive_since is not None
        work.press(Qt.Key.Key_F11)
        work.on(Page.CARD_MORE)
        work.type_text("4")
        give_pins(work, PinPolicy.OFF if policy is PinPolicy.OFF else PinPolicy.OPTIONAL)
        work.until(lambda: work.result().startswith("Card unblocked: It is good again. 4 of 10."))
        work.on(Page.CARD)
        assert by(recorded(work.till, "unblock")) == approved(policy)
        assert card(work.till).inactive_since is None


def test_a_reason_in_ones_own_words_counts_more(open_till: Open, work_at: WorkAt) -> None:
    with work_at(a_shop(open_till)) as work:
        open_form(work, "4")
        work.find(QLineEdit, "reason").setFocus()
        work.type_text("-wet+")
        work.until(lambda: work.window.pages.further_form.reason.text() == "-wet+")
        work.press(Qt.Key.Key_Return)
        work.result()
        assert recorded(work.till, "block")["reason"] == "-wet+"


@pytest.mark.parametrize(
    ("key", "focus"),
    [("1", "one_more"), ("1", "reason"), ("1", "do_it"), ("2", "one_more"), ("2", "do_it"), ("4", "reason")],
)
def test_a_scan_never_lands_in_a_form(open_till: Open, work_at: WorkAt, key: str, focus: str) -> None:
    """It opens its card, as on any page; no count, no reason, no operation."""
    with work_at(a_shop(open_till)) as work:
        open_form(work, key)
        form = work.window.pages.further_form
        kind = QLineEdit if focus == "reason" else QPushButton
        next(one for one in form.findChildren(kind, focus) if one.isVisible()).setFocus()
        counted: list[int] = []
        form.stepper.changed.connect(counted.append)
        work.open_card(shop.token(2))
        assert (counted, form.reason.text(), work.counts().waiting) == ([], "", 0)


def test_escape_leads_back_step_by_step_and_records_nothing(open_till: Open, work_at: WorkAt) -> None:
    with work_at(a_shop(open_till, Terms())) as work:
        open_form(work, "2")
        work.press(Qt.Key.Key_F1)
        work.on(Page.STAFF)
        for page in (Page.CARD_FORM, Page.CARD_MORE, Page.CARD, Page.IDLE):
            work.press(Qt.Key.Key_Escape)
            work.on(page)
        assert work.counts().waiting == 0


def test_what_came_before_is_no_longer_undone_by_one_key(open_till: Open, work_at: WorkAt) -> None:
    with work_at(a_shop(open_till)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.until(work.window.result.undo_button.isVisible)
        work.press(Qt.Key.Key_F11)
        work.on(Page.CARD_MORE)
        work.type_text("4")
        work.on(Page.CARD_FORM)
        work.press(Qt.Key.Key_F1)
        assert work.result().startswith("Card blocked")
        work.press(Qt.Key.Key_F8)
        calm()
        assert card(work.till).balance == 5


def test_before_anybody_signed_in_it_says_what_takes_a_manager(open_till: Open, work_at: WorkAt) -> None:
    with work_at(a_shop(open_till, Terms())) as work:
        open_more(work)
        said = {name: work.find(QPushButton, name).accessibleDescription() for name in ("replace", "block")}
        assert said["replace"].startswith("A manager's PIN is asked for")
        assert not said["block"].startswith("A manager")
