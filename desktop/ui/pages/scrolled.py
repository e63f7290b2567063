"""A part of a page that scrolls where the window is low."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractSlider, QScrollArea, QWidget


def scrolled(inside: QWidget, page: QWidget) -> QScrollArea:
    """`inside` as wide as its place, on the ground of its plate. Page Up and Page Down scroll it from all of `page`."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    # Qt fills both with the colour of the window.
    inside.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    step = QAbstractSlider.SliderAction
    for key, action in (("PgUp", step.SliderPageStepSub), ("PgDown", step.SliderPageStepAdd)):
        shortcut = QShortcut(QKeySequence(key), page)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda action=action: area.verticalScrollBar().triggerAction(action))
    return area
