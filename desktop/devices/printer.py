"""The slip printer: on the network or behind a device file, or none at all.

A slip is a courtesy. Printing it never holds an act up, and a printer without paper is no reason to stamp twice: what
could not be printed is dropped, and said once. Of the slips that are asked for meanwhile only the last one waits, so
that a printer that comes back does not spit out an afternoon.
"""

import os
import re
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from common.clock import Clock
from desktop.devices.latest import Latest
from desktop.devices.paper import LibraryMissing, Slip, escpos_bytes

DEFAULT_PORT: Final = 9100
"""Raw printing, the same at every maker."""

PATIENCE_S: Final = 4.0
"""How long a printer may take to be reached, and again to take a slip. On a shop's own network it takes a moment."""

_ANSWER_S: Final = 0.5
_ASK_PAPER: Final = b"\x10\x04\x04"
"""DLE EOT 4: is there paper? Most printers answer at once, with one byte; some never do, and print all the same."""
_ANSWER_MASK: Final = 0b1001_0011
_ANSWER_LIKE: Final = 0b0001_0010
_NO_PAPER: Final = 0b0110_0000

_DEVICE: Final = re.compile(r"[/\\]|[A-Za-z]:[/\\]|(COM|LPT)\d+:?$", re.IGNORECASE)
_HOST: Final = re.compile(r"(?P<host>\[[0-9a-fA-F:.%\w]+\]|[\w.-]+)(:(?P<port>\d{1,5}))?")


class PrinterTrouble(StrEnum):
    """Why the last slip was not printed."""

    NO_ANSWER = "no_answer"
    NO_PAPER = "no_paper"
    NO_LIBRARY = "no_library"
    BAD_ADDRESS = "bad_address"


@dataclass(frozen=True, slots=True)
class NetworkPrinter:
    """A printer with an address of its own."""

    host: str
    port: int = DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class DevicePrinter:
    """A printer that the system shows as a file: `/dev/usb/lp0`, `COM3`, a shared printer's path on Windows."""

    path: Path


PrinterAddress = NetworkPrinter | DevicePrinter


def read_printer_address(text: str) -> PrinterAddress | None:
    """The printer that a person named: `192.0.2.7`, `printer.local:9100`, `/dev/usb/lp0`. None for what names none."""
    text = text.strip()
    if _DEVICE.match(text):
        return DevicePrinter(Path(text))
    found = _HOST.fullmatch(text)
    if found is None:
        return None
    port = int(found["port"] or DEFAULT_PORT)
    return NetworkPrinter(found["host"].strip("[]"), port) if 0 < port < 65_536 else None


Told = Callable[[PrinterTrouble | None], None]
"""Called on the printer's thread after each slip: what kept it from being printed, or None."""


class Printer(Protocol):
    """Where slips go."""

    @property
    def trouble(self) -> PrinterTrouble | None:
        """What the last slip failed of; None when it was printed, or none was yet."""
        ...

    @property
    def present(self) -> bool:
        """Whether there is a printer to print on, as far as anybody said."""
        ...

    def print_slip(self, slip: Slip) -> None:
        """Print this as soon as the printer is free. Returns at once."""
        ...

    def close(self) -> None:
        """Leave the printer; a slip that waits is dropped."""
        ...


class NoPrinter:
    """A till without one."""

    trouble: PrinterTrouble | None = None
    present = False

    def print_slip(self, slip: Slip) -> None:
        """Nothing is printed."""

    def close(self) -> None:
        """Nothing is held."""


class SlipPrinter:
    """One printer, reached anew for each slip: it may be switched off, moved and plugged in again meanwhile."""

    present = True

    def __init__(
        self, address: PrinterAddress | None, clock: Clock, told: Told, patience_s: float = PATIENCE_S
    ) -> None:
        self._address = address
        self._clock = clock
        self._told = told
        self._patience_s = patience_s
        self._trouble: PrinterTrouble | None = None
        self._began_ms: int | None = None
        self._closed = False
        self._latest = Latest("printer", self._print)

    @property
    def trouble(self) -> PrinterTrouble | None:
        """What the last slip failed of. A device file that takes nothing for too long does not answer either."""
        began_ms = self._began_ms
        if began_ms is not None and self._clock.uptime_ms() - began_ms > 3_000 * self._patience_s:
            return PrinterTrouble.NO_ANSWER
        return self._trouble

    def print_slip(self, slip: Slip) -> None:
        """Print this as soon as the printer is free; of those that wait only the newest is."""
        self._latest.put(slip)

    def close(self) -> None:
        """Leave the printer; a slip that waits is dropped, and nothing is told any more."""
        self._closed = True
        self._latest.close()

    def _print(self, slip: Slip) -> None:
        self._began_ms = self._clock.uptime_ms()
        try:
            self._trouble = _printed(self._address, slip, self._patience_s)
        finally:
            self._began_ms = None
        if not self._closed:
            self._told(self._trouble)


def make_printer(address: str, clock: Clock, told: Told) -> Printer:
    """The printer that was named; none for an empty name. A name that makes no sense is told with the first slip."""
    if not address.strip():
        return NoPrinter()
    return SlipPrinter(read_printer_address(address), clock, told)


def _printed(address: PrinterAddress | None, slip: Slip, patience_s: float) -> PrinterTrouble | None:
    if address is None:
        return PrinterTrouble.BAD_ADDRESS
    try:
        content = escpos_bytes(slip)
        if isinstance(address, NetworkPrinter):
            return _send(address, content, patience_s)
        return _write(address.path, content, patience_s)
    except LibraryMissing:
        return PrinterTrouble.NO_LIBRARY
    except OSError:
        return PrinterTrouble.NO_ANSWER


def _send(address: NetworkPrinter, content: bytes, patience_s: float) -> PrinterTrouble | None:
    """Over the network. Without paper nothing is sent: the printer would keep it, and print it when nobody waits."""
    with socket.create_connection((address.host, address.port), patience_s) as line:
        line.sendall(_ASK_PAPER)
        line.settimeout(_ANSWER_S)
        try:
            answer = line.recv(1)
        except TimeoutError:
            answer = None
        if answer == b"":
            return PrinterTrouble.NO_ANSWER
        if answer is not None and _out_of_paper(answer[0]):
            return PrinterTrouble.NO_PAPER
        line.settimeout(patience_s)
        line.sendall(content)
        # Said to the end: a printer that broke the line off meanwhile has thrown the slip away.
        line.shutdown(socket.SHUT_WR)
        line.settimeout(_ANSWER_S)
        with suppress(TimeoutError):
            line.recv(1)
    return None


def _out_of_paper(answer: int) -> bool:
    """Whether a printer that was asked says so; a byte of another form is no answer to that question."""
    return answer & _ANSWER_MASK == _ANSWER_LIKE and bool(answer & _NO_PAPER)


def _write(path: Path, content: bytes, patience_s: float) -> PrinterTrouble | None:
    """Into a device file, without waiting in the system for paper where it lets us: on Windows it does not."""
    if path.is_file():
        # Somebody's letter is no printer, and a slip would be written over it.
        return PrinterTrouble.BAD_ADDRESS
    flags = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    device = os.open(path, flags)
    try:
        left = memoryview(content)
        while left:
            if hasattr(os, "O_NONBLOCK"):
                _, ready, _ = select.select([], [device], [], patience_s)
                if not ready:
                    return PrinterTrouble.NO_ANSWER
            left = left[os.write(device, left) :]
    finally:
        os.close(device)
    return None
