"""The diagnostics page, and the two files that a person may take away on a stick."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QFileDialog

from desktop.present import words
from desktop.present.language import tr
from desktop.present.pages.till import diagnostics_view
from desktop.present.pages.till.diagnostics_view import DiagnosticsView, Surroundings
from desktop.settings import load_settings
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


def show_diagnostics(counter: Counter) -> None:
    """What is so about this till, as of now."""
    around = _surroundings(counter)

    def show(view: DiagnosticsView) -> None:
        counter.window.clear_result()
        counter.window.pages.diagnostics.set_view(view)
        counter.window.show_page(Page.DIAGNOSTICS)

    counter.look(lambda: diagnostics_view.read_diagnostics(counter.till, around()), show)


def save_log(counter: Counter) -> None:
    """Ask where to, and put the log there."""
    around = _surroundings(counter)

    def save(folder: Path) -> None:
        counter.act(
            lambda: diagnostics_view.write_log(counter.till, around(), folder),
            lambda file: counter.window.show_result(diagnostics_view.log_saved(file), stays=True),
        )

    _ask_folder(counter, save)


def save_queue(counter: Counter) -> None:
    """Ask where to, and put what waits there. The queue stays as it is."""

    def save(folder: Path) -> None:
        counter.act(
            lambda: diagnostics_view.write_queue(counter.till, folder),
            lambda saved: counter.window.show_result(diagnostics_view.queue_saved(*saved), stays=True),
        )

    _ask_folder(counter, save)


def _surroundings(counter: Counter) -> Callable[[], Surroundings]:
    """What the window knows now; the settings file is read on the worker."""
    preferences, devices, sync, data_dir = counter.preferences, counter.devices, counter.sync, counter.data_dir
    trouble, player = devices.printer.trouble, devices.speaker.player
    return lambda: Surroundings(
        qt_version=qVersion(),
        data_dir=data_dir,
        printer=preferences.printer,
        printer_trouble=trouble,
        player=player,
        sound=preferences.sound,
        scanner_gap_ms=load_settings(data_dir).scanner_gap_ms,
        sync=sync,
    )


def _ask_folder(counter: Counter, then: Callable[[Path], None]) -> None:
    """Qt's own dialog, not the system's: it has our sizes and colours, and the window goes on behind it."""
    dialog = QFileDialog(counter.window, tr(words.WHERE_TO), str(Path.home()))
    dialog.setObjectName("where_to")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.fileSelected.connect(lambda folder: then(Path(folder)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
