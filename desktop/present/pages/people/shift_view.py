"""The shift: what each cashier gave and took back on this till, and how much still waits to be sent."""

from dataclasses import dataclass

from desktop.cashier.engine import Till
from desktop.cashier.people.shift import CashierFigures, NoShiftOpen, ShiftAlreadyOpen, ShiftReport, read_shift
from desktop.present import words
from desktop.present.language import ntr, tr
from desktop.present.pages.here import Here, read_here


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One cashier's figures."""

    name: str
    stamps: int
    rewards: int
    voids: int


@dataclass(frozen=True, slots=True)
class ShiftView:
    """The open shift, the one closed last, or none yet.

    Attributes:
        is_open: whether it can be closed; else another can be opened.
        headline: "Open since 08:02", "Closed at 18:30".
        by: who opened it, and who closed it.
        rows: one for each cashier who did something, and a last one for all where there are several.
        waiting: operations that wait to be sent; `waiting_text` says so, and that they stay.
        rejected_text: how many of this shift the server did not accept; empty for none.
        hint: what stands in the place of the rows where there are none.
    """

    is_open: bool
    headline: str
    by: str
    rows: tuple[ShiftRow, ...]
    waiting: int
    waiting_text: str
    rejected_text: str = ""
    hint: str = ""


def read_shift_view(till: Till) -> ShiftView:
    """Raises NotEnrolled, NotSyncedYet, BookDamaged."""
    return shift_view(read_shift(till), read_here(till))


def shift_view(report: ShiftReport | None, here: Here) -> ShiftView:
    if report is None:
        return ShiftView(False, tr(words.NO_SHIFT), "", (), 0, "", hint=tr(words.NO_SHIFT_HINT))
    rejected = sum(one.figures.rejected for one in report.cashiers)
    return ShiftView(
        is_open=report.is_open,
        headline=_headline(report, here),
        by=_by(report),
        rows=_rows(report.cashiers),
        waiting=report.waiting,
        waiting_text=_waiting(report.waiting),
        rejected_text=""
        if not rejected
        else ntr("{count} was not accepted by the server", "{count} were not accepted by the server", rejected),
        hint="" if report.cashiers else tr(words.NOTHING_IN_SHIFT),
    )


def refused_sentence(no: ShiftAlreadyOpen | NoShiftOpen, here: Here) -> str:
    """Why a shift was not opened, or not closed."""
    match no:
        case ShiftAlreadyOpen(since):
            return tr(words.SHIFT_ALREADY_OPEN).format(time=here.moment(since))
        case NoShiftOpen():
            return tr(words.NO_SHIFT_TO_CLOSE)


def _headline(report: ShiftReport, here: Here) -> str:
    if report.closed_at is None:
        return tr(words.SHIFT_OPEN_SINCE).format(time=here.moment(report.opened_at))
    return tr(words.SHIFT_CLOSED_AT).format(begin=here.moment(report.opened_at), end=here.moment(report.closed_at))


def _by(report: ShiftReport) -> str:
    opened = tr(words.OPENED_BY).format(name=report.opened_by) if report.opened_by else ""
    closed = tr(words.CLOSED_BY).format(name=report.closed_by) if report.closed_by else ""
    return " · ".join(part for part in (opened, closed) if part)


def _rows(cashiers: tuple[CashierFigures, ...]) -> tuple[ShiftRow, ...]:
    rows = tuple(
        ShiftRow(one.name or tr(words.UNNAMED), one.figures.stamps, one.figures.rewards, one.figures.voids)
        for one in cashiers
    )
    if len(rows) < 2:
        return rows
    total = ShiftRow(
        tr(words.ALL_TOGETHER),
        sum(row.stamps for row in rows),
        sum(row.rewards for row in rows),
        sum(row.voids for row in rows),
    )
    return (*rows, total)


def _waiting(waiting: int) -> str:
    if not waiting:
        return tr(words.ALL_SENT)
    return ntr(
        "{count} operation still waits to be sent. It stays on this till and is sent when the server is in reach.",
        "{count} operations still wait to be sent. They stay on this till and are sent when the server is in reach.",
        waiting,
    )
