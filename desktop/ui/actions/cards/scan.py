"""From a scan, or a number that was typed, to its card."""

from functools import partial

from common.card_code import format_number
from desktop.cashier.looking.look_up import look_up
from desktop.cashier.outcome import Mistyped, UnknownCard, Unreadable
from desktop.present.pages import result_view
from desktop.store.cards import CardView
from desktop.ui.actions.cards import card as cards
from desktop.ui.actions.cards import further, new_card
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page

Found = CardView | UnknownCard | Mistyped | Unreadable


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


def _look_up(counter: Counter, text: str, *, stamps: bool) -> None:
    counter.asked = None
    counter.look(lambda: look_up(counter.till, text), lambda found: _found(counter, found, stamps=stamps))


def half_scan(counter: Counter) -> None:
    """A scan that broke off."""
    counter.window.show_result(result_view.half_scan())


def _found(counter: Counter, found: Found, *, stamps: bool) -> None:
    match found:
        case CardView():
            cards.open_card(counter, found.card_id, then=partial(cards.stamp, counter) if stamps else None)
        case UnknownCard(code):
            new_card.show_new_card(
                counter, code, format_number(code) if code.isdigit() else result_view.token_text(code)
            )
        case Mistyped() | Unreadable():
            counter.window.show_result(result_view.not_a_card(found))
