"""The first run, and enrolling again: showing where it stands. What each answer does is in `enrolment`."""

from dataclasses import replace

from desktop.flow.first_run import FirstRun, Step
from desktop.present.pages.here import Here
from desktop.present.pages.till.first_run_view import ShopView, read_shop
from desktop.trouble import KnownTrouble, NotEnrolled
from desktop.ui.counter import Counter
from desktop.ui.pages.page import Page


def begin(counter: Counter) -> None:
    """This computer is no till yet."""
    if counter.first_run is None:
        show(counter, FirstRun())


def begin_fetching(counter: Counter) -> None:
    """It is one, and has never received its shop: the code was used, then something came between."""
    if counter.first_run is None:
        show(counter, FirstRun(step=Step.SHOP))


def begin_again(counter: Counter, here: Here) -> None:
    """The server no longer knows this till; its book and its queue stay."""
    left = counter.window.pages.enrol.run
    # What was typed before somebody went away for a moment is still there.
    run = left if left.again and left.used is None else FirstRun(again=True, address=here.who.server_url)
    show(counter, replace(run, step=Step.SERVER))


def show(counter: Counter, run: FirstRun) -> None:
    """Show this step of it."""
    counter.first_run = run
    window = counter.window
    window.pages.enrol.sound.set_possible(possible=bool(counter.devices.speaker.player))
    window.pages.enrol.set_run(run)
    if window.page is not Page.ENROL:
        window.clear_result()
        window.strip.setVisible(run.again)
        window.show_page(Page.ENROL)
    if run.step is Step.SHOP:
        look_at_shop(counter)


def look_at_shop(counter: Counter) -> None:
    """How far the first snapshot is."""
    sync = counter.sync

    def shown(view: ShopView) -> None:
        counter.window.pages.enrol.set_shop(view)

    def troubled(trouble: KnownTrouble) -> None:
        if not isinstance(trouble, NotEnrolled):
            counter.tell_trouble(trouble)

    counter.look(lambda: read_shop(counter.till, sync), shown, troubled)
