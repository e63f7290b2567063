"""The card page: how many stamps, how old and how sure the balance is, what can be taken back, and until when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import look_up
from desktop.store.cards import CardView
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import PATIENT, AtWork
from tests.desktop.ui.pages.cards.conftest import WorkAt
from tests.helpers.clock import ManualClock
from tests.helpers.keyboard import calm

Open = Callable[..., Till]
MANY = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF, visit_limit=5, cooldown_minutes=0, daily_limit=8)
NO_VOIDS = Terms(pin_policy=PinPolicy.OFF, allow_voids=False)
SOON_MS = 400


def balance(till: Till, place: int = 1) -> int:
    card = look_up(till, shop.number(place))
    assert isinstance(card, CardView)
    return card.balance


def count(work: AtWork) -> int:
    return work.window.pages.card.count()


def step(work: AtWork, keys: str, expected: int) -> None:
    """Press + and −; a key that may belong to a scan arrives a moment late."""
    work.type_text(keys)
    work.until(lambda: count(work) == expected)


def two_cards(open_till: Open, terms: Terms = MANY) -> Till:
    return open_till(terms=terms, cards=[shop.card_row(1, 3, name="Marie"), shop.card_row(2, 23)])


def test_plus_and_minus_say_how_many_and_one_key_gives_them(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.open_card(shop.token(1))
        step(work, "+++-", 3)
        assert work.text("count") == "3"
        assert work.find(QPushButton, "stamp").text() == "Stamp × 3"
        work.press(Qt.Key.Key_F1)
        assert work.result().startswith("Stamped: 6 of 10.")
        assert balance(work.till) == 6
        work.until(lambda: count(work) == 1)
        assert work.find(QPushButton, "stamp").text() == "Stamp"


def test_the_buttons_do_as_the_keys(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.open_card(shop.token(1))
        work.click("one_more")
        work.click("one_more")
        work.click("one_less")
        work.click("stamp")
        work.result()
        assert balance(work.till) == 5


def test_it_never_counts_below_one_nor_beyond_what_the_day_has_left(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.open_card(shop.token(1))
        step(work, "-", 1)
        step(work, "++++++", 5)
        work.press(Qt.Key.Key_F1)
        work.result()
        # Five of eight are given: three are left today.
        work.until(lambda: work.window.pages.card.stepper.maximum == 3)
        step(work, "++++++", 3)
        work.press(Qt.Key.Key_F1)
        work.until(lambda: balance(work.till) == 11)
        work.until(lambda: not work.window.pages.card.stepper.isVisible())
        view = work.window.pages.card.view
        assert view is not None
        assert view.actions[0].why_not == "8 of 8 today"


def test_where_a_visit_earns_one_there_is_nothing_to_count(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till, replace(MANY, visit_limit=1))) as work:
        work.open_card(shop.token(1))
        assert not work.window.pages.card.stepper.isVisible()
        work.type_text("+")
        assert count(work) == 1


@pytest.mark.parametrize("code", [shop.token(2), shop.number(2), "0007-0000-0029", f"+{shop.token(2)}"])
@pytest.mark.parametrize("focus", ["one_more", "one_less", "stamp", "back"])
def test_a_scan_never_lands_in_the_quantity(open_till: Open, work_at: WorkAt, code: str, focus: str) -> None:
    with work_at(two_cards(open_till)) as work:
        work.open_card(shop.token(1))
        step(work, "+", 2)
        work.find(QPushButton, focus).setFocus()
        seen: list[int] = []
        work.window.pages.card.stepper.changed.connect(seen.append)
        work.scan(code)
        if code.startswith("+"):
            assert "not one of our cards" in work.result()
            assert (count(work), seen) == (2, [])
        else:
            work.until(lambda: work.text("card_name") == "0007-0000-0029")
            # Another card begins at one again, and that is all that happened to the number.
            assert (count(work), seen) == (1, [1])
        assert work.counts().waiting == 0


def test_the_age_of_the_balance_and_what_is_not_sure_of_it(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.until(lambda: not work.opened.counter.online)
        work.open_card(shop.token(1))
        work.until(lambda: work.text("as_of") == "As of 11:00")
        step(work, "+", 2)
        work.press(Qt.Key.Key_F1)
        work.until(lambda: work.text("as_of") == "As of 11:00, 1 of yours since · 2 stamps not confirmed yet")


def test_a_full_card_says_how_many_rewards_are_ready(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.open_card(shop.token(2))
        assert "2 rewards ready" in work.window.pages.card.stamps.accessibleDescription()
        assert work.find(QPushButton, "redeem").hasFocus()


def test_a_blocked_card_says_since_when_and_offers_nothing(
    open_till: Open, work_at: WorkAt, clock: ManualClock
) -> None:
    since = clock.now() - timedelta(days=1)
    till = open_till(terms=MANY, cards=[shop.card_row(1, 10, inactive_since=since)])
    with work_at(till) as work:
        work.open_card(shop.token(1))
        view = work.window.pages.card.view
        assert view is not None
        assert view.blocked_text == "Blocked since Sat 11:00"
        assert {action.why_not for action in view.actions[:2]} == {"This card is blocked"}
        for key in (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_Return):
            work.press(key)
        calm()
        assert work.counts().waiting == 0


def test_only_what_the_law_lets_be_taken_back_offers_it(open_till: Open, work_at: WorkAt, clock: ManualClock) -> None:
    """A shop that takes nothing back lets one's own last minute be undone, and offers no more."""
    with work_at(two_cards(open_till, NO_VOIDS)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.result()

        def voidable() -> list[bool]:
            view = work.window.pages.card.view
            return [] if view is None else [row.voidable for row in view.history]

        work.until(lambda: voidable() == [True])
        clock.advance(timedelta(minutes=2))
        work.press(Qt.Key.Key_Escape)
        work.on(Page.IDLE)
        # By its number: the same code again within two seconds would be the same scan.
        work.scan(shop.number(1))
        work.on(Page.CARD)
        work.until(lambda: voidable() == [False])
        work.press(Qt.Key.Key_F3)
        calm()
        assert work.window.page is Page.CARD


@pytest.mark.parametrize("from_idle", [False, True])
def test_after_its_minute_nothing_is_undone(open_till: Open, work_at: WorkAt, from_idle: bool) -> None:
    with work_at(two_cards(open_till), timings=replace(PATIENT, undo_ms=SOON_MS)) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.result()
        button = work.window.pages.idle.undo_button if from_idle else work.window.result.undo_button
        if from_idle:
            work.press(Qt.Key.Key_Escape)
            work.on(Page.IDLE)
        work.until(lambda: not button.isVisible())
        work.press(Qt.Key.Key_F8)
        calm()
        assert balance(work.till) == 4


def test_who_signs_in_does_not_undo_what_a_colleague_did(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till, Terms())) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.enter_pin("Ben", "1357")
        work.until(work.window.result.undo_button.isVisible)
        work.press(Qt.Key.Key_F6)
        work.enter_pin("Ana", "4821")
        work.until(lambda: work.window.strip.person.text() == "Ana")
        idle = work.window.pages.idle
        assert not work.window.result.undo_button.isVisible()
        assert not idle.undo_button.isVisibleTo(idle)
        work.press(Qt.Key.Key_F8)
        calm()
        assert balance(work.till) == 4


def test_whoever_stays_undoes_after_signing_in_again(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till, Terms())) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.enter_pin("Ben", "1357")
        work.until(work.window.result.undo_button.isVisible)
        work.press(Qt.Key.Key_F8)
        work.until(lambda: work.result().startswith("Taken back"))
        assert balance(work.till) == 3
