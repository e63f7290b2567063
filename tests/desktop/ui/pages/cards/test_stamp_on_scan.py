"""Where the till is so set, a scan stamps at once: on the idle page and on a card's, and nowhere else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import look_up
from desktop.preferences import Preferences, write_preferences
from desktop.store.cards import CardView
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.pages.cards.conftest import WorkAt
from tests.helpers.keyboard import calm

Open = Callable[..., Till]
OFF = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF)
FREELY = Terms(pin_policy=PinPolicy.OFF, cooldown_minutes=0)


@pytest.fixture(autouse=True)
def stamp_on_scan(tmp_path: Path) -> None:
    write_preferences(tmp_path, Preferences(stamp_on_scan=True))


def two_cards(open_till: Open, terms: Terms = OFF) -> Till:
    return open_till(terms=terms, cards=[shop.card_row(1, 3), shop.card_row(2, 7)])


def balance(till: Till, place: int) -> int:
    card = look_up(till, shop.number(place))
    assert isinstance(card, CardView)
    return card.balance


def test_a_scan_is_a_stamp_on_the_idle_page_and_on_a_cards(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.scan(shop.token(1))
        work.until(lambda: work.result().startswith("Stamped: 4 of 10."))
        work.on(Page.CARD)
        work.scan(shop.number(2))
        work.until(lambda: work.result().startswith("Stamped: 8 of 10."))
        assert (balance(work.till, 1), balance(work.till, 2)) == (4, 8)


def test_where_the_law_says_no_the_card_is_shown_with_the_reason(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.scan(shop.token(1))
        work.until(lambda: work.result().startswith("Stamped"))
        work.scan(shop.number(1))
        work.until(lambda: work.result().startswith("Not yet: Next stamp at 11:15."))
        work.on(Page.CARD)
        assert balance(work.till, 1) == 4


def test_the_same_scan_within_two_seconds_counts_once(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till, FREELY)) as work:
        work.scan(shop.token(1))
        work.scan(shop.token(1))
        work.until(lambda: work.result().startswith("Stamped"))
        calm()
        assert balance(work.till, 1) == 4


def test_a_typed_number_only_shows_its_card(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.type_text(shop.number(1))
        work.press(Qt.Key.Key_Return)
        work.on(Page.CARD)
        calm()
        assert work.counts().waiting == 0


def test_what_the_search_finds_is_only_shown(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.window.pages.search.chosen.emit(str(shop.card_id(1)))
        work.window.show_page(Page.SEARCH)
        work.window.pages.search.chosen.emit(str(shop.card_id(1)))
        work.on(Page.CARD)
        calm()
        assert work.counts().waiting == 0


@pytest.mark.parametrize("page", [page for page in Page if page not in {Page.IDLE, Page.CARD, Page.ENROL}])
def test_in_the_middle_of_something_else_a_scan_only_shows_its_card(
    open_till: Open, work_at: WorkAt, page: Page
) -> None:
    with work_at(two_cards(open_till)) as work:
        work.window.show_page(page)
        work.open_card(shop.token(1))
        calm()
        assert work.counts().waiting == 0


def test_the_pin_is_asked_for_as_ever(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till, Terms())) as work:
        work.scan(shop.token(1))
        work.enter_pin("Ben", "1357")
        work.until(lambda: work.result().startswith("Stamped: 4 of 10."))


def test_whoever_gives_no_pin_is_left_with_the_card(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till, Terms())) as work:
        work.scan(shop.token(1))
        work.on(Page.STAFF)
        work.press(Qt.Key.Key_Escape)
        work.on(Page.CARD)
        assert work.counts().waiting == 0


def test_it_is_undone_with_one_key(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.scan(shop.token(1))
        work.until(work.window.result.undo_button.isVisible)
        work.press(Qt.Key.Key_F8)
        work.until(lambda: work.result().startswith("Taken back"))
        assert balance(work.till, 1) == 3


def test_an_unknown_card_is_offered_as_a_new_one(open_till: Open, work_at: WorkAt) -> None:
    with work_at(two_cards(open_till)) as work:
        work.scan(shop.token(50))
        work.on(Page.NEW_CARD)
        assert work.counts().waiting == 0
