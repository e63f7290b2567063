"""Slips on a real socket and a real device file: printed, refused, unanswered, and never in a flood."""

import os
import queue
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from desktop.devices.paper import LibraryMissing, Slip, SlipLine, escpos_bytes
from desktop.devices.printer import (
    DevicePrinter,
    NetworkPrinter,
    NoPrinter,
    PrinterAddress,
    PrinterTrouble,
    SlipPrinter,
    make_printer,
    read_printer_address,
)
from tests.desktop.devices.a_printer import NO_PAPER, PATIENCE_S, READY, APrinter, nobody_takes_calls
from tests.helpers.clock import ManualClock

SLIP = Slip((SlipLine("Roast & Co", large=True), SlipLine("7 of 10")), centred=1)


IMPATIENT_S = 0.1


def slip(text: str) -> Slip:
    return Slip((SlipLine(text),))


class AtPrinter:
    """A till's end of a printer, and what it was told of each slip."""

    def __init__(self, address: PrinterAddress | None, patience_s: float) -> None:
        self.told: queue.SimpleQueue[PrinterTrouble | None] = queue.SimpleQueue()
        self.printer = SlipPrinter(address, ManualClock(), self.told.put, patience_s)

    def print(self, one: Slip = SLIP) -> PrinterTrouble | None:
        self.printer.print_slip(one)
        return self.told.get(timeout=PATIENCE_S)


def shown(till: AtPrinter) -> PrinterTrouble | None:
    return till.printer.trouble


@contextmanager
def at(address: PrinterAddress | None, patience_s: float = PATIENCE_S) -> Iterator[AtPrinter]:
    one = AtPrinter(address, patience_s)
    try:
        yield one
    finally:
        one.printer.close()


def test_a_slip_as_the_printer_takes_it() -> None:
    content = escpos_bytes(SLIP)
    assert content.startswith(b"\x1b")
    head, tail = content.index(b"Roast & Co\n"), content.index(b"7 of 10\n")
    # Bold, large and centred; then neither, and from the edge; the knife comes last.
    assert b"\x1bE\x01" in content[:head]
    assert b"\x1b!0" in content[:head]
    assert b"\x1ba\x01" in content[:head]
    assert b"\x1bE\x00" in content[head:tail]
    assert b"\x1ba\x00" in content[head:tail]
    assert content.rstrip(b"\x00").endswith(b"\x1dV")


def test_letters_of_all_four_languages_are_printed() -> None:
    content = escpos_bytes(slip("Café Zürich, Lëtzebuerg"))
    assert b"?" not in content
    assert b"Caf\x82" in content


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.7", NetworkPrinter("192.0.2.7")),
        (" printer.local:9101 ", NetworkPrinter("printer.local", 9101)),
        ("[fe80::1]:9100", NetworkPrinter("fe80::1", 9100)),
        ("/dev/usb/lp0", DevicePrinter(Path("/dev/usb/lp0"))),
        ("COM3", DevicePrinter(Path("COM3"))),
        (r"\\till\slips", DevicePrinter(Path(r"\\till\slips"))),
        ("", None),
        ("two words", None),
        ("printer:0", None),
        ("printer:65536", None),
        ("printer:", None),
    ],
)
def test_what_names_a_printer(text: str, address: PrinterAddress | None) -> None:
    assert read_printer_address(text) == address


def test_a_slip_arrives_whole() -> None:
    with APrinter() as device, at(device.address) as till:
        assert till.print() is None
        assert till.print(slip("again")) is None
        assert device.slips == [escpos_bytes(SLIP), escpos_bytes(slip("again"))]


def test_a_printer_that_never_says_how_it_is_prints_all_the_same() -> None:
    with APrinter(answer=b"") as device, at(device.address) as till:
        assert till.print() is None
        assert device.slips == [escpos_bytes(SLIP)]


def test_without_paper_nothing_is_sent_that_would_be_printed_later() -> None:
    with APrinter(answer=NO_PAPER) as device, at(device.address) as till:
        assert till.print() is PrinterTrouble.NO_PAPER
        assert shown(till) is PrinterTrouble.NO_PAPER
        device.answer = READY
        assert till.print(slip("now")) is None
        assert shown(till) is None
        assert device.slips == [escpos_bytes(slip("now"))]


def test_a_status_of_another_kind_is_not_taken_for_missing_paper() -> None:
    with APrinter(answer=b"\x70") as device, at(device.address) as till:
        assert till.print() is None
        assert len(device.slips) == 1


def test_a_printer_that_refuses_does_not_answer() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with at(NetworkPrinter("127.0.0.1", port)) as till:
        assert till.print() is PrinterTrouble.NO_ANSWER


def test_a_printer_that_hangs_up_does_not_answer() -> None:
    with APrinter(hangs_up=True) as device, at(device.address) as till:
        assert till.print() is PrinterTrouble.NO_ANSWER


@pytest.mark.skipif(sys.platform != "linux", reason="how a full queue of callers behaves is each system's own")
def test_a_printer_that_hangs_does_not_answer() -> None:
    with nobody_takes_calls() as address, at(address, IMPATIENT_S) as till:
        assert till.print() is PrinterTrouble.NO_ANSWER


def test_a_printer_that_comes_back_prints_the_last_slip_and_no_flood() -> None:
    with APrinter() as device, at(device.address) as till:
        device.may_go_on.clear()
        till.printer.print_slip(slip("first"))
        assert device.reached.wait(PATIENCE_S)
        for number in range(50):
            till.printer.print_slip(slip(f"slip {number}"))
        device.may_go_on.set()
        assert [till.told.get(timeout=PATIENCE_S) for _ in range(2)] == [None, None]
        assert device.slips == [escpos_bytes(slip("first")), escpos_bytes(slip("slip 49"))]


def test_a_slip_that_waits_when_the_till_is_closed_is_told_to_nobody() -> None:
    with APrinter() as device:
        with at(device.address) as till:
            device.may_go_on.clear()
            till.printer.print_slip(SLIP)
            assert device.reached.wait(PATIENCE_S)
            threading.Timer(0.1, device.may_go_on.set).start()
        assert till.told.empty()


def test_what_names_no_printer_is_told() -> None:
    with at(None) as till:
        assert till.print() is PrinterTrouble.BAD_ADDRESS


def test_without_the_library_it_is_said_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    # As Python itself marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "escpos.printer", None)
    with pytest.raises(LibraryMissing):
        escpos_bytes(SLIP)
    with at(NetworkPrinter("127.0.0.1", 1)) as till:
        assert till.print() is PrinterTrouble.NO_LIBRARY


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
class TestDeviceFile:
    """A named pipe is the device: what is written comes out at the other end, and nobody may be there."""

    @pytest.fixture
    def pipe(self, tmp_path: Path) -> Path:
        path = tmp_path / "lp0"
        os.mkfifo(path)
        return path

    def test_a_slip_comes_out(self, pipe: Path) -> None:
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            with at(DevicePrinter(pipe)) as till:
                assert till.print() is None
            assert os.read(reader, 65_536) == escpos_bytes(SLIP)
        finally:
            os.close(reader)

    def test_one_that_is_switched_off_does_not_answer(self, pipe: Path) -> None:
        with at(DevicePrinter(pipe)) as till:
            assert till.print() is PrinterTrouble.NO_ANSWER

    def test_one_that_takes_nothing_does_not_answer(self, pipe: Path) -> None:
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        try:
            with suppress(BlockingIOError):
                while os.write(writer, bytes(4096)):
                    pass
            with at(DevicePrinter(pipe), IMPATIENT_S) as till:
                assert till.print() is PrinterTrouble.NO_ANSWER
        finally:
            os.close(writer)
            os.close(reader)

    def test_a_file_of_somebodys_is_not_written_over(self, tmp_path: Path) -> None:
        letter = tmp_path / "letter.txt"
        letter.write_text("Dear Ana")
        with at(DevicePrinter(letter)) as till:
            assert till.print() is PrinterTrouble.BAD_ADDRESS
        assert letter.read_text() == "Dear Ana"


def test_a_till_without_a_printer_has_a_real_one_of_none() -> None:
    printer = make_printer("  ", ManualClock(), lambda _: None)
    assert isinstance(printer, NoPrinter)
    printer.print_slip(SLIP)
    assert (printer.present, printer.trouble) == (False, None)
    printer.close()


def test_a_printer_that_was_named_is_present() -> None:
    printer = make_printer("127.0.0.1:9", ManualClock(), lambda _: None)
    assert printer.present
    printer.close()
