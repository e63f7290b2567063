"""The window in other languages: every text is a message, and the language changes in the middle of work."""

import gettext
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.preferences import TextSize, read_preferences
from desktop.present import language
from desktop.present.language import NAMES, Language
from desktop.present.views import CardAct
from desktop.ui.controls.choice import Choice
from desktop.ui.pages.page import Page
from desktop.ui.theme import paint
from desktop.ui.theme.tokens import SchemeName
from tests.desktop import shop
from tests.desktop.gallery.hall import SMALL, dressed, hall, hang
from tests.desktop.gallery.measure import Writing
from tests.desktop.gallery.pages import PICTURES
from tests.desktop.gallery.shops import EVERYDAY, open_gallery_shop
from tests.desktop.gallery.texts import texts
from tests.desktop.ui.at_work import AtWork, at_work

FREE = Terms(pin_policy=PinPolicy.OFF, timezone="Europe/Luxembourg")


class Brackets(gettext.NullTranslations):
    """A language in which every message stands in brackets: what stands outside came past the catalogues."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


# What is the same in every language: what people called things, languages in themselves, keys, addresses, versions.
DATA = {
    word
    for text in (
        *(EVERYDAY.merchant, EVERYDAY.store, EVERYDAY.other_store, EVERYDAY.till, EVERYDAY.reward),
        *EVERYDAY.people,
        *(customer for customer in EVERYDAY.customers if customer),
        *NAMES.values(),
        *("Esc", "Tillstamp", "Ada Ben Cleo Dan Eva Finn", "Linux", "Darwin", "Windows", "Python", "Qt", "SQLite"),
    )
    for word in re.findall(r"[^\W\d_]{2,}", text)
}
NO_WORD = re.compile(r"\S*[\d/@.]\S*|\bTS1-\w+|\b[FK]\d+\b|[A-Z]\b")


def outside(text: str) -> set[str]:
    """Words that no message brought."""
    while (inner := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = inner
    return set(re.findall(r"[^\W\d_]{2,}", NO_WORD.sub(" ", text))) - DATA


def test_every_text_is_a_message(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language._InUse, "catalogue", Brackets())
    writing = Writing()
    monkeypatch.setattr(paint, "_write", writing.write)
    monkeypatch.setattr(paint, "_fitted", writing.fitted)
    till = open_gallery_shop(tmp_path / "till.db", EVERYDAY)
    bare: dict[str, set[str]] = {}
    try:
        with dressed(qapp, SchemeName.LIGHT, TextSize.NORMAL) as theme, hall(theme, SMALL) as window:
            for name, picture in PICTURES.items():
                writing.clear()
                hang(window, till, picture)
                window.grab()
                said = dict(texts(window)) | dict.fromkeys([*writing.written, *writing.whole], "painted")
                bare |= {f"{name}: {where}: {text}": words for text, where in said.items() if (words := outside(text))}
    finally:
        till.book.close()
    assert bare == {}


@pytest.fixture
def work(qtbot: QtBot, qapp: QApplication, open_till: Callable[..., Till], tmp_path: Path) -> Iterator[AtWork]:
    with at_work(
        qtbot, qapp, open_till(terms=FREE, cards=[shop.card_row(1), shop.card_row(2, 3, name="Sophie")]), tmp_path
    ) as work:
        yield work
    language.use(Language.ENGLISH)


def choose_language(work: AtWork, chosen: Language) -> None:
    before = work.window
    work.press(Qt.Key.Key_F10)
    work.on(Page.MENU)
    work.click("menu_settings")
    work.on(Page.SETTINGS)
    button = work.find(Choice, "language").buttons[chosen]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    work.in_another_window(before)
    work.on(Page.SETTINGS)


@pytest.mark.parametrize(
    ("chosen", "stamp", "waiting"),
    [
        (Language.GERMAN, "Stempeln", "1 wartet seit unter 1 Min."),
        (Language.FRENCH, "Tamponner", "1 en attente depuis moins de 1 min"),
        (Language.LUXEMBOURGISH, "Stempelen", "1 waart zënter ënner 1 Min."),
    ],
)
def test_the_language_changes_with_a_queue_and_a_card_in_hand(
    work: AtWork, tmp_path: Path, chosen: Language, stamp: str, waiting: str
) -> None:
    work.open_card(shop.token(1))
    work.press(Qt.Key.Key_F1)
    assert "Stamped" in work.result()
    choose_language(work, chosen)
    assert read_preferences(tmp_path).language == chosen
    work.until(lambda: work.window.strip.view is not None and work.window.strip.view.waiting_text == waiting)
    assert work.counts().waiting == 1
    # Not the same code: that would be the same scan.
    work.open_card(shop.token(2))
    button = work.window.pages.card.buttons[CardAct.STAMP]
    work.until(lambda: button.text() == stamp)
    assert work.window.pages.card.view is not None
    assert work.window.pages.card.view.first_name == "Sophie"
    work.press(Qt.Key.Key_F1)
    work.until(lambda: work.counts().waiting == 2)


def test_back_in_english_everything_is(work: AtWork) -> None:
    choose_language(work, Language.FRENCH)
    assert work.window.pages.idle.new_button.text() == "Nouvelle carte"
    choose_language(work, Language.ENGLISH)
    assert work.window.pages.idle.new_button.text() == "New card"
