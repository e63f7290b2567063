"""The menu, and what each of its tiles opens."""

from collections.abc import Callable
from typing import Final

from desktop.ui.actions.settings import show_settings
from desktop.ui.actions.staff import show_attention
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page

_OPENERS: Final[dict[Page, Callable[[Counter], None]]] = {
    Page.ATTENTION: show_attention,
    Page.SETTINGS: show_settings,
}
"""One for each tile of the menu."""


def show_menu(counter: Counter) -> None:
    """The menu, from whatever page; a card does not stay open behind it."""
    counter.window.clear_result()
    counter.session.card_id = None
    counter.asked = None
    counter.window.show_page(Page.MENU)


def choose(counter: Counter, page: Page) -> None:
    """A tile was pressed."""
    _OPENERS[page](counter)
