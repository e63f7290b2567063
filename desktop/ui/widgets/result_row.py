"""The last result, and the button that undoes it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import ResultView
from desktop.ui.controls.action_button import ActionButton
from desktop.ui.theme.icons import Icon
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import UNIT, WIDEST
from desktop.ui.widgets.result_banner import ResultBanner

_MARGIN = 3 * UNIT


class ResultRow(QWidget):
    """Shown as long as a result is; takes no room otherwise.

    Attributes:
        banner: the result.
        undo_button: seen where the result can be undone.

    Signals:
        undo: the button, or its key.
        over: the result has stood long enough.
    """

    undo = Signal()
    over = Signal()

    def __init__(self, theme: Theme, result_ms: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = ResultBanner(theme)
        self.undo_button = ActionButton(theme, tr(words.UNDO), Icon.UNDO)
        self._row = QHBoxLayout(self)
        self._timer = QTimer(self, singleShot=True, interval=result_ms)
        self._timer.timeout.connect(self.over)
        self._build()

    def show_result(self, result: ResultView, *, undoable: bool, stays: bool) -> None:
        """Show how an act ended; it is over after a while, unless it `stays`."""
        self.banner.show_result(result)
        self.undo_button.setVisible(undoable)
        self.show()
        if stays:
            self.stay()
        else:
            self._timer.start()

    def stay(self) -> None:
        """Do not end by itself."""
        self._timer.stop()

    def clear(self) -> None:
        """Take the result away."""
        self._timer.stop()
        self.banner.clear()
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook: as wide as the page under it."""
        aside = max(self.width() - WIDEST, 0) // 2
        self._row.setContentsMargins(aside + _MARGIN, _MARGIN, aside + _MARGIN, 0)
        super().resizeEvent(event)

    def _build(self) -> None:
        self.banner.setObjectName("result")
        self.undo_button.setObjectName("undo")
        self.undo_button.set_key("F8")
        self.undo_button.clicked.connect(self.undo)
        self._row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 0)
        self._row.setSpacing(2 * UNIT)
        self._row.addWidget(self.banner, 1)
        self._row.addWidget(self.undo_button)
        self.hide()
