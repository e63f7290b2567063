"""The keys of the PIN pad, in millimetres on screens of every kind."""

import pytest

from desktop.ui.theme.millimetres import PAD_KEY_MM, pad_key_px
from desktop.ui.theme.tokens import TOUCH


@pytest.mark.parametrize("dots_per_inch", [92.0, 100.0, 118.0, 141.0, 170.0, 220.0, 264.0])
def test_a_key_is_at_least_fifteen_millimetres_and_a_touch(dots_per_inch: float) -> None:
    side = pad_key_px(dots_per_inch)
    assert side / dots_per_inch * 25.4 >= PAD_KEY_MM
    assert side >= TOUCH


@pytest.mark.parametrize("lie", [0.0, 12.0, 900.0, float("inf"), float("nan"), -96.0])
def test_a_screen_that_lies_is_taken_for_a_usual_one(lie: float) -> None:
    assert pad_key_px(lie) == pad_key_px(96.0) == TOUCH


def test_no_key_outgrows_the_window() -> None:
    assert pad_key_px(399.0) == 160
