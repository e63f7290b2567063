"""What is wrong with a window that is laid out: texts that do not fit, widgets that overlap or stick out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QLineEdit, QStackedWidget, QWidget

from desktop.ui.theme import paint
from desktop.ui.window import TillWindow

_ROUNDING: Final = 1.5  # px; texts are measured in fractions of a pixel
_FIELD_PAD: Final = 34  # px; what a field keeps free beside its text
_WRITE: Final = paint._write
_FITTED: Final = paint._fitted


@dataclass
class Writing:
    """Listens where the window's own widgets write, and notes what was cut off.

    Attributes:
        cut: each text of which a part cannot be read, and why.
        written: everything that was.
        whole: what was to be written, where not all of it was.
    """

    cut: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Begin anew."""
        for notes in (self.cut, self.written, self.whole):
            notes.clear()

    def fitted(self, text: str, font: QFont, box: QRectF) -> str:
        """In place of the window's own, which it asks."""
        shown = _FITTED(text, font, box)
        if shown != text:
            self.cut.append(f"“{text}” is cut to “{shown}”")
            self.whole.append(text)
        return shown

    def write(self, painter: QPainter, box: QRectF, text: str, font: QFont, colour: str, flags: int) -> None:
        """The same for where it writes."""
        self.written.append(text)
        wanted = QFontMetricsF(font).boundingRect(box, flags, text)
        if wanted.height() > box.height() + _ROUNDING:
            self.cut.append(f"“{text}” is {wanted.height():.0f} px high in a box of {box.height():.0f}")
        elif wanted.width() > box.width() + _ROUNDING:
            self.cut.append(f"“{text}” is {wanted.width():.0f} px wide in a box of {box.width():.0f}")
        _WRITE(painter, box, text, font, colour, flags)


def faults(window: TillWindow) -> list[str]:
    """Of the widgets that are seen: labels and controls too small for their words, overlaps, and what sticks out."""
    found = []
    for widget in seen(window):
        if isinstance(widget, QLabel):
            found += _label(widget)
        elif isinstance(widget, QAbstractButton):
            found += _button(widget)
        elif isinstance(widget, QLineEdit):
            found += _field(widget)
        elif isinstance(widget, QAbstractScrollArea):
            found += _scrolled(widget)
        found += _children(widget)
    return found


def seen(widget: QWidget) -> Iterator[QWidget]:
    """The widget, and everything in it that is shown."""
    yield widget
    for child in widget.children():
        if isinstance(widget, QLineEdit) or not isinstance(child, QWidget):
            continue
        if child.isVisibleTo(widget) and not child.isWindow():
            yield from seen(child)


def _label(label: QLabel) -> list[str]:
    if not label.text():
        return []
    room = label.contentsRect()
    if label.wordWrap():
        wanted = label.heightForWidth(label.width())
        # A word that is wider than the label is broken nowhere: it sticks out.
        widest = max(label.fontMetrics().horizontalAdvance(word) for word in re.split(r"[\s-]+", label.text()))
        fits = wanted <= label.height() + _ROUNDING and widest <= room.width() + _ROUNDING
    else:
        fits = label.sizeHint().width() <= label.width() + _ROUNDING and (
            label.fontMetrics().height() <= label.height() + _ROUNDING
        )
    return [] if fits else [f"label {_named(label)} “{label.text()}” in {label.width()} × {label.height()}"]


def _button(button: QAbstractButton) -> list[str]:
    wanted = button.sizeHint() if button.text() else button.minimumSizeHint()
    if button.hasHeightForWidth():
        wanted = QSize(button.minimumSizeHint().width(), button.heightForWidth(button.width()))
    fits = button.width() >= min(wanted.width(), button.maximumWidth()) - _ROUNDING and (
        button.height() >= min(wanted.height(), button.maximumHeight()) - _ROUNDING
    )
    wants = f"{wanted.width()} × {wanted.height()}"
    size = f"{button.width()} × {button.height()}"
    return [] if fits else [f"button {_named(button)} “{button.text()}” wants {wants}, has {size}"]


def _field(field: QLineEdit) -> list[str]:
    shown = field.text() or field.placeholderText()
    if field.text() or field.fontMetrics().horizontalAdvance(shown) <= field.width() - _FIELD_PAD:
        return []  # what somebody typed may scroll
    return [f"field {_named(field)} “{shown}” in {field.width()}"]


def _scrolled(area: QAbstractScrollArea) -> list[str]:
    bar = area.horizontalScrollBar()
    inside = area.widget() if hasattr(area, "widget") else None
    too_wide = inside is not None and inside.minimumSizeHint().width() > area.viewport().width() + _ROUNDING
    return [f"{_named(area)} scrolls sideways"] if too_wide or bar.maximum() > 0 else []


def _children(widget: QWidget) -> list[str]:
    scrolls = isinstance(widget.parentWidget(), QAbstractScrollArea)
    children = [
        child
        for child in widget.children()
        if isinstance(child, QWidget)
        and child.isVisibleTo(widget)
        and not child.isWindow()
        # What Qt puts into its own controls is its own affair.
        and not child.objectName().startswith("qt_")
        and not isinstance(widget, QLineEdit)
        # An overlay covers everything on purpose, and lets every touch through.
        and not child.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    ]
    found = [
        f"{_named(one)} and {_named(other)} overlap"
        for one, other in combinations(children, 2)
        if one.geometry().intersects(other.geometry())
    ]
    if not scrolls:
        found += [
            f"{_named(child)} sticks out of {_named(widget)}"
            for child in children
            if not widget.rect().adjusted(-1, -1, 1, 1).contains(child.geometry())
        ]
    return found + [
        f"{_named(child)} is squeezed to {child.width()} × {child.height()}"
        for child in children
        if not isinstance(child, QLabel | QAbstractScrollArea | QStackedWidget) and _squeezed(child)
    ]


def _squeezed(child: QWidget) -> bool:
    least, layout = child.minimumSizeHint(), child.layout()
    height = least.height()
    if layout is not None and layout.hasHeightForWidth():
        height = layout.minimumHeightForWidth(child.width())
    elif child.hasHeightForWidth():
        height = min(height, child.heightForWidth(child.width()))
    return child.height() < min(height, child.maximumHeight()) - _ROUNDING or (
        child.width() < min(least.width(), child.maximumWidth()) - _ROUNDING
    )


def _named(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()}".strip()
