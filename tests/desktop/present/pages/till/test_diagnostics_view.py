"""What the diagnostics say of a real book, and the files that they write."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from common.terms import PinPolicy, Terms
from common.version import VERSION
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.stamp import stamp
from desktop.devices.printer import PrinterTrouble
from desktop.present.pages.here import read_here
from desktop.present.pages.till.diagnostics_view import (
    DiagnosticsView,
    FactRow,
    Surroundings,
    read_diagnostics,
    write_log,
    write_queue,
)
from desktop.present.views import Tone
from desktop.store.book import Book
from desktop.sync.line.failures import Unreachable, UnreachableReason
from desktop.sync.state import SyncState
from tests.desktop import shop
from tests.helpers.clock import ManualClock

FREE = Terms(pin_policy=PinPolicy.OFF, timezone="Europe/Luxembourg")


def rows(view: DiagnosticsView) -> dict[str, FactRow]:
    return {row.label: row for group in view.groups for row in group.rows}


def at_work(open_till: Callable[..., Till]) -> Till:
    till = open_till(terms=FREE, cards=[shop.card_row(1), shop.card_row(2)])
    stamp(till, NOBODY, shop.card_id(1))
    read_here(till)
    return till


def test_a_calm_till(open_till: Callable[..., Till], tmp_path: Path) -> None:
    view = read_diagnostics(at_work(open_till), Surroundings(qt_version="6.11.3", data_dir=tmp_path, player="aplay"))
    said = {label: row.value for label, row in rows(view).items()}
    assert [group.title for group in view.groups] == ["Program", "Book", "Server", "Devices"]
    assert "Qt 6.11.3, SQLite 3." in said["Runs on"]
    assert said["Version"].endswith("protocol 1")
    assert said["File"].endswith("till.db")
    assert (said["Cards"], said["Operations"]) == ("2", "1 waiting, 0 kept")
    assert said["Till"] == "Counter (number 17), Gare, Roast & Co"
    assert (said["Last contact"], said["Last sent"]) == ("11:00", "Never")
    assert said["Clock"] == "0 s off the server's"
    assert said["The till's key"] == "In a file that only this user may read"
    assert (said["Slip printer"], said["Sounds"]) == ("None", "Played by aplay")
    assert said["Scanner"] == "Up to 50 ms between two keys"
    assert [label for label, row in rows(view).items() if row.tone is not Tone.NEUTRAL] == ["Operations"]


def test_a_newer_version_is_to_be_installed_once_nothing_waits(open_till: Callable[..., Till], tmp_path: Path) -> None:
    def newer(till: Till, version: str) -> FactRow | None:
        around = Surroundings(qt_version="6.11.3", data_dir=tmp_path, sync=SyncState(till_version=version))
        return rows(read_diagnostics(till, around)).get("Newer version")

    till = open_till(terms=FREE, cards=[shop.card_row(1)])
    assert newer(till, VERSION) is None
    assert newer(till, "99.0") == FactRow("Newer version", "99.0 is there, and may be installed")
    stamp(till, NOBODY, shop.card_id(1))
    assert newer(till, "99.0") == FactRow("Newer version", "99.0 is there; install it once nothing waits")


def test_what_somebody_may_have_to_do_something_about_is_amber(
    open_till: Callable[..., Till], clock: ManualClock, tmp_path: Path
) -> None:
    till = at_work(open_till)
    clock.jump(timedelta(minutes=7))
    around = Surroundings(
        qt_version="6",
        data_dir=tmp_path,
        printer="192.0.2.7",
        printer_trouble=PrinterTrouble.NO_PAPER,
        sync=SyncState(online=False, failure=Unreachable(UnreachableReason.REFUSED, "")),
    )
    said = rows(read_diagnostics(till, around))
    assert said["Clock"] == FactRow("Clock", "Clock 7 min fast", Tone.WAITING)
    assert said["Slip printer"].value == "192.0.2.7. The printer has no paper: put in a new roll."
    assert said["Last trouble"].value.startswith("Nothing answers at http://127.0.0.1:1")
    assert said["Sounds"].value.startswith("No player found")
    assert {label for label, row in said.items() if row.tone is Tone.WAITING} == {
        "Clock",
        "Slip printer",
        "Last trouble",
        "Operations",
    }


def test_before_it_is_enrolled_a_till_says_what_it_can(book_path: Path, clock: ManualClock, tmp_path: Path) -> None:
    with Book.open(book_path) as book:
        view = read_diagnostics(Till(book, clock), Surroundings(qt_version="6", data_dir=tmp_path))
    assert rows(view)["Till"].value == "This till belongs to no shop yet"


def test_the_log_leaves_with_the_page(open_till: Callable[..., Till], tmp_path: Path) -> None:
    data, usb = tmp_path / "data", tmp_path / "usb"
    data.mkdir()
    usb.mkdir()
    (data / "till.log").write_text("a line\n")
    file = write_log(at_work(open_till), Surroundings(qt_version="6.11.3", data_dir=data), usb)
    assert file == usb / "tillstamp-log-2026-11-22-1100.zip"
    with zipfile.ZipFile(file) as written:
        assert written.read("till.log") == b"a line\n"
        assert "Qt 6.11.3" in written.read("diagnostics.txt").decode()


def test_the_queue_leaves_as_one_file(open_till: Callable[..., Till], tmp_path: Path) -> None:
    file, count = write_queue(at_work(open_till), tmp_path)
    assert (file.name, count) == ("tillstamp-queue-2026-11-22-1100.json", 1)
    assert len(json.loads(file.read_text())["operations"]) == 1
