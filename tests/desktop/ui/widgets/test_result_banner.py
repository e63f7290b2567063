"""The outcome of an act."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.present.views import ResultKind, ResultView
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.result_banner import ResultBanner
from tests.desktop.ui.pixels import count, picture


@pytest.mark.parametrize(
    ("kind", "ink", "name"),
    [
        (ResultKind.DONE, "ok", "Done"),
        (ResultKind.PROVISIONAL, "waiting", "Done, waiting to be confirmed"),
        (ResultKind.REFUSED, "person", "Not done"),
    ],
)
def test_an_outcome_has_colour_icon_and_words(
    theme: Theme, qtbot: QtBot, kind: ResultKind, ink: str, name: str
) -> None:
    banner = ResultBanner(theme)
    qtbot.addWidget(banner)
    banner.show_result(ResultView(kind, "Stamped", "8 of 10."))
    banner.resize(600, 112)
    tone = getattr(theme.colours, ink)
    image = picture(banner)
    assert count(image, tone.soft) > image.width() * image.height() / 2
    assert count(image, tone.ink) > 500
    assert (banner.accessibleName(), banner.accessibleDescription()) == (name, "Stamped. 8 of 10.")


def test_a_long_sentence_makes_it_higher(theme: Theme, qtbot: QtBot) -> None:
    banner = ResultBanner(theme)
    qtbot.addWidget(banner)
    banner.show_result(ResultView(ResultKind.REFUSED, "Not yet", "Short."))
    short = banner.heightForWidth(500)
    banner.show_result(ResultView(ResultKind.REFUSED, "Not yet", "This card had a stamp at 14:17. " * 8))
    assert banner.heightForWidth(500) > short
    assert banner.heightForWidth(1_000) < banner.heightForWidth(500)


def test_it_comes_and_goes(theme: Theme, qtbot: QtBot) -> None:
    banner = ResultBanner(theme)
    qtbot.addWidget(banner)
    assert not banner.isVisible()
    banner.show_result(ResultView(ResultKind.DONE, "Stamped"))
    assert banner.isVisible()
    banner.clear()
    assert not banner.isVisible()
    assert banner.result is None
