"""Closing the program: at once, or with a question while something waits. Full screen, and what leaves it."""

from dataclasses import replace

from desktop.cashier.looking import activity
from desktop.store.operations import QueueCounts
from desktop.ui.actions.till import settings
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh


def ask_to_close(counter: Counter) -> None:
    """Close; where operations wait, say first what becomes of them."""
    if counter.attempt is not None:
        counter.attempt.give_up()
    real = counter.till if counter.real is None else counter.real.till

    def counted(counts: QueueCounts) -> None:
        if not counts.waiting:
            counter.window.leave()
            return
        if counter.window.page is not Page.LEAVING:
            counter.left_page = counter.window.page
        counter.window.clear_result()
        counter.window.pages.leaving.set_waiting(counts.waiting)
        counter.window.show_page(Page.LEAVING)

    # A book that cannot be read has nothing to ask about.
    counter.look(lambda: activity.counts(real), counted, lambda _: counter.window.leave())


def stay(counter: Counter) -> None:
    """Where the cashier was."""
    counter.window.show_page(counter.left_page)
    refresh(counter)


def close(counter: Counter) -> None:
    """End the program. What waits is on the disk."""
    counter.window.leave()


def toggle_full_screen(counter: Counter) -> None:
    """Fill the screen from now on, or leave it; at the next start, too."""
    chosen = replace(counter.preferences, kiosk=not counter.preferences.kiosk)

    def kept() -> None:
        counter.restyle(False)
        if counter.window.page is Page.SETTINGS:
            settings.show_settings(counter)

    settings.keep(counter, chosen, kept)
