"""The window's fonts: the system's own UI font, in the sizes of the type scale."""

import sys

from PySide6.QtGui import QFont, QFontDatabase

from desktop.preferences import TextSize
from desktop.ui.theme.tokens import Role, type_scale

_LINUX_FAMILIES = ("Inter", "DejaVu Sans")


def ui_family() -> str:
    """Family of the system's UI font. Linux has none that one can rely on: Inter there (fonts-inter), else
    DejaVu Sans.
    """
    if sys.platform == "linux":
        for family in _LINUX_FAMILIES:
            if QFontDatabase.hasFamily(family):
                return family
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def make_font(family: str, role: Role, text_size: TextSize) -> QFont:
    """The font of `role`, with figures of equal width, so that times and counts stand in columns."""
    step = type_scale(text_size)[role]
    font = QFont(family)
    font.setPixelSize(step.size_px)
    font.setWeight(QFont.Weight(step.weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
