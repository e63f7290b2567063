"""The tiles of the staff."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.present.views import StaffTile
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import TOUCH
from desktop.ui.widgets.staff_tiles import StaffTiles
from tests.desktop.ui.pixels import shows

PEOPLE = tuple(
    StaffTile(f"id-{name}", name, "Cashier")
    for name in ("Ana Weber", "Ben", "Carla dos Santos-Oliveira", "Élise Thill", "Fränk")
)


@pytest.fixture
def tiles(theme: Theme, qtbot: QtBot) -> StaffTiles:
    tiles = StaffTiles(theme)
    qtbot.addWidget(tiles)
    tiles.set_people(PEOPLE)
    tiles.resize(976, 400)
    tiles.show()
    tiles.activateWindow()
    qtbot.waitUntil(tiles.isActiveWindow)
    return tiles


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ana", "A"), ("Ana Maria Weber", "AW"), ("élise thill", "ÉT"), ("  ", ""), ("Jean-Luc Ney", "JN")],
)
def test_initials(name: str, initials: str) -> None:
    assert StaffTile("id", name).initials == initials


@pytest.mark.parametrize("place", range(len(PEOPLE)))
def test_a_touch_picks_that_person(tiles: StaffTiles, qtbot: QtBot, place: int) -> None:
    with qtbot.waitSignal(tiles.picked, timeout=1_000) as picked:
        QTest.mouseClick(tiles.tiles()[place], Qt.MouseButton.LeftButton)
    assert picked.args == [PEOPLE[place].staff_id]


def test_one_person_alone_is_no_banner(theme: Theme, qtbot: QtBot) -> None:
    tiles = StaffTiles(theme)
    qtbot.addWidget(tiles)
    tiles.set_people((StaffTile("1", "Ana"),))
    tiles.resize(976, tiles.heightForWidth(976))
    assert tiles.tiles()[0].width() < 976 / 2


@pytest.mark.parametrize(
    ("width", "count", "columns"),
    [(976, 5, 3), (976, 4, 4), (976, 9, 3), (500, 5, 2), (240, 5, 1), (1900, 8, 4), (976, 3, 3), (100, 3, 1)],
)
def test_columns_are_even(theme: Theme, qtbot: QtBot, width: int, count: int, columns: int) -> None:
    tiles = StaffTiles(theme)
    qtbot.addWidget(tiles)
    tiles.set_people(tuple(StaffTile(str(number), f"P {number}") for number in range(count)))
    tiles.resize(width, tiles.heightForWidth(width))
    tiles.show()
    boxes = [tile.geometry() for tile in tiles.tiles()]
    tops = [box.top() for box in boxes]
    assert tops.count(0) == columns
    assert all(box.height() >= TOUCH for box in boxes)
    if width >= 240:
        assert boxes[columns - 1].right() == tiles.width() - 1
        assert boxes[-1].bottom() == tiles.height() - 1
    for one in boxes:
        assert not any(one.intersects(other) for other in boxes if other != one)


def test_arrows_go_from_tile_to_tile(tiles: StaffTiles, qtbot: QtBot) -> None:
    tiles.tiles()[0].setFocus()
    for key, expected in [
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Left, 0),
    ]:
        focused = tiles.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
        assert tiles.focusWidget() is tiles.tiles()[expected]


def test_the_same_people_again_keep_the_focus(tiles: StaffTiles) -> None:
    tiles.tiles()[1].setFocus()
    before = tiles.tiles()
    tiles.set_people(tuple(PEOPLE))
    assert tiles.tiles() == before
    assert tiles.tiles()[1].hasFocus()


def test_a_locked_person_is_marked_and_can_still_be_picked(theme: Theme, qtbot: QtBot) -> None:
    tiles = StaffTiles(theme)
    qtbot.addWidget(tiles)
    tiles.set_people((StaffTile("d", "David", "Locked until 14:32", locked=True),))
    tiles.resize(300, 88)
    tiles.show()
    tile = tiles.tiles()[0]
    assert shows(tile, theme.colours.waiting.soft)
    assert (tile.accessibleName(), tile.accessibleDescription()) == ("David", "Locked until 14:32")
    with qtbot.waitSignal(tiles.picked, timeout=1_000):
        tile.click()
