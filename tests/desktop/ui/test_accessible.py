"""Every control has a name, is large enough for a thumb, is reached by Tab in the order of reading, and shows it."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractScrollArea, QApplication, QWidget

from desktop.cashier.engine import Till
from desktop.preferences import TextSize
from desktop.ui.theme.tokens import TOUCH, SchemeName
from desktop.ui.window import TillWindow
from tests.desktop.gallery.hall import LARGE, SMALL, dressed, hall, hang, settle
from tests.desktop.gallery.measure import seen
from tests.desktop.gallery.pages import PICTURES
from tests.desktop.gallery.shops import EVERYDAY, open_gallery_shop
from tests.desktop.ui.pixels import picture

_MOST = 60
"""Of presses of Tab on one page: more would be no order that anybody follows."""


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    folder: Path = tmp_path_factory.mktemp("shop")
    till = open_gallery_shop(folder / "till.db", EVERYDAY)
    yield till
    till.book.close()


@pytest.fixture(scope="module")
def window(qapp: QApplication) -> Iterator[TillWindow]:
    # Large, so that nothing is scrolled out of sight.
    with dressed(qapp, SchemeName.LIGHT, TextSize.NORMAL) as theme, hall(theme, LARGE) as window:
        yield window


def controls(window: TillWindow) -> list[QWidget]:
    """Everything that takes the focus by Tab."""
    return [
        widget
        for widget in seen(window)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and not _is_frame(widget)
    ]


def _is_frame(widget: QWidget) -> bool:
    return widget.objectName().startswith("qt_") or (
        isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QAbstractItemView)
    )


def _named(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} “{widget.accessibleName()}”"


@pytest.mark.parametrize("name", PICTURES)
def test_every_control_has_a_name_and_room_for_a_thumb(window: TillWindow, till: Till, name: str) -> None:
    hang(window, till, PICTURES[name])
    found = controls(window)
    assert found
    assert [_named(widget) for widget in found if not widget.accessibleName().strip()] == []
    low = [f"{_named(widget)}: {widget.height()}" for widget in found if widget.height() < TOUCH]
    assert low == []


def test_in_the_smallest_window_too(qapp: QApplication, till: Till) -> None:
    low: dict[str, list[str]] = {}
    with dressed(qapp, SchemeName.LIGHT, TextSize.LARGER) as theme, hall(theme, SMALL) as window:
        for name, each in PICTURES.items():
            hang(window, till, each)
            too_low = [f"{_named(widget)}: {widget.height()}" for widget in controls(window) if widget.height() < TOUCH]
            if too_low:
                low[name] = too_low
    assert low == {}


@pytest.mark.parametrize("name", PICTURES)
def test_tab_reaches_every_control_from_top_to_bottom(window: TillWindow, till: Till, name: str) -> None:
    window.activateWindow()
    settle()
    hang(window, till, PICTURES[name])
    wanted = controls(window)
    start = QApplication.focusWidget() or window
    order: list[QWidget] = []
    for _ in range(_MOST):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or focused in order:
            break
        order.append(focused)
    missed = [
        _named(each) for each in wanted if each not in order and each is not start and not _by_arrows(each, order)
    ]
    assert missed == []
    back = [
        f"{_named(one)} before {_named(other)}"
        for one, other in pairwise(order)
        if _group(one) is _group(other) and _above(other, one, window)
    ]
    # The ring begins where the page put the focus, and comes round once.
    assert len(back) <= 1, back


def _by_arrows(widget: QWidget, reached: list[QWidget]) -> bool:
    """Of a choice, Tab comes to one; arrows walk to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and any(one in reached for one in group.buttons())


def _group(widget: QWidget) -> QWidget | None:
    """The row or column that a control stands in."""
    return widget.parentWidget()


def _above(one: QWidget, other: QWidget, window: TillWindow) -> bool:
    """Whether `one` stands wholly above `other`, in the same column."""
    first, second = one.mapTo(window, QPoint(0, 0)), other.mapTo(window, QPoint(0, 0))
    return first.y() + one.height() <= second.y() and first.x() <= second.x()


@pytest.mark.parametrize("scheme", SchemeName)
def test_who_has_the_focus_is_seen(qapp: QApplication, till: Till, scheme: SchemeName) -> None:
    unseen: dict[str, list[str]] = {}
    with dressed(qapp, scheme, TextSize.NORMAL) as theme, hall(theme, LARGE) as window:
        for name, each in PICTURES.items():
            hang(window, till, each)
            hidden = [_named(widget) for widget in controls(window) if _looks_alike_with_focus(widget)]
            if hidden:
                unseen[name] = hidden
    assert unseen == {}


def _looks_alike_with_focus(widget: QWidget) -> bool:
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QCoreApplication.processEvents()
    if not widget.hasFocus():
        return False
    focused = picture(widget)
    widget.clearFocus()
    QCoreApplication.processEvents()
    return picture(widget) == focused
