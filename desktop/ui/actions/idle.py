"""What the idle page leads to: the card that was typed, a search, the card of one of the last operations."""

from uuid import UUID

from common.card_code import TOKEN_PREFIX, NotACard, read_scan
from common.ids import CardId, OperationKey
from desktop.cashier.looking import activity
from desktop.ui.actions.cards import card as cards
from desktop.ui.actions.cards import scan, search
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


def take_typed(counter: Counter, text: str) -> None:
    """Twelve digits are a card's number; what else somebody types is what they remember of one, and is looked for."""
    if isinstance(read_scan(text), NotACard) and not _is_of_a_code(text):
        search.show_search(counter, text.strip())
    else:
        scan.enter_number(counter, text)


def open_row(counter: Counter, key: str) -> None:
    """One of the last operations was pressed: its card, if it has one."""

    def show(card_id: CardId | None) -> None:
        if card_id is not None and counter.window.page is Page.IDLE:
            cards.open_card(counter, card_id)

    counter.look(lambda: activity.card_of(counter.till, OperationKey(UUID(key))), show)


def _is_of_a_code(text: str) -> bool:
    """Where a slow scanner broke off, a search would only say that there is no such customer."""
    return text.strip().upper().startswith(TOKEN_PREFIX)
