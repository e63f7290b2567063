"""Where the pictures hang: a window of a size, in a language, in a scheme, one picture after the other."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QSize
from PySide6.QtWidgets import QApplication

from desktop.cashier.engine import Till
from desktop.preferences import TextSize
from desktop.present import language
from desktop.present.language import Language
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import SchemeName
from desktop.ui.timings import Timings
from desktop.ui.window import TillWindow
from tests.desktop.gallery.scene import Picture, Scene, strip

SMALL = QSize(1024, 600)
LARGE = QSize(1920, 1080)

_UNHURRIED = Timings(result_ms=10_000_000, undo_ms=10_000_000)


@contextmanager
def spoken(spoken_language: Language, application: QApplication) -> Iterator[None]:
    """A language, in its direction of writing; English again afterwards."""
    language.use(spoken_language)
    application.setLayoutDirection(QLocale(spoken_language).textDirection())
    try:
        yield
    finally:
        language.use(Language.ENGLISH)
        application.setLayoutDirection(QLocale(Language.ENGLISH).textDirection())


@contextmanager
def dressed(application: QApplication, scheme: SchemeName, text_size: TextSize) -> Iterator[Theme]:
    """The theme, on the application."""
    theme = Theme(scheme, text_size)
    theme.dress(application)
    try:
        yield theme
    finally:
        application.setStyleSheet("")
        theme.deleteLater()


@contextmanager
def hall(theme: Theme, size: QSize) -> Iterator[TillWindow]:
    """An empty window of this size."""
    window = TillWindow(theme, _UNHURRIED)
    window.resize(size)
    window.show()
    window.activateWindow()
    try:
        yield window
    finally:
        window.hide()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def hang(window: TillWindow, till: Till, picture: Picture) -> None:
    """Show this picture, laid out to the last widget."""
    scene = Scene(till, window)
    window.clear_result()
    window.hide_undo()
    window.set_watermark("")
    strip(scene, online=picture.online)
    picture.hang(scene)
    window.show_page(picture.page)
    settle()


def settle() -> None:
    """Let every layout that is due be done."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        QCoreApplication.processEvents()
