"""The stamp card: what each circle shows, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from desktop.present.views import StampsView
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT
from desktop.ui.widgets.stamp_circles import Slot, StampCircles, slots_of
from desktop.ui.widgets.stamp_layout import DIAMETER_MAX, DIAMETER_MIN, lay_out, rows_of
from tests.desktop.ui.pixels import count, picture, shows

C, P, E = Slot.CONFIRMED, Slot.PROVISIONAL, Slot.EMPTY


def stamps(confirmed: int, provisional: int, target: int) -> StampsView:
    balance = confirmed + provisional
    ready = balance // target
    return StampsView(
        confirmed, provisional, target, f"{balance} of {target}", ready, f"{ready} rewards ready" if ready else ""
    )


@pytest.mark.parametrize(
    ("confirmed", "provisional", "target", "slots"),
    [
        (0, 0, 3, (E, E, E)),
        (2, 0, 3, (C, C, E)),
        (1, 1, 3, (C, P, E)),
        (3, 0, 3, (C, C, C)),
        (2, 1, 3, (C, C, P)),
        (4, 0, 3, (C, E, E)),
        (6, 0, 3, (C, C, C)),
        (3, 1, 3, (P, E, E)),
        (2, 3, 3, (P, P, E)),
        (0, 7, 3, (P, E, E)),
        (0, 0, 1, (E,)),
        (1, 0, 1, (C,)),
    ],
)
def test_each_stamp_has_its_circle(confirmed: int, provisional: int, target: int, slots: tuple[Slot, ...]) -> None:
    assert slots_of(stamps(confirmed, provisional, target)) == slots


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 100))
def test_there_are_as_many_circles_as_the_target(confirmed: int, provisional: int, target: int) -> None:
    slots = slots_of(stamps(confirmed, provisional, target))
    assert len(slots) == target
    assert list(slots) == sorted(slots, key=[C, P, E].index)


@pytest.mark.parametrize(
    ("count_", "rows", "split"), [(7, 2, (4, 3)), (10, 2, (5, 5)), (11, 3, (4, 4, 3)), (30, 3, (10, 10, 10))]
)
def test_rows_are_even(count_: int, rows: int, split: tuple[int, ...]) -> None:
    assert rows_of(count_, rows) == split


@pytest.mark.parametrize(
    ("target", "rows"), [(1, [1]), (5, [5]), (8, [4, 4]), (10, [5, 5]), (12, [6, 6]), (20, [10, 10])]
)
def test_usual_cards_have_equal_rows(target: int, rows: list[int]) -> None:
    circles = lay_out(target, 620, 220)
    assert circles is not None
    heights = [round(place.y) for place in circles.places]
    assert [heights.count(height) for height in dict.fromkeys(heights)] == rows


@given(st.integers(1, 100), st.integers(280, 1600), st.integers(120, 900))
def test_circles_stay_in_the_box_and_never_touch(target: int, width: int, height: int) -> None:
    circles = lay_out(target, width, height)
    if circles is None:
        return
    assert len(circles.places) == target
    assert DIAMETER_MIN <= circles.diameter <= DIAMETER_MAX
    radius = circles.diameter / 2 - 1e-6
    for place in circles.places:
        assert radius <= place.x <= width - radius
        assert radius <= place.y <= height - radius
    for one, other in zip(circles.places, circles.places[1:], strict=False):
        assert abs(one.x - other.x) >= circles.diameter or abs(one.y - other.y) >= circles.diameter


@pytest.mark.parametrize("target", range(1, 31))
def test_up_to_thirty_stamps_are_circles_in_the_smallest_window(target: int) -> None:
    """What it has there is measured in test_fit."""
    assert lay_out(target, 44 * UNIT, 13 * UNIT) is not None


@pytest.mark.parametrize(
    ("confirmed", "provisional", "target", "accent", "amber", "reward"),
    [
        (4, 0, 10, True, False, False),
        (4, 2, 10, True, True, False),
        (0, 3, 10, False, True, False),
        (10, 0, 10, True, False, True),
        (23, 0, 10, True, False, True),
        (40, 20, 100, True, True, False),
    ],
)
def test_provisional_stamps_and_rewards_look_different(
    theme: Theme,
    qtbot: QtBot,
    confirmed: int,
    provisional: int,
    target: int,
    accent: bool,
    amber: bool,
    reward: bool,
) -> None:
    widget = StampCircles(theme)
    qtbot.addWidget(widget)
    widget.resize(400, 260)
    widget.set_stamps(stamps(confirmed, provisional, target))
    widget.show()
    image = picture(widget)
    assert (count(image, theme.colours.accent) > 400) == accent
    assert (count(image, theme.colours.waiting.ink) > 20) == amber
    assert (count(image, theme.colours.ok.ink) > 20) == reward


def test_a_hundred_stamps_in_a_small_box_are_a_bar(theme: Theme, qtbot: QtBot) -> None:
    widget = StampCircles(theme)
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    widget.set_stamps(stamps(50, 0, 100))
    widget.show()
    assert lay_out(100, 400, 160) is None
    filled = count(picture(widget), theme.colours.accent)
    assert filled == pytest.approx(400 * 32 / 2, rel=0.05)


def test_it_is_read_aloud(theme: Theme, qtbot: QtBot) -> None:
    widget = StampCircles(theme)
    qtbot.addWidget(widget)
    widget.set_stamps(stamps(18, 3, 10))
    assert widget.accessibleDescription() == "21 of 10, 2 rewards ready, 3 not confirmed yet"
    assert not shows(StampCircles(theme), theme.colours.accent)
