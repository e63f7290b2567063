"""Offscreen Qt, and the window's theme in each scheme."""

import os
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import SchemeName

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(params=list(SchemeName))
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Theme]:
    """The theme, on the application, once in each scheme."""
    theme = Theme(request.param)
    theme.dress(qapp)
    yield theme
    qapp.setStyleSheet("")
