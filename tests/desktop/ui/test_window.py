"""A cashier's day at the real window on the real engine, while no server answers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import OfflineRedemption, PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.looking import activity
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.stamp import stamp
from desktop.present.pages.cards.new_card_view import qr_modules
from desktop.store.book import Book
from desktop.store.cards import CardView
from desktop.store.operations import State
from desktop.ui.pages.page import Page
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork, at_work
from tests.helpers.clock import ManualClock
from tests.helpers.keyboard import calm

Open = Callable[..., AbstractContextManager[AtWork]]
UNNAMED = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF)
NAMED = Terms(timezone="Europe/Luxembourg")


@pytest.fixture
def work_at(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Open:
    """`work_at(till)`: the window of this till."""

    def open_it(till: Till, **more: object) -> AbstractContextManager[AtWork]:
        return at_work(qtbot, qapp, till, tmp_path, **more)  # type: ignore[arg-type]  # handed on as they came

    return open_it


@pytest.fixture
def work(open_till: Callable[..., Till], work_at: Open) -> Iterator[AtWork]:
    """A till where nobody needs a PIN, with three cards of 3, 10 and 0 stamps."""
    cards = [shop.card_row(1, 3, name="Marie Weber"), shop.card_row(2, 10), shop.card_row(3)]
    with work_at(open_till(terms=UNNAMED, cards=cards)) as work:
        yield work


@pytest.fixture
def named(open_till: Callable[..., Till], work_at: Open) -> Iterator[AtWork]:
    """A till where everybody says who they are."""
    with work_at(open_till(terms=NAMED, cards=[shop.card_row(1, 3), shop.card_row(2, 10)])) as work:
        yield work


def balance(till: Till, place: int) -> int:
    card = look_up(till, shop.number(place))
    assert isinstance(card, CardView)
    return card.balance


def test_it_says_which_till_it_is_and_is_ready_for_a_number(work: AtWork) -> None:
    assert work.window.windowTitle() == "Roast & Co · Gare · Counter – Tillstamp"
    assert work.window.page is Page.IDLE
    assert work.window.pages.idle.number.hasFocus()


def test_scan_and_one_key_is_a_stamp(work: AtWork) -> None:
    work.open_card(shop.token(1))
    assert work.text("card_name") == "Marie"
    work.press(Qt.Key.Key_F1)
    assert work.result().startswith("Stamped: 4 of 10. 6 more for: Free coffee.")
    assert balance(work.till, 1) == 4
    stamps = work.window.pages.card.stamps.stamps
    assert stamps is not None
    assert (stamps.confirmed, stamps.provisional) == (3, 1)


def test_enter_does_the_one_sensible_thing(work: AtWork) -> None:
    work.open_card(shop.token(2))
    work.press(Qt.Key.Key_Return)
    assert work.result().startswith("Hand out: Free coffee")
    assert balance(work.till, 2) == 0


def test_a_number_is_typed_at_human_speed(work: AtWork) -> None:
    work.type_text(shop.number(1))
    work.press(Qt.Key.Key_Return)
    work.on(Page.CARD)
    assert work.window.pages.idle.number.text() == ""


def test_too_soon_says_when_in_the_shops_own_time(work: AtWork) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    work.result()
    button = work.window.pages.card.buttons[next(iter(work.window.pages.card.buttons))]
    work.until(lambda: not button.isEnabled())
    # 10:00 UTC and a cooldown of 15 minutes, in Luxembourg in November.
    assert button.note == "Next stamp at 11:15"
    work.press(Qt.Key.Key_F1)
    assert balance(work.till, 1) == 4


def test_a_key_pressed_twice_in_a_moment_is_one_act(open_till: Callable[..., Till], work_at: Open) -> None:
    terms = Terms(pin_policy=PinPolicy.OFF, cooldown_minutes=0)
    with work_at(open_till(terms=terms, cards=[shop.card_row(1)])) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.press(Qt.Key.Key_F1)
        work.result()
        calm()
        assert balance(work.till, 1) == 1


def test_three_stamps_to_go(work: AtWork) -> None:
    work.open_card(shop.token(1))
    assert work.window.pages.card.view is not None
    assert [(one.act.value, one.enabled, one.why_not) for one in work.window.pages.card.view.actions] == [
        ("stamp", True, ""),
        ("redeem", False, "7 stamps to go"),
        ("void", False, "Nothing to take back"),
    ]


def test_a_stamp_is_undone_with_one_key(work: AtWork) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    work.result()
    work.press(Qt.Key.Key_F8)
    work.until(lambda: work.result().startswith("Taken back"))
    assert balance(work.till, 1) == 3
    assert not work.window.pages.idle.undo_button.isVisibleTo(work.window.pages.idle)


def test_undo_waits_on_the_idle_page(work: AtWork) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    work.result()
    work.press(Qt.Key.Key_Escape)
    work.on(Page.IDLE)
    work.click("undo_last")
    assert work.result().startswith("Taken back")
    assert balance(work.till, 1) == 3


def test_a_row_of_the_history_is_taken_back_with_a_reason(work: AtWork) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    work.result()
    work.press(Qt.Key.Key_F3)
    work.on(Page.TAKE_BACK)
    assert work.text("take_back_what") == "1 stamp"
    work.window.pages.take_back.reason.setFocus()
    work.type_text("cold")
    work.click("take_back")
    assert work.result().startswith("Taken back: 3 of 10.")
    with work.till.book.read() as connection:
        content = connection.execute("SELECT content FROM operations WHERE kind = 'void'").fetchone()[0]
    assert '"reason":"cold"' in content
    assert work.window.pages.card.view is not None
    assert not any(row.voidable for row in work.window.pages.card.view.history)


def test_the_stamp_that_is_kept_is_kept(work: AtWork) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    work.result()
    work.press(Qt.Key.Key_F3)
    work.on(Page.TAKE_BACK)
    work.press(Qt.Key.Key_Escape)
    work.on(Page.CARD)
    assert balance(work.till, 1) == 4


def test_an_unknown_card_is_offered_as_a_new_one(work: AtWork) -> None:
    work.scan(shop.token(77))
    work.on(Page.NEW_CARD)
    assert "not in use yet" in work.text("new_card_hint")
    work.press(Qt.Key.Key_Return)
    work.on(Page.CARD_READY)
    card = look_up(work.till, shop.token(77))
    assert isinstance(card, CardView)
    assert work.window.pages.card_ready.code.modules == qr_modules(shop.token(77))
    work.press(Qt.Key.Key_F1)
    assert work.result().startswith("Stamped: 1 of 10.")


def test_a_card_with_a_number_of_its_own_and_a_name(work: AtWork) -> None:
    work.press(Qt.Key.Key_F4)
    work.on(Page.NEW_CARD)
    work.type_text("Anouk")
    work.press(Qt.Key.Key_F1)
    work.on(Page.CARD_READY)
    shown = work.text("new_number")
    card = look_up(work.till, shown)
    assert isinstance(card, CardView)
    assert (shown.startswith("0017-"), card.known.name) == (True, "Anouk")
    assert work.window.pages.card_ready.code.modules == qr_modules(card.token)


def test_a_card_that_is_one_already_is_opened(work: AtWork) -> None:
    work.press(Qt.Key.Key_F4)
    work.on(Page.NEW_CARD)
    work.scan(shop.token(1))
    work.on(Page.CARD)
    assert work.result().startswith("Already a card")
    assert work.counts().waiting == 0


@pytest.mark.parametrize(
    ("scanned", "said"),
    [
        ("hello world", "not one of our cards"),
        ("TS1-0123456789", "Only a part of the code"),
        ("123456789012", "typing mistake"),
    ],
)
def test_what_is_no_card_is_told_in_words(work: AtWork, scanned: str, said: str) -> None:
    work.scan(scanned)
    assert said in work.result()
    assert work.window.page is Page.IDLE


def test_half_a_scan_says_so(work: AtWork) -> None:
    work.keyboard.keys(shop.token(1)[:12], gap_ms=5)
    assert work.result().startswith("Half a scan")


@pytest.mark.parametrize("page", list(Page))
def test_a_scan_works_on_every_page_that_has_cards(work: AtWork, page: Page) -> None:
    if page is Page.ENROL:
        work.window.show_page(page)
        work.scan("K7QF-2M9D")
        # The first run takes no cards; what it does with a scan is in `test_first_run`.
        assert work.window.page is page
        return
    for place, gap_ms in ((1, 5), (2, 20), (3, 50)):
        work.window.show_page(page)
        work.open_card(shop.token(place), gap_ms)
        assert work.counts().waiting == 0


def test_nobody_stamps_without_a_pin_and_the_stamp_goes_on_with_it(named: AtWork) -> None:
    named.open_card(shop.token(1))
    named.press(Qt.Key.Key_F1)
    named.enter_pin("Ben", "1357")
    assert named.result().startswith("Stamped: 4 of 10.")
    with named.till.book.read() as connection:
        assert connection.execute("SELECT staff_id FROM operations").fetchone()[0] == str(shop.BEN)
    named.until(lambda: named.window.strip.person.text() == "Ben")


def test_wrong_pins_count_down_and_lock(named: AtWork) -> None:
    named.click("strip_person")
    named.enter_pin("Ben", "9999")
    pad = named.window.pages.pin.pad
    named.until(lambda: "2 attempts left" in pad.accessibleDescription())
    named.type_pin("9999")
    named.until(lambda: "1 attempt left" in pad.accessibleDescription())
    named.type_pin("9999")
    named.until(lambda: "Locked until 11:30" in pad.accessibleDescription())
    assert named.counts().waiting == 1
    assert named.opened.counter.session.worker is None


def test_a_manager_unlocks_a_colleague(named: AtWork) -> None:
    test_wrong_pins_count_down_and_lock(named)
    named.click("unlock")
    named.enter_pin("Ana", "4821")
    named.until(lambda: named.window.page is Page.PIN and "Ben" in named.window.pages.pin.pad.accessibleDescription())
    named.type_pin("1357")
    named.until(lambda: named.window.strip.person.text() == "Ben")


def test_a_reward_is_taken_back_only_by_a_manager(named: AtWork, clock: ManualClock) -> None:
    named.open_card(shop.token(2))
    named.press(Qt.Key.Key_F2)
    named.enter_pin("Ben", "1357")
    assert named.result().startswith("Hand out: Free coffee")
    clock.advance(timedelta(minutes=2))
    named.press(Qt.Key.Key_F3)
    named.on(Page.TAKE_BACK)
    named.press(Qt.Key.Key_F3)
    named.on(Page.STAFF)
    assert [person.name for person in named.window.pages.staff.tiles.people] == ["Ana"]
    named.enter_pin("Ana", "4821")
    named.until(lambda: named.result().startswith("Taken back: 10 of 10."))
    with named.till.book.read() as connection:
        row = connection.execute("SELECT staff_id, approved_by FROM operations WHERE kind = 'void'").fetchone()
    assert row == (str(shop.BEN), str(shop.ANA))


def test_signing_out_asks_again_and_leaves_the_queue_alone(named: AtWork) -> None:
    test_nobody_stamps_without_a_pin_and_the_stamp_goes_on_with_it(named)
    named.press(Qt.Key.Key_F6)
    named.on(Page.STAFF)
    named.press(Qt.Key.Key_F9)
    named.until(lambda: named.window.strip.person.text() == "Sign in")
    assert named.counts().waiting == 1
    assert not named.window.pages.idle.undo_button.isVisibleTo(named.window.pages.idle)


def test_the_strip_says_offline_since_when_and_how_much_waits(work: AtWork, clock: ManualClock) -> None:
    work.until(lambda: work.opened.counter.sync.online is False)
    clock.advance(timedelta(seconds=5))
    work.press(Qt.Key.Key_Escape)
    work.until(lambda: "Offline since 11:00" in work.window.strip.accessibleDescription())
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    work.result()
    clock.advance(timedelta(hours=3))
    work.press(Qt.Key.Key_Escape)
    work.until(lambda: "1 waiting, oldest 3 h" in work.window.strip.accessibleDescription())


def test_a_rejection_says_why_until_somebody_has_seen_it(open_till: Callable[..., Till], work_at: Open) -> None:
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1, 3)])
    done = stamp(till, By(), shop.card_id(1))
    detail = {
        "until": "2026-11-22T10:10:00.000000Z",
        "other_at": "2026-11-22T09:55:00.000000Z",
        "other_store_id": str(shop.PORT),
    }
    shop.judged(till, shop.verdict(done.key, Outcome.REJECTED, ver=2, code="cooldown", detail=detail))  # type: ignore[union-attr]  # it was recorded
    with work_at(till) as work:
        assert work.window.strip.rejected.text() == "1 rejected"
        work.click("strip_rejected")
        work.on(Page.ATTENTION)
        (item,) = work.window.pages.attention.items
        row = item.row
        assert (row.what, row.card_number) == ("1 stamp", "0007-0000-0011")
        assert "11:10" in row.sentence
        assert "10:55 at Port" in row.sentence
        work.press(Qt.Key.Key_F1)
        work.until(lambda: work.window.pages.attention.rows.rows == ())
        work.until(lambda: not work.window.strip.rejected.isVisible())
        assert activity.recent(till, 1)[0].operation.state is State.REJECTED


def test_closing_with_a_queue_keeps_it(open_till: Callable[..., Till], work_at: Open) -> None:
    till = open_till(terms=UNNAMED, cards=[shop.card_row(1, 3)])
    with work_at(till) as work:
        work.open_card(shop.token(1))
        work.press(Qt.Key.Key_F1)
        work.result()
        work.window.close()
    assert activity.counts(till).waiting == 1
    with work_at(till) as work:
        assert work.window.pages.idle.rows.rows[0].what == "1 stamp"
        assert work.window.strip.waiting.text().startswith("1 waiting")


def test_a_full_disk_records_nothing_and_says_so(open_till: Callable[..., Till], work_at: Open) -> None:
    terms = Terms(pin_policy=PinPolicy.OFF, cooldown_minutes=0, daily_limit=1_000)
    with work_at(open_till(terms=terms, cards=[shop.card_row(1)])) as work:
        fill_the_disk(work.till)
        work.open_card(shop.token(1))
        given = 0
        while "The disk is full" not in stamp_once(work):
            given += 1
        assert (balance(work.till, 1), work.counts().waiting) == (given, given)


def stamp_once(work: AtWork) -> str:
    work.window.clear_result()
    work.press(Qt.Key.Key_F1)
    return work.result()


def fill_the_disk(till: Till) -> None:
    """SQLite's own limit stands for the disk's: what the book's pages still have room for fits, and then no more."""
    with till.book.write() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")


def test_redeeming_alone_needs_the_shops_leave(open_till: Callable[..., Till], work_at: Open) -> None:
    terms = Terms(pin_policy=PinPolicy.OFF, offline_redemption=OfflineRedemption.NEVER)
    with work_at(open_till(terms=terms, cards=[shop.card_row(1, 10)])) as work:
        work.until(lambda: work.opened.counter.sync.online is False)
        work.open_card(shop.token(1))
        assert work.window.pages.card.view is not None
        assert work.window.pages.card.view.actions[1].why_not == "Needs the network"
        work.press(Qt.Key.Key_F2)
        assert balance(work.till, 1) == 10


def test_before_the_first_snapshot_it_says_what_it_waits_for(
    book_path: Path, clock: ManualClock, work_at: Open
) -> None:
    with Book.open(book_path) as book:
        shop.enrol_till(book, clock)
        with work_at(Till(book, clock, secrets=shop.SECRETS)) as work:
            work.on(Page.ENROL)
            work.until(lambda: "Nothing answers at" in work.window.pages.enrol.shop.problem.text())
