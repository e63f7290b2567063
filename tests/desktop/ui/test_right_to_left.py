"""Written from right to left, every page is the mirror of itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from desktop.cashier.engine import Till
from desktop.preferences import TextSize
from desktop.ui.theme import paint
from desktop.ui.theme.tokens import SchemeName
from desktop.ui.window import TillWindow
from tests.desktop.gallery.hall import SMALL, dressed, hall, hang
from tests.desktop.gallery.measure import Writing, faults, seen
from tests.desktop.gallery.pages import PICTURES
from tests.desktop.gallery.shops import EVERYDAY, open_gallery_shop
from tests.desktop.ui.pixels import picture

_NEAR = 3  # px; shares of a width are rounded


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    folder: Path = tmp_path_factory.mktemp("shop")
    till = open_gallery_shop(folder / "till.db", EVERYDAY)
    yield till
    till.book.close()


@pytest.fixture
def mirrored(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def places(window: TillWindow) -> dict[str, QRect]:
    """Where the controls and labels are, by what they are."""
    found: dict[str, QRect] = {}
    for widget in seen(window):
        if isinstance(widget, QAbstractButton | QLabel | QLineEdit) and not _keeps_its_side(widget):
            name = f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()}"
            found[f"{name} {len(found)}"] = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    return found


def _keeps_its_side(widget: QWidget) -> bool:
    """Digits are laid out alike everywhere: the pad is not mirrored."""
    return widget.layoutDirection() is not QApplication.layoutDirection() or any(
        parent.objectName() == "pin_pad" for parent in _parents(widget)
    )


def _parents(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def test_what_was_left_is_right(
    qapp: QApplication, till: Till, mirrored: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after, wrong = {}, {}, {}
    writing = Writing()
    with dressed(qapp, SchemeName.LIGHT, TextSize.NORMAL) as theme:
        with hall(theme, SMALL) as window:
            for name, each in PICTURES.items():
                hang(window, till, each)
                before[name] = places(window)
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        monkeypatch.setattr(paint, "_write", writing.write)
        monkeypatch.setattr(paint, "_fitted", writing.fitted)
        with hall(theme, SMALL) as window:
            for name, each in PICTURES.items():
                hang(window, till, each)
                writing.clear()
                window.grab()
                after[name] = places(window)
                wrong[name] = [*faults(window), *writing.cut, *_aside(before[name], after[name])]
    assert {name: faulty for name, faulty in wrong.items() if faulty} == {}


def _aside(before: dict[str, QRect], after: dict[str, QRect]) -> list[str]:
    """What is not where its mirror image is."""
    if list(after) != list(before):
        return [f"seen on one side only: {each}" for each in before.keys() ^ after.keys()]
    return [
        f"{each}: {box.left()} from the left, {SMALL.width() - after[each].right() - 1} from the right"
        for each, box in before.items()
        if abs(box.left() - (SMALL.width() - after[each].right() - 1)) > _NEAR
    ]


@pytest.mark.parametrize(("name", "alike"), [("card", 0.9), ("staff", 0.74), ("card-stamped", 0.96)])
def test_what_is_painted_is_mirrored_too(
    qapp: QApplication, till: Till, mirrored: None, name: str, alike: float
) -> None:
    """Icons and keys of the window's own widgets change sides; words are written as ever, hence the room left."""
    with dressed(qapp, SchemeName.LIGHT, TextSize.NORMAL) as theme:
        with hall(theme, SMALL) as window:
            hang(window, till, PICTURES[name])
            before = _columns_of_ink(window)
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        with hall(theme, SMALL) as window:
            hang(window, till, PICTURES[name])
            after = _columns_of_ink(window)[::-1]
    shared = sum(min(one, other) for one, other in zip(before, after, strict=True))
    assert shared > alike * max(sum(before), sum(after))


def _columns_of_ink(window: TillWindow) -> list[int]:
    """How much is written and drawn, dark on the light plates, in each of 64 columns of the window."""
    image = picture(window)
    pixels = memoryview(image.constBits()).cast("I")
    width, height, wide = image.width(), image.height(), image.width() // 64
    rows = [pixels[row * width : (row + 1) * width].tolist() for row in range(0, height, 2)]
    return [
        sum(_is_ink(pixel) for row in rows for pixel in row[column * wide : (column + 1) * wide])
        for column in range(64)
    ]


def _is_ink(pixel: int) -> bool:
    """By its green: what is written is dark, and every plate is light."""
    return (pixel >> 8) & 0xFF < 0x90
