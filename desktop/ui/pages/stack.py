"""Where the pages stand, one at a time."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget

from desktop.ui.theme.tokens import WIDEST


class PageStack(QStackedWidget):
    """The pages. The strip and the result take what they need; what is left is the page's, however much it wants.

    Signals:
        QStackedWidget's own.
    """

    def hasHeightForWidth(self) -> bool:
        """Qt's own asks every page, those that nobody sees too."""
        return False

    def minimumSizeHint(self) -> QSize:
        """As little as there is."""
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook."""
        aside = max(self.width() - WIDEST, 0) // 2
        self.setContentsMargins(aside, 0, aside, 0)
        super().resizeEvent(event)
