"""Open and close a shift: who gave how many stamps and rewards, and took how many back, on this till.

A shift counts and does nothing else. It asks for nobody's approval, records no operation, and leaves the queue alone:
what waits when it is closed is sent when the server is in reach again.
"""

from dataclasses import dataclass
from datetime import datetime

from common.ids import StaffId
from desktop.cashier.counter.desk import Desk, reading, writing
from desktop.cashier.engine import By, Till
from desktop.store import operations, shifts
from desktop.store.shifts import Figures, Shift


@dataclass(frozen=True, slots=True)
class CashierFigures:
    """One person's part of a shift. `name` is None where nobody was asked who they are."""

    name: str | None
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftReport:
    """A shift, as the till knows it now.

    Attributes:
        closed_at: None while it is open.
        waiting: operations of this till that wait to be sent now, of whatever shift.
        waiting_at_close: those that waited when it was closed.
    """

    opened_at: datetime
    opened_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    cashiers: tuple[CashierFigures, ...]
    waiting: int
    waiting_at_close: int | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class ShiftAlreadyOpen:
    """A shift is open since then; it is closed first."""

    since: datetime


@dataclass(frozen=True, slots=True)
class NoShiftOpen:
    """There is no shift to close."""


def open_shift(till: Till, by: By) -> ShiftReport | ShiftAlreadyOpen:
    """Count from now on."""
    with writing(till) as desk:
        shift = shifts.current(desk.connection)
        if shift is not None:
            return ShiftAlreadyOpen(shift.opened_at)
        shifts.open_one(desk.connection, desk.at, by.staff_id)
        return _report_of_newest(desk)


def close_shift(till: Till, by: By) -> ShiftReport | NoShiftOpen:
    """Count no further, whatever still waits to be sent."""
    with writing(till) as desk:
        shift = shifts.current(desk.connection)
        if shift is None:
            return NoShiftOpen()
        waiting = operations.counts(desk.connection).waiting
        shifts.close(desk.connection, shift, desk.at, by.staff_id, waiting)
        return _report_of_newest(desk)


def read_shift(till: Till) -> ShiftReport | None:
    """The open shift, or the one that was closed last; None before the first."""
    with reading(till) as desk:
        shift = _newest(desk)
        return None if shift is None else _report(desk, shift)


def _newest(desk: Desk) -> Shift | None:
    return shifts.current(desk.connection) or shifts.last_closed(desk.connection)


def _report_of_newest(desk: Desk) -> ShiftReport:
    shift = _newest(desk)
    if shift is None:
        raise LookupError("a shift that was just written is not there")
    return _report(desk, shift)


def _report(desk: Desk, shift: Shift) -> ShiftReport:
    return ShiftReport(
        opened_at=shift.opened_at,
        opened_by=_name(desk, shift.opened_by),
        closed_at=shift.closed_at,
        closed_by=_name(desk, shift.closed_by),
        cashiers=tuple(
            CashierFigures(_name(desk, one.staff_id), one) for one in shifts.figures(desk.connection, shift)
        ),
        waiting=operations.counts(desk.connection).waiting,
        waiting_at_close=shift.waiting_at_close,
    )


def _name(desk: Desk, staff_id: StaffId | None) -> str | None:
    member = None if staff_id is None else desk.shop.staff.get(staff_id)
    return None if member is None else member.name
