"""A window over a till of a test's own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.cashier.engine import Till
from tests.desktop.ui.at_work import AtWork, at_work

WorkAt = Callable[..., AbstractContextManager[AtWork]]


@pytest.fixture
def work_at(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> WorkAt:
    """`work_at(till)`: the window of this till."""

    def open_it(till: Till, **more: object) -> AbstractContextManager[AtWork]:
        return at_work(qtbot, qapp, till, tmp_path, **more)  # type: ignore[arg-type]  # handed on as they came

    return open_it
