"""Diagnostics: all that somebody on the telephone asks a shop about its till, on one page."""

import platform
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from common.version import VERSION, is_newer
from common.wire.base import PROTOCOL
from desktop.cashier.engine import Till
from desktop.devices.printer import PrinterTrouble
from desktop.present.device_sentences import printer_sentence
from desktop.present.exchange_sentences import failure_sentence
from desktop.present.language import N_, NN_, ntr, number_text, tr
from desktop.present.limits import clock_notice
from desktop.present.moments import moment_text
from desktop.present.views import ResultKind, ResultView, Tone
from desktop.store.identity import Identity, SecretsPlace
from desktop.sync.exports import export_log, export_path
from desktop.sync.facts import TillFacts, read_facts
from desktop.sync.rescue import export_queue
from desktop.sync.state import SyncState


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact; `tone` is amber where somebody may have to do something about it."""

    label: str
    value: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts about one thing."""

    title: str
    rows: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class DiagnosticsView:
    """The page. `waiting` is how many operations a rescue would write to a file."""

    groups: tuple[FactGroup, ...]
    waiting: int = 0

    def as_text(self) -> str:
        """The same for a file."""
        lines = []
        for group in self.groups:
            lines += [group.title, *(f"  {row.label}: {row.value}" for row in group.rows), ""]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the window knows of itself and its devices; empty texts where there is nothing.

    Attributes:
        printer: where slips are printed, as it was written in the settings.
        player: what plays sounds.
    """

    qt_version: str
    data_dir: Path
    printer: str = ""
    printer_trouble: PrinterTrouble | None = None
    player: str = ""
    sound: bool = True
    scanner_gap_ms: int = 50
    sync: SyncState = field(default_factory=SyncState)


_TITLES: Final = (N_("Program"), N_("Book"), N_("Server"), N_("Devices"))

_VERSION: Final = N_("Version")
_VERSIONS: Final = N_("{version}, protocol {protocol}")
_NEWER: Final = N_("Newer version")
_NEWER_NOW: Final = N_("{version} is there, and may be installed")
_NEWER_LATER: Final = N_("{version} is there; install it once nothing waits")
_RUNS_ON: Final = N_("Runs on")
_SYSTEM: Final = N_("System")

_FILE: Final = N_("File")
_SIZE: Final = N_("Size")
_FREE: Final = N_("Free disk space")
_CARDS: Final = N_("Cards")
_OPERATIONS: Final = N_("Operations")
_WAITING_AND_KEPT: Final = N_("{waiting} waiting, {kept} kept")
_MEGABYTES: Final = N_("{size} MB")
_GIGABYTES: Final = N_("{size} GB")
_UNKNOWN: Final = N_("Unknown")

_TILL: Final = N_("Till")
_WHICH_TILL: Final = N_("{till} (number {number}), {store}, {merchant}")
_NOT_ENROLLED: Final = N_("This till belongs to no shop yet")
_ADDRESS: Final = N_("Address")
_LAST_CONTACT: Final = N_("Last contact")
_LAST_PUSH: Final = N_("Last sent")
_LAST_PULL: Final = N_("Last received")
_NEVER: Final = N_("Never")
_LAST_FAILURE: Final = N_("Last trouble")
_CLOCK: Final = N_("Clock")
_CLOCK_RIGHT: Final = N_("{seconds} s off the server's")
_KEYS: Final = N_("The till's key")
_PLACES: Final = {
    SecretsPlace.KEYRING: N_("In the system's keyring"),
    SecretsPlace.FILE: N_("In a file that only this user may read"),
}

_PRINTER: Final = N_("Slip printer")
_NO_PRINTER: Final = N_("None")
_SOUND: Final = N_("Sounds")
_NO_PLAYER: Final = N_("No player found on this computer (pw-play, paplay or aplay)")
_PLAYED_BY: Final = N_("Played by {player}")
_SOUND_OFF: Final = N_("Played by {player}, switched off")
_SCANNER: Final = N_("Scanner")
_SCANNER_PACE: Final = N_("Up to {count} ms between two keys")

_SAVED: Final = N_("Saved")
_LOG_SAVED: Final = N_("The log is in {file}. Card numbers, addresses and telephone numbers were taken out of it.")
_QUEUE_SAVED: Final = NN_(
    "{count} waiting operation is in {file}. It holds customers' data: give it to the office only.",
    "{count} waiting operations are in {file}. It holds customers' data: give it to the office only.",
)

_MB: Final = 1_000_000
_GB: Final = 1_000_000_000
_LITTLE_SPACE: Final = 500 * _MB
"""With less than this on its disk a till has days, not months."""


def read_diagnostics(till: Till, around: Surroundings) -> DiagnosticsView:
    """The page as of now, also before the till is enrolled. Raises BookDamaged."""
    facts = read_facts(till.book, till.clock)
    groups = (_program(facts, around), _book(facts), _server(facts, till.timezone or "UTC", around), _devices(around))
    return DiagnosticsView(
        tuple(FactGroup(tr(title), rows) for title, rows in zip(_TITLES, groups, strict=True)), facts.waiting
    )


def write_log(till: Till, around: Surroundings, folder: Path) -> Path:
    """Put the log, with this page, into a file in `folder`; where it is. Raises ExportUnwritable, BookDamaged."""
    view = read_diagnostics(till, around)
    file = export_path(folder, "log", ".zip", till.clock.now(), till.timezone or "UTC")
    export_log(around.data_dir, file, view.as_text())
    return file


def write_queue(till: Till, folder: Path) -> tuple[Path, int]:
    """Put the unsent queue into a file in `folder`; where it is, and how many operations it has.

    Raises NotEnrolled, ExportUnwritable, BookDamaged.
    """
    file = export_path(folder, "queue", ".json", till.clock.now(), till.timezone or "UTC")
    return file, export_queue(till.book, file, till.clock)


def log_saved(file: Path) -> ResultView:
    """The log was put into this file."""
    return ResultView(ResultKind.DONE, tr(_SAVED), tr(_LOG_SAVED).format(file=file))


def queue_saved(file: Path, count: int) -> ResultView:
    """So many operations were put into this file."""
    return ResultView(ResultKind.DONE, tr(_SAVED), ntr(*_QUEUE_SAVED, count, file=str(file)))


def _program(facts: TillFacts, around: Surroundings) -> tuple[FactRow, ...]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    return (
        FactRow(tr(_VERSION), tr(_VERSIONS).format(version=VERSION, protocol=PROTOCOL)),
        *_newer(facts, around.sync.till_version),
        FactRow(tr(_RUNS_ON), f"Python {python}, Qt {around.qt_version}, SQLite {facts.sqlite_version}"),
        FactRow(tr(_SYSTEM), f"{platform.system()} {platform.release()}, {platform.machine()}"),
    )


def _newer(facts: TillFacts, version: str | None) -> tuple[FactRow, ...]:
    """Nothing installs itself: a person does, and best when the server has everything."""
    if version is None or not is_newer(version):
        return ()
    return (FactRow(tr(_NEWER), tr(_NEWER_LATER if facts.waiting else _NEWER_NOW).format(version=version)),)


def _book(facts: TillFacts) -> tuple[FactRow, ...]:
    kept = facts.recorded - facts.waiting
    free = facts.free_bytes
    return (
        FactRow(tr(_FILE), str(facts.book_path)),
        FactRow(tr(_SIZE), _size(facts.book_bytes)),
        FactRow(
            tr(_FREE),
            tr(_UNKNOWN) if free is None else _size(free),
            Tone.WAITING if free is not None and free < _LITTLE_SPACE else Tone.NEUTRAL,
        ),
        FactRow(tr(_CARDS), number_text(facts.cards)),
        FactRow(
            tr(_OPERATIONS),
            tr(_WAITING_AND_KEPT).format(waiting=number_text(facts.waiting), kept=number_text(kept)),
            Tone.WAITING if facts.waiting else Tone.NEUTRAL,
        ),
    )


def _server(facts: TillFacts, timezone: str, around: Surroundings) -> tuple[FactRow, ...]:
    who = facts.who
    if who is None or facts.clock_off is None:
        return (FactRow(tr(_TILL), tr(_NOT_ENROLLED)),)
    contacts = (
        (_LAST_CONTACT, who.contact.server_time),
        (_LAST_PUSH, who.last_push_at),
        (_LAST_PULL, who.last_pull_at),
    )
    failure = around.sync.failure
    return (
        FactRow(tr(_TILL), _which_till(who)),
        FactRow(tr(_ADDRESS), who.server_url),
        *(
            FactRow(tr(label), tr(_NEVER) if at is None else moment_text(at, facts.at, timezone))
            for label, at in contacts
        ),
        *(
            ()
            if failure is None
            else (FactRow(tr(_LAST_FAILURE), failure_sentence(failure, who.server_url), Tone.WAITING),)
        ),
        _clock(facts.clock_off),
        FactRow(tr(_KEYS), tr(_PLACES[who.secrets_place])),
    )


def _which_till(who: Identity) -> str:
    return tr(_WHICH_TILL).format(
        till=who.till_name, number=who.till_number, store=who.store_name, merchant=who.merchant_name
    )


def _clock(off: timedelta) -> FactRow:
    said = clock_notice(off)
    if said:
        return FactRow(tr(_CLOCK), said, Tone.WAITING)
    return FactRow(tr(_CLOCK), tr(_CLOCK_RIGHT).format(seconds=round(abs(off.total_seconds()))))


def _devices(around: Surroundings) -> tuple[FactRow, ...]:
    trouble = around.printer_trouble
    printer = around.printer or tr(_NO_PRINTER)
    if trouble is not None:
        printer = f"{printer}. {printer_sentence(trouble)}"
    played = tr(_PLAYED_BY if around.sound else _SOUND_OFF).format(player=around.player)
    return (
        FactRow(tr(_PRINTER), printer, Tone.NEUTRAL if trouble is None else Tone.WAITING),
        FactRow(tr(_SOUND), played if around.player else tr(_NO_PLAYER)),
        FactRow(tr(_SCANNER), tr(_SCANNER_PACE).format(count=around.scanner_gap_ms)),
    )


def _size(size: int) -> str:
    if size < _GB:
        return tr(_MEGABYTES).format(size=number_text(size / _MB, decimals=1))
    return tr(_GIGABYTES).format(size=number_text(size / _GB))
