"""What came of the act just done: colour, icon and words together."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import ResultKind, ResultView, Tone
from desktop.ui.theme.icons import Icon, paint_icon
from desktop.ui.theme.paint import disc, paragraph, plate, sided, text_height
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import HALF, RADIUS_LARGE, UNIT, Role

_PAD = 2 * UNIT
_DISC = 6 * UNIT

LOOKS = {
    ResultKind.DONE: (Tone.OK, Icon.CHECK),
    ResultKind.PROVISIONAL: (Tone.WAITING, Icon.CLOCK),
    ResultKind.REFUSED: (Tone.PERSON, Icon.CROSS),
}


class ResultBanner(QWidget):
    """A plate in the colour of the outcome, its icon, a few large words, and one sentence.

    Attributes:
        result: what is shown; None when the banner is hidden.

    Signals:
        None: it only shows.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result: ResultView | None = None
        self._theme = theme
        theme.changed.connect(self.update)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_result(self, result: ResultView) -> None:
        """Show this outcome, and have a screen reader say it."""
        self.result = result
        said = f"{result.title}. {result.detail}".strip()
        self.setAccessibleName(tr(words.RESULT[result.kind]))
        self.setAccessibleDescription(said)
        self.updateGeometry()
        self.show()
        self.update()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))

    def clear(self) -> None:
        """Take the outcome away."""
        self.result = None
        self.hide()

    def hasHeightForWidth(self) -> bool:
        """The sentence wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height at `width`, in px."""
        return 2 * _PAD + max(_DISC, self._words_height(width - 3 * _PAD - _DISC))

    def sizeHint(self) -> QSize:
        """Title and one line."""
        return QSize(60 * UNIT, self.heightForWidth(60 * UNIT))

    def minimumSizeHint(self) -> QSize:
        """Title and one line."""
        return QSize(36 * UNIT, 2 * _PAD + _DISC)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  (Qt's signature)
        """Qt's hook."""
        if self.result is None:
            return
        colours = self._theme.colours
        tone, icon = LOOKS[self.result.kind]
        ink = colours.tone(tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        plate(painter, box, ink.soft, RADIUS_LARGE)
        mark_place = QRectF(box.left() + _PAD, box.center().y() - _DISC / 2, _DISC, _DISC)
        mark = sided(self, mark_place)
        disc(painter, mark, ink.ink)
        paint_icon(painter, icon, ink.soft, mark.adjusted(12, 12, -12, -12))
        left, width = mark_place.right() + _PAD, box.width() - 3 * _PAD - _DISC
        top = box.center().y() - self._words_height(int(width)) / 2
        title = self._title_height(int(width))
        title_box = sided(self, QRectF(left, top, width, title))
        paragraph(painter, title_box, self.result.title, self._theme.font(Role.HEADLINE), ink.ink)
        if self.result.detail:
            height = text_height(self._theme.font(Role.BODY), self.result.detail, int(width))
            detail_box = sided(self, QRectF(left, top + title + HALF, width, height))
            paragraph(painter, detail_box, self.result.detail, self._theme.font(Role.BODY), colours.text)
        painter.end()

    def _words_height(self, width: int) -> int:
        if self.result is None or not self.result.detail:
            return self._title_height(width)
        return self._title_height(width) + HALF + text_height(self._theme.font(Role.BODY), self.result.detail, width)

    def _title_height(self, width: int) -> int:
        return 0 if self.result is None else text_height(self._theme.font(Role.HEADLINE), self.result.title, width)
