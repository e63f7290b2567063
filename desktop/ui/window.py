"""The window: the strip, the last result, one page. It places and shows; what is done is in `actions`."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMainWindow, QVBoxLayout, QWidget

from desktop.present import words
from desktop.present.language import tr
from desktop.present.views import ResultView
from desktop.ui.controls.key_overlay import HELP_KEY, KeyOverlay
from desktop.ui.controls.watermark import Watermark
from desktop.ui.pages.all_pages import AllPages
from desktop.ui.pages.page import Page
from desktop.ui.pages.stack import PageStack
from desktop.ui.theme.labels import make_page
from desktop.ui.theme.theme import Theme
from desktop.ui.timings import Timings
from desktop.ui.widgets.result_row import ResultRow
from desktop.ui.widgets.status_strip import StatusStrip

TITLE = "Tillstamp"


class TillWindow(QMainWindow):
    """Shows one page at a time under the strip.

    Attributes:
        page: the page that is shown.
        pages: all of them.
        keys: the keys of what is shown, over it.

    Signals:
        back: Escape.
        undo: the result's button, or its key.
        result_over: a result has stood long enough.
        result_shown(ResultView): a result is shown, and may be heard.
        close_wanted: somebody wants to close the window; `leave` does.
    """

    back = Signal()
    undo = Signal()
    result_over = Signal()
    result_shown = Signal(object)
    close_wanted = Signal()

    def __init__(self, theme: Theme, timings: Timings) -> None:
        super().__init__()
        self.setObjectName("till_window")
        self.page = Page.IDLE
        self.strip = StatusStrip(theme)
        self.result = ResultRow(theme, timings.result_ms)
        self.pages = AllPages.make(theme)
        self._undo_timer = QTimer(self, singleShot=True, interval=timings.undo_ms)
        self._undo_timer.timeout.connect(self.hide_undo)
        self._by_page = self.pages.by_page()
        self._stack = PageStack()
        self._leaving = False
        self._watermark = Watermark(theme, self._stack, self)
        self.keys = KeyOverlay(theme, self)
        self._build()

    def show_page(self, page: Page) -> None:
        """Show this page, with the focus where it is wanted."""
        self.result.stay()
        self.keys.leave()
        self.page = page
        self._stack.setCurrentWidget(self._by_page[page])
        self._by_page[page].take_focus()

    def show_result(self, result: ResultView, *, undoable: bool = False, stays: bool = False) -> None:
        """Show how an act ended; unless it `stays`, it is over after a while."""
        self.result.show_result(result, undoable=undoable, stays=stays)
        self.result_shown.emit(result)
        if undoable:
            self.pages.idle.undo_button.show()
            self._undo_timer.start()

    def clear_result(self) -> None:
        """Take the result away; what can be undone still can, on the idle page."""
        self.result.clear()

    def hide_undo(self) -> None:
        """It is too late to undo, or somebody else works here now."""
        self._undo_timer.stop()
        self.result.undo_button.hide()
        self.pages.idle.undo_button.hide()

    def set_watermark(self, text: str) -> None:
        """A word across every page; none for an empty one."""
        self._watermark.say(text)

    def leave(self) -> None:
        """Close, without a question."""
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's hook. Something may wait to be said first."""
        if self._leaving:
            event.accept()
        else:
            event.ignore()
            self.close_wanted.emit()

    def set_title(self, title: str) -> None:
        """Which till this is."""
        self.setWindowTitle(f"{title} – {TITLE}" if title else TITLE)

    def _build(self) -> None:
        self.strip.setObjectName("status_strip")
        for name in ("link", "waiting", "rejected", "trouble", "notice", "last_sync", "person", "menu"):
            getattr(self.strip, name).setObjectName(f"strip_{name}")
        self.result.undo.connect(self.undo)
        self.result.over.connect(self.result_over)
        self.pages.idle.undo.connect(self.undo)
        self.strip.hide()
        for page in self._by_page.values():
            self._stack.addWidget(page)
        ground = QWidget()
        make_page(ground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.result)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(ground)
        self.setMinimumSize(1024, 600)
        self.set_title("")
        back = QShortcut(QKeySequence("Esc"), self)
        back.setWhatsThis(tr(words.BACK))
        back.activated.connect(self.back)
        QShortcut(QKeySequence(HELP_KEY), self).activated.connect(self.keys.open)
        self.pages.menu.keys_wanted.connect(self.keys.open)
        self.keys.watch(self.findChildren(QLineEdit))
