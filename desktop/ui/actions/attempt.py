"""Trying an act. Where only a PIN is missing it is asked for, and the act is tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.ids import StaffId
from desktop.cashier.engine import By
from desktop.flow.session import pin_wanted
from desktop.present.pages.cards.card_view import read_card
from desktop.present.pages.here import Here, read_here
from desktop.present.pages.people.staff_view import Wanted
from desktop.present.views import StampCardView
from desktop.ui.actions.people.staff import ask_pin
from desktop.ui.counter import Counter

_O = TypeVar("_O")


@dataclass(frozen=True, slots=True)
class Ended(Generic[_O]):
    """How an act ended, and where and when: what its words need.

    Attributes:
        page: of the card in hand, as the act left it; None where there is none.
    """

    outcome: _O
    here: Here
    page: StampCardView | None


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
    by, worker = counter.session.by(approved_by), counter.session.by()
    card_id, online = counter.session.card_id, counter.online

    def try_it() -> Ended[_O]:
        # With the card's page in one task: a customer waits to see it.
        outcome = act(by)
        page = None if card_id is None else read_card(counter.till, worker, card_id, online=online)
        return Ended(outcome, read_here(counter.till), page)

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
    counter.act(try_it, look_at)
