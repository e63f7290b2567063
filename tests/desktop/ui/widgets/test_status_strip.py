"""The status strip: its tone for each state, and what a press asks for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.present.views import StripView, Tone
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import TOUCH
from desktop.ui.widgets.status_strip import StatusStrip
from tests.desktop.ui.pixels import shows


def view(*, online: bool = True, waiting: int = 0, rejected: int = 0, trouble: str = "", notice: str = "") -> StripView:
    return StripView(
        online=online,
        link_text="Online" if online else "Offline since 14:02",
        waiting=waiting,
        waiting_text=f"{waiting} waiting, oldest 3 h" if waiting else "Nothing waiting",
        rejected=rejected,
        rejected_text=f"{rejected} rejected",
        last_sync_text="Last sync 11:40",
        trouble_text=trouble,
        notice_text=notice,
        person_text="Ben",
    )


@pytest.fixture
def strip(theme: Theme, qtbot: QtBot) -> StatusStrip:
    strip = StatusStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(1024, TOUCH)
    strip.show()
    return strip


@pytest.mark.parametrize(
    ("shown", "tone", "green", "amber", "red"),
    [
        (view(), Tone.OK, True, False, False),
        (view(waiting=1), Tone.WAITING, False, True, False),
        (view(online=False), Tone.NEUTRAL, False, False, False),
        (view(online=False, waiting=12), Tone.WAITING, False, True, False),
        (view(rejected=2), Tone.PERSON, False, False, True),
        (view(waiting=3, rejected=2), Tone.PERSON, False, True, True),
        (view(trouble="This till must be enrolled again"), Tone.PERSON, False, False, True),
        (view(notice="Clock 7 min fast"), Tone.WAITING, False, True, False),
        (view(online=False, notice="Connect soon"), Tone.WAITING, False, True, False),
    ],
    ids=["calm", "waiting online", "offline", "waiting offline", "rejected", "both", "trouble", "clock", "soon"],
)
def test_green_only_when_nothing_waits_and_red_only_for_a_person(
    strip: StatusStrip,
    theme: Theme,
    shown: StripView,
    tone: Tone,
    green: bool,
    amber: bool,
    red: bool,
) -> None:
    strip.set_view(shown)
    assert shown.tone is tone
    assert shows(strip, theme.colours.ok.ink) == green
    assert shows(strip, theme.colours.waiting.soft) == amber
    assert shows(strip, theme.colours.person.soft) == red


@pytest.mark.parametrize(
    ("item", "asks"),
    [
        ("link", "sync_requested"),
        ("waiting", "sync_requested"),
        ("last_sync", "sync_requested"),
        ("rejected", "attention_requested"),
        ("trouble", "trouble_requested"),
        ("person", "person_requested"),
    ],
)
def test_a_press_asks(strip: StatusStrip, qtbot: QtBot, item: str, asks: str) -> None:
    strip.set_view(view(waiting=3, rejected=2, trouble="Clock wrong"))
    with qtbot.waitSignal(getattr(strip, asks), timeout=1_000):
        QTest.mouseClick(getattr(strip, item), Qt.MouseButton.LeftButton)


def test_every_item_is_a_touch_high_and_its_words_fit(strip: StatusStrip, qtbot: QtBot) -> None:
    strip.set_view(view(online=False, waiting=9_999, rejected=120))
    qtbot.waitUntil(lambda: strip.waiting.width() >= strip.waiting.sizeHint().width())
    for item in (strip.link, strip.waiting, strip.rejected, strip.menu):
        assert item.height() == TOUCH
        assert item.width() >= item.sizeHint().width()
        assert item.geometry().right() < strip.width()


def test_what_is_not_so_is_not_shown(strip: StatusStrip) -> None:
    strip.set_view(view())
    assert not strip.rejected.isVisible()
    assert not strip.trouble.isVisible()
    strip.set_view(view(rejected=1))
    assert strip.rejected.isVisible()
    strip.set_view(view())
    assert not strip.rejected.isVisible()


def test_a_notice_is_pressed_to_be_explained_and_gives_way_to_trouble(strip: StatusStrip, qtbot: QtBot) -> None:
    strip.set_view(view(notice="Clock 7 min fast"))
    with qtbot.waitSignal(strip.trouble_requested, timeout=1_000):
        QTest.mouseClick(strip.notice, Qt.MouseButton.LeftButton)
    strip.set_view(view(notice="Clock 7 min fast", trouble="Connect now"))
    assert not strip.notice.isVisible()


def test_where_room_is_short_words_go_whose_icon_says_the_same(strip: StatusStrip, qtbot: QtBot) -> None:
    strip.set_view(view(online=False, waiting=9_999, rejected=120, notice="Connect within 2 days"))
    items = (strip.link, strip.waiting, strip.rejected, strip.notice, strip.person, strip.menu)
    qtbot.waitUntil(lambda: all(item.width() >= item.sizeHint().width() for item in items))
    assert all(item.geometry().right() < strip.width() for item in items)
    assert strip.notice.accessibleName() == "Connect within 2 days"


def test_it_is_read_aloud_whole(strip: StatusStrip) -> None:
    strip.set_view(view(online=False, waiting=12, rejected=2))
    assert strip.accessibleDescription() == ("Offline since 14:02, 12 waiting, oldest 3 h, 2 rejected, Last sync 11:40")


def test_where_room_is_short_the_last_sync_goes_first(strip: StatusStrip) -> None:
    strip.set_view(view(waiting=12))
    assert strip.last_sync.isVisible()
    strip.set_view(view(online=False, waiting=12, rejected=2, trouble="This till must be enrolled again"))
    strip.resize(900, TOUCH)
    assert not strip.last_sync.isVisible()
    strip.resize(1600, TOUCH)
    assert strip.last_sync.isVisible()
    assert all(item.isVisible() for item in (strip.link, strip.waiting, strip.rejected, strip.trouble, strip.person))
