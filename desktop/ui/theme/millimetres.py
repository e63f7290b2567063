"""Sizes that a finger feels: in millimetres on the screen itself, whatever its pixels are."""

from math import ceil
from typing import Final

from desktop.ui.theme.tokens import TOUCH, UNIT

PAD_KEY_MM: Final = 15
"""A thumb in a hurry hits a square of this size."""
_MM_PER_INCH: Final = 25.4
_PLAUSIBLE_DPI: Final = (60.0, 400.0)
"""A screen that says anything else lies: a projector that has no size, a television in a virtual machine."""
_USUAL_DPI: Final = 96.0
_MOST_PX: Final = 20 * UNIT


def pad_key_px(dots_per_inch: float) -> int:
    """Side of a key of the PIN pad on such a screen, in px: 15 mm, within what a window has room for.

    A 24-inch monitor of 92 dpi would do with 55 px, but nothing here is smaller than a touch; a 10-inch one of 220 dpi
    takes 130 px.
    """
    least, most = _PLAUSIBLE_DPI
    dpi = dots_per_inch if least <= dots_per_inch <= most else _USUAL_DPI
    return min(max(ceil(PAD_KEY_MM * dpi / _MM_PER_INCH), TOUCH), _MOST_PX)
