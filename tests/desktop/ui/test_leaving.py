"""Full screen, closing with a queue, the menu, its keys, and what works offline."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import OfflineRedemption, PinPolicy, Terms
from desktop.autostart import autostart_of
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.stamp import stamp
from desktop.one_window import ask_to_show
from desktop.preferences import Preferences, read_preferences, write_preferences
from desktop.present.views import Tone
from desktop.ui.controls.choice import Choice
from desktop.ui.pages.page import Page
from desktop.ui.pages.till.menu import TILES
from tests.desktop import shop
from tests.desktop.ui.at_work import AtWork, at_work

TERMS = Terms(timezone="Europe/Luxembourg", pin_policy=PinPolicy.OFF, offline_redemption=OfflineRedemption.NEVER)


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=TERMS, cards=[shop.card_row(1, 3), shop.card_row(2, 3)])


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, till: Till, tmp_path: Path) -> Iterator[AtWork]:
    with at_work(qtbot, qapp, till, tmp_path) as work:
        yield work


def open_menu(work: AtWork) -> None:
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)


def test_a_window_with_nothing_to_send_closes_at_once(work: AtWork) -> None:
    work.window.close()
    work.until(lambda: not work.window.isVisible())


def test_closing_with_a_queue_asks_and_stay_goes_back(work: AtWork) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    work.result()
    work.window.close()
    work.on(Page.LEAVING)
    assert work.window.isVisible()
    assert work.text("leaving_title") == "1 operation waits"
    assert work.window.pages.leaving.stay_button.hasFocus()
    work.window.close()
    work.press(Qt.Key.Key_Escape)
    work.on(Page.CARD)
    work.window.close()
    work.on(Page.LEAVING)
    work.click("leaving_close")
    work.until(lambda: not work.window.isVisible())
    assert work.counts().waiting == 1


def test_f12_fills_the_screen_and_leaves_it_and_the_next_start_knows(work: AtWork, tmp_path: Path) -> None:
    work.press(Qt.Key.Key_F12)
    work.until(work.window.isFullScreen)
    assert read_preferences(tmp_path).kiosk
    open_menu(work)
    work.click("menu_full_screen")
    work.until(lambda: not work.window.isFullScreen())
    assert not read_preferences(tmp_path).kiosk
    assert work.window.page is Page.MENU


def test_a_kiosk_can_be_closed_from_its_menu(qtbot: QtBot, qapp: QApplication, till: Till, tmp_path: Path) -> None:
    write_preferences(tmp_path, Preferences(kiosk=True))
    with at_work(qtbot, qapp, till, tmp_path) as work:
        assert work.window.isFullScreen()
        open_menu(work)
        work.click("menu_close")
        work.until(lambda: not work.window.isVisible())


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_second_start_brings_the_window_forward(work: AtWork, tmp_path: Path) -> None:
    work.window.showMinimized()
    done: list[bool] = []
    work.opened.counter.look(lambda: ask_to_show(tmp_path, patience_s=30), done.append)
    work.until(lambda: done == [True])
    work.until(lambda: not work.window.isMinimized() and work.window.isVisible())


def test_start_with_the_computer_is_the_system_s_own_entry(
    work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    open_menu(work)
    work.click("menu_settings")
    work.on(Page.SETTINGS)
    switch = work.find(Choice, "autostart")
    work.until(switch.buttons["off"].isChecked)
    QTest.mouseClick(switch.buttons["on"], Qt.MouseButton.LeftButton)
    work.until(lambda: autostart_of(tmp_path).is_on() and not work.opened.counter.busy)
    assert len(list((tmp_path / "config" / "autostart").iterdir())) == 1
    QTest.mouseClick(switch.buttons["off"], Qt.MouseButton.LeftButton)
    work.until(lambda: not autostart_of(tmp_path).is_on())


def test_an_entry_that_cannot_be_written_is_told_and_shown_as_off(
    work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("a file")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    open_menu(work)
    work.click("menu_settings")
    switch = work.find(Choice, "autostart")
    QTest.mouseClick(switch.buttons["on"], Qt.MouseButton.LeftButton)
    assert "does not let Tillstamp write" in work.result()
    work.until(switch.buttons["off"].isChecked)


def test_every_tile_has_its_digit_and_leads_where_it_says(work: AtWork) -> None:
    assert [key for *_, key in TILES] == [str(place) for place in range(1, len(TILES) + 1)]
    for place, (page, *_) in enumerate(TILES):
        open_menu(work)
        work.press(Qt.Key(Qt.Key.Key_1 + place))
        work.on(page)
        work.press(Qt.Key.Key_Escape)
        work.until(lambda page=page: work.window.page is not page)  # type: ignore[misc]  # bound


@pytest.mark.parametrize(("width", "columns"), [(1024, 2), (1920, 3)])
def test_tiles_stand_in_even_columns(work: AtWork, width: int, columns: int) -> None:
    work.window.resize(QSize(width, 1080))
    open_menu(work)
    tiles = list(work.window.pages.menu.tiles.values())
    work.until(lambda: len({tile.x() for tile in tiles}) == columns)
    assert len({tile.width() for tile in tiles}) <= 2
    assert max(tile.width() for tile in tiles) - min(tile.width() for tile in tiles) <= 1
    assert len({tile.height() for tile in tiles}) == 1


def test_the_keys_of_a_page_are_listed_from_its_shortcuts(work: AtWork) -> None:
    keys = work.window.keys
    assert work.window.pages.idle.number.hasFocus()
    work.keyboard.press("?")
    work.until(keys.isVisible)
    listed = dict(keys.lines)
    assert listed["F4"] == "New card"
    assert listed["F10"] == "Menu"
    assert listed["Esc"] == "Back"
    assert "F1" not in listed
    work.press(Qt.Key.Key_F4)
    work.until(lambda: not keys.isVisible())
    assert work.window.page is Page.IDLE
    assert work.window.pages.idle.number.hasFocus()
    assert work.window.pages.idle.number.text() == ""

    work.open_card(shop.token(1))
    work.keyboard.press("?")
    work.until(keys.isVisible)
    assert dict(keys.lines)["F1"] == "Stamp"
    work.press(Qt.Key.Key_F1)
    work.until(lambda: not keys.isVisible())
    assert work.counts().waiting == 0


def test_a_question_mark_in_a_text_is_a_question_mark(work: AtWork) -> None:
    field = work.window.pages.idle.number
    field.setText("12")
    work.keyboard.press("?")
    work.until(lambda: field.text() == "12?")
    assert not work.window.keys.isVisible()


def test_what_works_offline_speaks_of_this_shop(work: AtWork, till: Till) -> None:
    open_menu(work)
    work.press(Qt.Key.Key_4)
    work.on(Page.OFFLINE)
    view = work.window.pages.offline.view
    assert view is not None
    told = {line.what: line for line in view.lines}
    assert told["Hand out a reward"].tone is Tone.NEUTRAL
    assert "confirm each reward first" in told["Hand out a reward"].how
    assert told["PINs and a manager's approval"].how == "Nobody is asked for a PIN in this shop."
    assert work.text("offline_until") == "For 13 days from the first operation that waits."
    stamp(till, NOBODY, shop.card_id(1))
    work.opened.ages.timeout.emit()
    work.until(lambda: work.text("offline_until").startswith("Until "))
