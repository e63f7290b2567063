"""The stamps of a card, drawn as the card itself: a circle for each, the last one the reward's."""

from enum import Enum, auto

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.present import words
from desktop.present.language import ntr, tr
from desktop.present.views import StampsView
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import disc, line_height, line_of_text, plate, sided, text_width
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, TYPE_SCALE, UNIT, Role
from desktop.ui.widgets.stamp_layout import Circle, lay_out

_FOOT = 5 * UNIT  # px, for the figure under the circles at the least
_BAR = 4 * UNIT
_RING = 3.0


class Slot(Enum):
    """What a circle shows."""

    CONFIRMED = auto()
    PROVISIONAL = auto()
    EMPTY = auto()


def slots_of(stamps: StampsView) -> tuple[Slot, ...]:
    """The circles of the card in hand: stamps beyond a full card begin the next, provisional ones come last.

    A balance of 23 at a target of 10 shows 3 (and "2 rewards ready" beside them); 20 shows a full card.
    """
    balance = stamps.confirmed + stamps.provisional
    shown = balance % stamps.target or (stamps.target if balance else 0)
    provisional = min(stamps.provisional, shown)
    return (
        (Slot.CONFIRMED,) * (shown - provisional)
        + (Slot.PROVISIONAL,) * provisional
        + (Slot.EMPTY,) * (stamps.target - shown)
    )


class StampCircles(QWidget):
    """Draws a `StampsView`: filled, provisional (amber ring) and empty circles, or a bar where they would be too small.

    Attributes:
        stamps: what is shown; None before the first card.

    Signals:
        None: it only shows.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stamps: StampsView | None = None
        self._theme = theme
        theme.changed.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr(words.STAMPS))

    def set_stamps(self, stamps: StampsView) -> None:
        """Show these stamps."""
        self.stamps = stamps
        parts = [stamps.count_text, stamps.rewards_text]
        if stamps.provisional:
            parts.append(ntr(*words.PROVISIONAL_STAMPS, stamps.provisional))
        self.setAccessibleDescription(", ".join(part for part in parts if part))
        self.update()

    def sizeHint(self) -> QSize:
        """Two rows of five large circles and the line under them."""
        return QSize(60 * UNIT, 32 * UNIT)

    def minimumSizeHint(self) -> QSize:
        """Enough for a bar, which is drawn where circles would be too small to read."""
        return QSize(36 * UNIT, _BAR + self._foot_height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        if self.stamps is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        slots = slots_of(self.stamps)
        height = self.height() - self._foot_height()
        circles = lay_out(len(slots), self.width(), height)
        if circles is None:
            bottom = (height + _BAR) / 2
            self._paint_bar(painter, slots, QRectF(0, bottom - _BAR, self.width(), _BAR))
        else:
            for number, (slot, place) in enumerate(zip(slots, circles.places, strict=True), start=1):
                self._paint_circle(painter, slot, place, circles.diameter, number)
            bottom = circles.places[-1].y + circles.diameter / 2
        self._paint_foot(painter, QRectF(0, bottom, self.width(), self._foot_height()))
        painter.end()

    def _paint_circle(self, painter: QPainter, slot: Slot, place: Circle, diameter: float, number: int) -> None:
        colours, radius = self._theme.colours, diameter / 2
        box = sided(self, QRectF(place.x - radius, place.y - radius, diameter, diameter))
        icon_inset = diameter * 0.22
        icon_box = box.adjusted(icon_inset, icon_inset, -icon_inset, -icon_inset)
        if slot is Slot.CONFIRMED:
            disc(painter, box, colours.accent)
            paint_icon(painter, Icon.CHECK, colours.on_accent, icon_box)
        elif slot is Slot.PROVISIONAL:
            self._ring(painter, box, colours.waiting.soft, colours.waiting.ink, _RING)
            paint_icon(painter, Icon.CHECK, colours.waiting.ink, icon_box)
        else:
            self._ring(painter, box, colours.surface, colours.outline, 1.5)
            self._paint_empty(painter, box, icon_box, number)

    def _paint_empty(self, painter: QPainter, box: QRectF, icon_box: QRectF, number: int) -> None:
        colours = self._theme.colours
        if self.stamps is not None and number == self.stamps.target:
            paint_icon(painter, Icon.GIFT, colours.accent, icon_box)
            return
        font = self._theme.font(Role.STRONG if box.width() >= TYPE_SCALE[Role.STRONG].size_px * 3 else Role.CAPTION)
        line_of_text(painter, box, str(number), font, colours.text_muted, Qt.AlignmentFlag.AlignHCenter)

    @staticmethod
    def _ring(painter: QPainter, box: QRectF, fill: str, edge: str, width: float) -> None:
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(fill))
        painter.drawEllipse(box.adjusted(width / 2, width / 2, -width / 2, -width / 2))

    def _paint_bar(self, painter: QPainter, slots: tuple[Slot, ...], box: QRectF) -> None:
        colours, radius = self._theme.colours, _BAR / 2
        plate(painter, box, colours.surface, radius, colours.outline)
        done = slots.count(Slot.CONFIRMED)
        for length, fill, edge in (
            (done + slots.count(Slot.PROVISIONAL), colours.waiting.soft, colours.waiting.ink),
            (done, colours.accent, None),
        ):
            if length:
                part = QRectF(box.left(), box.top(), max(box.width() * length / len(slots), _BAR), box.height())
                plate(painter, sided(self, part), fill, radius, edge)

    def _foot_height(self) -> int:
        return max(_FOOT, line_height(self._theme.font(Role.STRONG)) + UNIT)

    def _paint_foot(self, painter: QPainter, box: QRectF) -> None:
        """ "7 of 10", and beside it the rewards that are ready, in the middle together."""
        if self.stamps is None:
            return
        colours = self._theme.colours
        count_font, reward_font = self._theme.font(Role.BODY), self._theme.font(Role.STRONG)
        count_width = text_width(count_font, self.stamps.count_text)
        reward_width = 0
        if self.stamps.rewards_text:
            reward_width = 3 * UNIT + HALF + text_width(reward_font, self.stamps.rewards_text)
        gap = 2 * UNIT if reward_width else 0
        left = box.left() + (box.width() - count_width - gap - reward_width) / 2
        box = box.adjusted(0, UNIT, 0, 0)
        count_box = QRectF(left, box.top(), count_width, box.height())
        line_of_text(painter, sided(self, count_box), self.stamps.count_text, count_font, colours.text_muted)
        if reward_width:
            left += count_width + gap
            icon_box = QRectF(left, box.center().y() - 1.5 * UNIT, 3 * UNIT, 3 * UNIT)
            paint_icon(painter, Icon.GIFT, colours.ok.ink, sided(self, icon_box))
            text_box = QRectF(left + 3 * UNIT + HALF, box.top(), reward_width, box.height())
            line_of_text(painter, sided(self, text_box), self.stamps.rewards_text, reward_font, colours.ok.ink)
