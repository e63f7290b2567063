"""A new card, and the code of a card that was just made or replaced."""

from common.rules.refusals import Refused
from desktop.cashier.enrol import enrol
from desktop.cashier.outcome import AlreadyACard, Mistyped, Recorded, Unreadable, Unusable
from desktop.present.pages import result_view
from desktop.present.pages.cards.new_card_view import new_card_view
from desktop.present.views import NewCardView, NewCardWish, ResultView
from desktop.ui.actions.attempt import Ended, attempt
from desktop.ui.actions.cards import card as cards
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh


def show_new_card(counter: Counter, code: str = "", shown: str = "") -> None:
    """The page for a new card; with the `code` of a blank one that was scanned, if one was."""
    counter.window.clear_result()
    counter.session.card_id = None
    counter.window.pages.new_card.begin(code, shown)
    counter.window.show_page(Page.NEW_CARD)


def begin_card(counter: Counter, wish: NewCardWish) -> None:
    """Begin a card from a scan, or with a number of its own."""
    attempt(
        counter,
        lambda by: enrol(
            counter.till, by, wish.code or None, name=wish.name, phone=wish.phone or None, email=wish.email or None
        ),
        lambda ended: _begun(counter, ended),
    )


def stamp_new_card(counter: Counter) -> None:
    """The first stamp of a card that was just made."""
    counter.window.show_page(Page.CARD)
    cards.stamp(counter)


def show_code(counter: Counter, recorded: Recorded, result: ResultView | None = None) -> None:
    """The code that the customer carries from now on."""
    counter.session.card_id = card_id = recorded.card.card_id

    def show(view: NewCardView) -> None:
        if counter.session.card_id != card_id:
            return
        counter.window.pages.card_ready.set_view(view)
        counter.window.show_page(Page.CARD_READY)
        if result is None:
            counter.window.clear_result()
        else:
            counter.window.show_result(result)
        refresh(counter)

    counter.look(lambda: new_card_view(recorded), show)


def _begun(counter: Counter, end: Ended[Recorded | Refused | Unusable | AlreadyACard | Mistyped | Unreadable]) -> None:
    match end.outcome:
        case Recorded() as recorded:
            show_code(counter, recorded)
        case AlreadyACard(card) as no:
            cards.open_card(counter, card.card_id, result_view.refused(no, end.here))
        case Mistyped() | Unreadable() as found:
            counter.window.show_result(result_view.not_a_card(found), stays=True)
        case no:
            counter.window.show_result(result_view.refused(no, end.here), stays=True)
