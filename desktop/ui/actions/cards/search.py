"""Search: from what was typed to the card."""

from uuid import UUID

from common.ids import CardId
from desktop.present.pages.cards.search_view import SearchView, read_search
from desktop.ui.actions.cards.card import open_card
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


def show_search(counter: Counter, text: str = "") -> None:
    """The page, empty, or with what was typed elsewhere."""
    counter.window.clear_result()
    counter.session.card_id = None
    counter.window.pages.search.begin(text)
    counter.window.show_page(Page.SEARCH)


def search(counter: Counter, text: str) -> None:
    """Something was typed."""

    def show(view: SearchView) -> None:
        # Not bound before: the window may be another by now.
        counter.window.pages.search.set_view(view)

    counter.look(lambda: read_search(counter.till, text), show)


def open_found(counter: Counter, card_id: str) -> None:
    """One of the results was chosen."""
    if counter.window.page is Page.SEARCH:
        open_card(counter, CardId(UUID(card_id)))
