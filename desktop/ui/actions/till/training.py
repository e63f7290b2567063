"""Training: into it, about in it, and out again. The real till waits as it is, and goes on syncing."""

from typing import Final

from PySide6.QtCore import QTimer

from desktop.flow.session import Session
from desktop.flow.training import Training, begin_training
from desktop.sync.state import SyncState
from desktop.trouble import KnownTrouble
from desktop.ui.actions.cards import scan
from desktop.ui.actions.people import staff
from desktop.ui.counter import Counter, RealTill
from desktop.ui.pages.page import Page
from desktop.ui.refresh import refresh

_AGAIN_MS: Final = 100


def show_training(counter: Counter) -> None:
    """What it is, or the cards of the one that goes on."""
    counter.window.clear_result()
    show_cards(counter)
    counter.window.show_page(Page.TRAINING)


def show_cards(counter: Counter) -> None:
    """The page of the window that is shown now."""
    real = counter.real
    counter.window.pages.training.set_cards(() if real is None else real.training.cards)


def begin(counter: Counter) -> None:
    """Make a till to train on, and work on it from now on. Acts wait: none may end on the other till."""
    if counter.real is not None or counter.busy:
        return
    page = counter.window.pages.training
    page.set_preparing(preparing=True)
    till, folder = counter.till, counter.data_dir

    def started(training: Training) -> None:
        counter.real = RealTill(counter.till, counter.runner, counter.session, counter.sync, training)
        counter.till, counter.runner = training.till, training.runner
        _turn(counter, Session(), SyncState(online=False))
        show_training(counter)
        refresh(counter)

    def troubled(trouble: KnownTrouble) -> None:
        page.set_preparing(preparing=False)
        counter.tell_trouble(trouble)

    counter.act(lambda: begin_training(till, folder), started, troubled)


def end(counter: Counter) -> None:
    """Back to the real till, as it was left."""
    if counter.real is None:
        return
    # Behind every act that the worker still has of the training; and until it has done them, no other begins.
    counter.act(lambda: None, lambda _: _end(counter))


def left_alone(counter: Counter) -> None:
    """Nobody touched the till for a while: neither a training nor anybody signed in stays behind."""
    if counter.real is None:
        staff.sign_out(counter)
        return
    if counter.busy:
        # Not beside an act: it belongs to the training, and what came after it might not.
        QTimer.singleShot(_AGAIN_MS, counter.window, lambda: left_alone(counter))
        return

    def leave(_: None) -> None:
        _end(counter)
        staff.sign_out(counter)

    counter.act(lambda: None, leave)


def scan_card(counter: Counter, token: str) -> None:
    """One of its cards, as if it were scanned."""
    scan.scan(counter, token)


def _end(counter: Counter) -> None:
    real, counter.real = counter.real, None
    if real is None:
        return
    counter.till, counter.runner = real.till, real.runner
    _turn(counter, real.session, real.sync)
    counter.look(real.training.end, lambda _: None)
    show_cards(counter)
    counter.window.show_page(Page.IDLE)
    refresh(counter)


def _turn(counter: Counter, session: Session, sync: SyncState) -> None:
    """What the window is in the middle of belongs to the one till or the other."""
    counter.session, counter.sync, counter.asked = session, sync, None
    counter.window.hide_undo()
    counter.window.clear_result()
    counter.restyle(False)
