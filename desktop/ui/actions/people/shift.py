"""The shift: see it, open it, close it."""

from collections.abc import Callable

from desktop.cashier.engine import Till
from desktop.cashier.people.shift import NoShiftOpen, ShiftAlreadyOpen, ShiftReport, close_shift, open_shift
from desktop.present.pages.here import read_here
from desktop.present.pages.people.shift_view import ShiftView, read_shift_view, refused_sentence, shift_view
from desktop.present.views import ResultKind, ResultView
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


def show_shift(counter: Counter) -> None:
    """The shift as it stands."""

    def show(view: ShiftView) -> None:
        counter.window.clear_result()
        counter.session.card_id = None
        counter.window.pages.shift.confirm(asking=False)
        counter.window.pages.shift.set_view(view)
        counter.window.show_page(Page.SHIFT)

    counter.look(lambda: read_shift_view(counter.till), show)


def open_a_shift(counter: Counter) -> None:
    """Count from now on, in the name of whoever is signed in."""
    by = counter.session.by()
    _change(counter, lambda: open_shift(counter.till, by))


def close_the_shift(counter: Counter) -> None:
    """Count no further. What waits to be sent stays."""
    by = counter.session.by()
    _change(counter, lambda: close_shift(counter.till, by))


def _change(counter: Counter, change: Callable[[], ShiftReport | ShiftAlreadyOpen | NoShiftOpen]) -> None:
    counter.act(lambda: _view_after(counter.till, change()), lambda end: _show(counter, *end))


def _view_after(till: Till, end: ShiftReport | ShiftAlreadyOpen | NoShiftOpen) -> tuple[ShiftView, str]:
    """The shift as it is now, and why nothing was changed, where nothing was."""
    here = read_here(till)
    if isinstance(end, ShiftReport):
        return shift_view(end, here), ""
    return read_shift_view(till), refused_sentence(end, here)


def _show(counter: Counter, view: ShiftView, why_not: str) -> None:
    counter.window.pages.shift.set_view(view)
    if why_not:
        counter.window.show_result(ResultView(ResultKind.REFUSED, view.headline, why_not))
