"""From a scan, or a number that was typed, to its card."""

from dataclasses import dataclass

from common.card_code import format_number
from common.ids import CardId
from desktop.cashier.engine import By, Till
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import Mistyped, UnknownCard, Unreadable
from desktop.present.pages import result_view
from desktop.present.pages.cards.card_view import read_card
from desktop.present.views import StampCardView
from desktop.store.cards import CardView
from desktop.ui.actions.cards import card as cards
from desktop.ui.actions.cards import further, new_card
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


@dataclass(frozen=True, slots=True)
class _Card:
    """A card that was found, and its page."""

    card_id: CardId
    page: StampCardView | None


Found = _Card | UnknownCard | Mistyped | Unreadable


def scan(counter: Counter, text: str) -> None:
    """A scan, on whatever page: it fills the form of a page that asks for a code, and else shows its card.

    Where the till is so set, and nobody was in the middle of something else, the card gets a stamp at once.
    """
    window = counter.window
    if window.page is Page.NEW_CARD:
        new_card.begin_card(counter, window.pages.new_card.wish(text))
    elif further.wants_code(counter):
        further.give_code(counter, text)
    else:
        at_once = counter.preferences.stamp_on_scan and window.page in {Page.IDLE, Page.CARD}
        _look_up(counter, text, stamps=at_once)


def enter_number(counter: Counter, text: str) -> None:
    """A number was typed: its card is shown. Who types has the time to press one more key."""
    _look_up(counter, text, stamps=False)


def half_scan(counter: Counter) -> None:
    """A scan that broke off."""
    counter.window.show_result(result_view.half_scan())


def _look_up(counter: Counter, text: str, *, stamps: bool) -> None:
    counter.asked = None
    by, online = counter.session.by(), counter.online
    counter.look(
        lambda: _find(counter.till, by, text, online=online), lambda found: _found(counter, found, stamps=stamps)
    )


def _find(till: Till, by: By, text: str, *, online: bool) -> Found:
    """The page of the card that is meant; one task, for a customer waits."""
    found = look_up(till, text)
    return (
        _Card(found.card_id, read_card(till, by, found.card_id, online=online))
        if isinstance(found, CardView)
        else found
    )


def _found(counter: Counter, found: Found, *, stamps: bool) -> None:
    match found:
        case _Card(card_id, page):
            counter.session.card_id = card_id
            cards.show_card(counter, page)
            if stamps and page is not None:
                cards.stamp(counter)
        case UnknownCard(code):
            new_card.show_new_card(
                counter, code, format_number(code) if code.isdigit() else result_view.token_text(code)
            )
        case Mistyped() | Unreadable():
            counter.window.show_result(result_view.not_a_card(found))
