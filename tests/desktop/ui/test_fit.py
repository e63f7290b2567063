"""No text is cut off and nothing overlaps: on every page, in every language, size of window and size of texts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desktop.cashier.engine import Till
from desktop.preferences import TextSize
from desktop.present.language import Language
from desktop.ui.pages.page import Page
from desktop.ui.theme import paint
from desktop.ui.theme.tokens import UNIT, SchemeName
from tests.desktop.gallery.hall import LARGE, SMALL, dressed, hall, hang, spoken
from tests.desktop.gallery.measure import Writing, faults
from tests.desktop.gallery.pages import PICTURES
from tests.desktop.gallery.shops import EVERYDAY, LONG, Names, open_gallery_shop


@pytest.fixture(scope="module")
def tills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Names], Till]]:
    """A till of each shop, opened once: nothing here records anything."""
    opened: dict[str, Till] = {}

    def till_of(names: Names) -> Till:
        if names.merchant not in opened:
            folder: Path = tmp_path_factory.mktemp("shop")
            opened[names.merchant] = open_gallery_shop(folder / "till.db", names)
        return opened[names.merchant]

    yield till_of
    for till in opened.values():
        till.book.close()


@pytest.mark.parametrize("names", [EVERYDAY, LONG], ids=["everyday", "long"])
@pytest.mark.parametrize("text_size", [TextSize.NORMAL, TextSize.LARGER])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["1024x600", "1920x1080"])
@pytest.mark.parametrize("language", list(Language))
def test_every_text_fits_and_nothing_overlaps(
    qapp: QApplication,
    tills: Callable[[Names], Till],
    monkeypatch: pytest.MonkeyPatch,
    language: Language,
    size: QSize,
    text_size: TextSize,
    names: Names,
) -> None:
    writing = Writing()
    monkeypatch.setattr(paint, "_write", writing.write)
    monkeypatch.setattr(paint, "_fitted", writing.fitted)
    wrong: dict[str, list[str]] = {}
    with spoken(language, qapp), dressed(qapp, SchemeName.LIGHT, text_size) as theme, hall(theme, size) as window:
        for name, picture in PICTURES.items():
            hang(window, tills(names), picture)
            writing.clear()
            window.grab()
            found = [*faults(window), *dict.fromkeys(writing.cut)]
            if window.size() != size:
                found.append(f"the window grew to {window.width()} × {window.height()}")
            if found:
                wrong[name] = found
    assert wrong == {}


def test_every_page_is_measured() -> None:
    assert {picture.page for picture in PICTURES.values()} == set(Page)


@pytest.mark.parametrize("language", list(Language))
def test_thirty_stamps_are_circles_in_the_smallest_window(
    qapp: QApplication, tills: Callable[[Names], Till], language: Language
) -> None:
    with (
        spoken(language, qapp),
        dressed(qapp, SchemeName.LIGHT, TextSize.NORMAL) as theme,
        hall(theme, SMALL) as window,
    ):
        hang(window, tills(LONG), PICTURES["card"])
        stamps = window.pages.card.stamps
        assert stamps.stamps is not None
        assert stamps.stamps.target == 30
        assert stamps.width() >= 44 * UNIT
        assert stamps.height() >= 18 * UNIT
