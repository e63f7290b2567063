"""The menu, and what each of its tiles opens."""

from collections.abc import Callable
from typing import Final

from desktop.present.pages.till.offline_view import OfflineView, read_offline
from desktop.ui.actions.cards.search import show_search
from desktop.ui.actions.people.shift import show_shift
from desktop.ui.actions.people.staff import show_attention
from desktop.ui.actions.till.diagnostics import show_diagnostics
from desktop.ui.actions.till.settings import show_settings
from desktop.ui.actions.till.training import show_training
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


def show_offline(counter: Counter) -> None:
    """What works without the server."""

    def show(view: OfflineView) -> None:
        counter.window.pages.offline.set_view(view)
        counter.window.show_page(Page.OFFLINE)

    counter.look(lambda: read_offline(counter.till), show)


_OPENERS: Final[dict[Page, Callable[[Counter], None]]] = {
    Page.SEARCH: show_search,
    Page.ATTENTION: show_attention,
    Page.SHIFT: show_shift,
    Page.OFFLINE: show_offline,
    Page.TRAINING: show_training,
    Page.SETTINGS: show_settings,
    Page.DIAGNOSTICS: show_diagnostics,
}
"""One for each tile of the menu."""


def show_menu(counter: Counter) -> None:
    """The menu, from whatever page; a card does not stay open behind it."""
    counter.window.clear_result()
    counter.session.card_id = None
    counter.asked = None
    counter.window.pages.menu.set_standing(training=counter.real is not None, kiosk=counter.preferences.kiosk)
    counter.window.show_page(Page.MENU)


def choose(counter: Counter, page: Page) -> None:
    """A tile was pressed."""
    _OPENERS[page](counter)
