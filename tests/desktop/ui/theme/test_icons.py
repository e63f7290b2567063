"""The icons: each name has its drawing, each drawing its name, and each takes any colour."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

import desktop.ui.theme.icons
from desktop.ui.theme.icons import Icon, make_icon
from tests.desktop.ui.pixels import count

FOLDER = Path(desktop.ui.theme.icons.__file__).parent / "icons"


def test_names_and_drawings_match() -> None:
    assert {icon.value for icon in Icon} == {path.stem for path in FOLDER.glob("*")}


@pytest.mark.parametrize("icon", Icon)
@pytest.mark.parametrize("colour", ["#3746b0", "#ff9c91"])
def test_an_icon_is_drawn_in_the_colour_asked_for(qtbot: QtBot, icon: Icon, colour: str) -> None:
    pixmap = make_icon(icon, colour, 48, scale=2.0).pixmap(
        48,
        48,
    )
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    assert count(image, colour) > 40
    assert image.pixelColor(0, 0).alpha() == 0


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_a_drawing_has_one_grid_one_stroke_and_no_colour_of_its_own(path: Path) -> None:
    svg = path.read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in svg
    assert 'stroke-width="2"' in svg
    assert svg.count("currentColor") == 1
    assert "#" not in svg
