"""The first run, and enrolling again: what each answer does."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop.cashier.engine import Till
from desktop.devices.tones import Sound
from desktop.flow.first_run import Attempt, Step, read_invitation
from desktop.present import till_words
from desktop.present.language import in_use, tr
from desktop.present.pages.till.first_run_view import half_scan_view, scan_view
from desktop.present.pages.till.notice_view import notice_of
from desktop.sync.state import SyncState
from desktop.trouble import KnownTrouble
from desktop.ui.actions.till import settings
from desktop.ui.actions.till.first_run import show
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh


def choose_language(counter: Counter, code: str) -> None:
    """Speak this language from now on; what follows is asked in it."""
    run = counter.first_run
    if run is None:
        return

    def kept(*, rebuilt: bool) -> None:
        counter.first_run = run.forward()
        if rebuilt:
            counter.restyle(True)
        show(counter, run.forward())

    if code == in_use() and counter.preferences.language in {"", code}:
        kept(rebuilt=False)
        return
    chosen = replace(counter.preferences, language=code)
    settings.keep(counter, chosen, lambda: kept(rebuilt=True))


def take_typed(counter: Counter, address: str, code: str) -> None:
    """The fields say this now."""
    if counter.first_run is not None:
        counter.first_run = counter.first_run.typed(address, code)
        counter.window.pages.enrol.set_run(counter.first_run)


def take_scan(counter: Counter, text: str, *, longest_gap_ms: int, limit_ms: int) -> None:
    """A scan: an invitation where one is asked for, a trial where the scanner is tried, else nothing."""
    run, page = counter.first_run, counter.window.pages.enrol
    if run is None:
        return
    if run.step is Step.SCANNER:
        page.set_scan(scan_view(text, longest_gap_ms=longest_gap_ms, limit_ms=limit_ms))
    if run.step is Step.SERVER and counter.attempt is None:
        invitation = read_invitation(text)
        if not invitation.address and not invitation.code:
            page.say(tr(till_words.NOT_AN_INVITATION))
            return
        counter.first_run = run.invited(invitation)
        page.set_run(counter.first_run)
        page.say("")
        page.take_focus()


def take_half_scan(counter: Counter, text: str) -> None:
    """A scan that broke off."""
    run = counter.first_run
    if run is not None and run.step is Step.SCANNER:
        counter.window.pages.enrol.set_scan(half_scan_view(text))


def play_sound(counter: Counter) -> None:
    """The sound of a stamp."""
    counter.devices.speaker.play(Sound.DONE)


def go_on(counter: Counter) -> None:
    """Next."""
    run = counter.first_run
    if run is None:
        return
    if run.is_last:
        end(counter)
    else:
        show(counter, run.forward())


def go_back(counter: Counter) -> None:
    """One step back; an attempt that is under way is given up. Nobody leaves the first run before there is a till."""
    run = counter.first_run
    if counter.attempt is not None:
        counter.attempt.give_up()
    elif run is not None and not run.is_first:
        show(counter, run.back())
    elif run is not None and run.again:
        end(counter)


def end(counter: Counter) -> None:
    """To work."""
    counter.first_run = None
    counter.window.show_page(Page.IDLE)
    refresh(counter)


def connect(counter: Counter) -> None:
    """Make this computer a till of the shop that the code belongs to."""
    run, page = counter.first_run, counter.window.pages.enrol
    if run is None or counter.attempt is not None:
        return
    if run.is_enrolled:
        show(counter, run.forward())
        return
    attempt = counter.attempt = Attempt()
    page.say("", busy=True)

    def enrol() -> str | None:
        # Brings the HTTP library, which no window needs before it paints.
        enrol_here: Callable[[Till, Path, str, str, Attempt], str | None] = importlib.import_module(
            "desktop.flow.enrolment"
        ).enrol_here
        return enrol_here(counter.till, counter.data_dir, run.address, run.code, attempt)

    def told(why_not: str | None) -> None:
        counter.attempt = None
        page.say(why_not or "")
        if why_not is None:
            counter.sync = SyncState()
            counter.runner.reconnect()
            show(counter, run.enrolled())

    def troubled(trouble: KnownTrouble) -> None:
        counter.attempt = None
        page.say(notice_of(trouble).detail)

    counter.look(enrol, told, troubled)
