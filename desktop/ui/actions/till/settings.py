"""The settings page, and what a changed choice does at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from desktop.autostart import autostart_of
from desktop.preferences import Preferences, write_preferences
from desktop.trouble import KnownTrouble
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page

_BUILT_IN: Final = frozenset({"language", "text_size"})
"""What a window is built with: to change it, it is built anew."""


def show_settings(counter: Counter) -> None:
    """What is chosen for this till."""
    counter.window.clear_result()
    counter.window.pages.settings.set_preferences(counter.preferences)
    counter.window.show_page(Page.SETTINGS)
    show_autostart(counter)


def show_autostart(counter: Counter) -> None:
    """Whether the till starts with the computer, as the system has it."""
    counter.look(autostart_of(counter.data_dir).is_on, lambda on: counter.window.pages.settings.set_autostart(on=on))


def start_with_computer(counter: Counter, on: bool) -> None:
    """Write or remove the system's own entry. What came of it is read again, not assumed."""

    def troubled(trouble: KnownTrouble) -> None:
        counter.tell_trouble(trouble)
        show_autostart(counter)

    counter.act(lambda: autostart_of(counter.data_dir).switch(on=on), lambda _: show_autostart(counter), troubled)


def choose(counter: Counter, name: str, value: Any) -> None:
    """Let a preference have this value, now and at the next start."""
    chosen: Preferences = replace(counter.preferences, **{name: value})

    def kept() -> None:
        counter.restyle(name in _BUILT_IN)
        page = counter.window.pages.settings
        page.set_preferences(counter.preferences)
        if name in _BUILT_IN and counter.window.page is Page.SETTINGS:
            # A new window, whose focus belongs to where it was in the old one.
            show_autostart(counter)
            page.focus_on(name)

    keep(counter, chosen, kept)


def keep(counter: Counter, chosen: Preferences, kept: Callable[[], None]) -> None:
    """Keep these preferences, and use them; `kept` shows what changed. The same ones again change nothing."""
    before = counter.preferences
    if chosen == before:
        return
    # At once: the next choice, pressed while this one is being written, builds on it.
    counter.preferences = chosen

    def use(_: None) -> None:
        # On the worker: a printer that is busy may take a moment to be left.
        counter.look(counter.devices.use(chosen), lambda _: None)
        kept()

    def troubled(trouble: KnownTrouble) -> None:
        counter.preferences = before
        # From the first run, or by F12, nobody asked for this page.
        if counter.window.page is Page.SETTINGS:
            show_settings(counter)
        counter.tell_trouble(trouble)

    counter.look(lambda: write_preferences(counter.data_dir, chosen), use, troubled)
