"""The few shapes that the window's own widgets are painted from, and the measures of their texts.

A layout asks for the same measure of the same text dozens of times before a page stands, so measures are remembered.
"""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop.ui.theme.tokens import FOCUS_WIDTH, HAIRLINE, HALF

_FOCUS_INSET = HALF + FOCUS_WIDTH / 2
_MEASURES: Final = 4_096
"""Some pages' worth."""


def plate(painter: QPainter, box: QRectF, fill: str, radius: float, edge: str | None = None) -> None:
    """A filled rectangle with round corners; with an `edge`, a hairline of that colour inside it."""
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QPen(QColor(edge), HAIRLINE))
        box = box.adjusted(HAIRLINE / 2, HAIRLINE / 2, -HAIRLINE / 2, -HAIRLINE / 2)
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(box, radius, radius)


def focus_ring(painter: QPainter, box: QRectF, radius: float, colour: str) -> None:
    """The ring of the control that has the focus, inside its plate: edges stay aligned, nothing moves.

    `colour` is that of the text on the plate, hence it is seen on it as well as the text is.
    """
    painter.setPen(QPen(QColor(colour), FOCUS_WIDTH))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = box.adjusted(_FOCUS_INSET, _FOCUS_INSET, -_FOCUS_INSET, -_FOCUS_INSET)
    painter.drawRoundedRect(inner, radius - _FOCUS_INSET, radius - _FOCUS_INSET)


def disc(painter: QPainter, box: QRectF, fill: str) -> None:
    """A filled circle."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill))
    painter.drawEllipse(box)


def line_of_text(
    painter: QPainter,
    box: QRectF,
    text: str,
    font: QFont,
    colour: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line, in the middle of the height of `box`; what does not fit ends in an ellipsis."""
    _write(painter, box, _fitted(text, font, box), font, colour, int(align | Qt.AlignmentFlag.AlignVCenter))


def line_height(font: QFont) -> int:
    """Height of one line in px, rounded up: a box of that height cuts nothing off."""
    return QFontMetrics(font).height() + 1


def word_width(font: QFont, text: str) -> int:
    """Width of the widest word: text can be wrapped to this, and to no less."""
    return max((text_width(font, word) for word in text.split()), default=0)


def sided(widget: QWidget, box: QRectF) -> QRectF:
    """Where a box that is meant from the left goes: mirrored in a widget that is read from the right."""
    if widget.layoutDirection() is Qt.LayoutDirection.LeftToRight:
        return box
    return QRectF(widget.width() - box.right(), box.top(), box.width(), box.height())


@lru_cache(_MEASURES)
def text_width(font: QFont, text: str) -> int:
    """Width of one line in px, rounded up so that it is never elided in a box of that width."""
    return QFontMetrics(font).horizontalAdvance(text) + 1


@lru_cache(_MEASURES)
def text_height(font: QFont, text: str, width: int) -> int:
    """Height of `text` wrapped to `width`, in px."""
    flags = int(Qt.TextFlag.TextWordWrap)
    return QFontMetrics(font).boundingRect(QRect(0, 0, width, 10_000), flags, text).height() + 1


def paragraph(
    painter: QPainter,
    box: QRectF,
    text: str,
    font: QFont,
    colour: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Text wrapped to the width of `box`, from its top."""
    _write(painter, box, text, font, colour, int(Qt.TextFlag.TextWordWrap | align | Qt.AlignmentFlag.AlignTop))


def _fitted(text: str, font: QFont, box: QRectF) -> str:
    """As much of a line as the box is wide for."""
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()) + 1)


def _write(painter: QPainter, box: QRectF, text: str, font: QFont, colour: str, flags: int) -> None:
    """The one place where the window's own widgets write."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(box, flags, text)
