"""Trying an act. Where only a PIN is missing it is asked for, and the act is tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.ids import StaffId
from desktop.cashier.engine import By, Till
from desktop.flow.session import pin_wanted
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.people.staff_view import Wanted
from desktop.ui.actions.people.staff import ask_pin
from desktop.ui.counter import Counter

_O = TypeVar("_O")


@dataclass(frozen=True, slots=True)
class Ended(Generic[_O]):
    """How an act ended, and where and when: what its words need."""

    outcome: _O
    here: Here


def _nothing_to_say() -> None:
    """The default of `trying`: most acts end before anybody could read what is being done."""


def attempt(
    counter: Counter,
    act: Callable[[By], _O],
    ended: Callable[[Ended[_O]], None],
    *,
    trying: Callable[[], None] = _nothing_to_say,
    approved_by: StaffId | None = None,
) -> None:
    """Try an act as whoever is signed in; where only a PIN is missing, ask for it and try once more.

    `trying` is called before each try. While another act is under way, nothing happens.
    """
    if counter.busy:
        return
    by = counter.session.by(approved_by)

    def go_on(approver: StaffId | None) -> None:
        attempt(counter, act, ended, trying=trying, approved_by=approver)

    def look_at(end: Ended[_O]) -> None:
        wanted = pin_wanted(end.outcome)
        if wanted is None:
            ended(end)
            return
        counter.window.clear_result()
        ask_pin(counter, wanted, lambda who: go_on(who.staff_id if wanted is Wanted.MANAGER else approved_by))

    trying()
    counter.act(lambda: _end(counter.till, act(by)), look_at)


def _end(till: Till, outcome: _O) -> Ended[_O]:
    return Ended(outcome, read_here(till))
