"""The demo without a display: the scripted cashier, the report, the audit."""

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Final

from common.clock import Clock
from desktop.cashier.engine import Till
from desktop.main import make_runner, open_till
from desktop.settings import Settings, load_settings
from desktop.sync.runner import Runner
from desktop.trouble import KnownTrouble
from tests.demo.cashier.cast import find_cast
from tests.demo.cashier.engine_hands import EngineHands
from tests.demo.cashier.hands import Hands, Waited
from tests.demo.cashier.report import REPORT, Broken, Report
from tests.demo.cashier.story import Story
from tests.demo.counter import CounterTrouble, open_counter
from tests.demo.hub.server_process import ServerTrouble
from tests.demo.places import Places
from tests.demo.sheet import write_sheet
from tests.demo.shop import GARE, KIRCHBERG
from tests.demo.stage import Stage, set_up

TIME_LIMIT_S: Final = 285
"""The demo promises to end within five minutes; whatever hangs is broken off before that."""


class TimeUp(Exception):
    """The demo took too long."""


KNOWN: Final = (CounterTrouble, KnownTrouble, ServerTrouble, TimeUp, Waited)
"""What can go wrong on a machine, and is told in the report."""

OpenHands = Callable[[Till, Runner, Settings], AbstractContextManager[Hands]]
"""Puts a cashier in front of a till, and starts the till's runner."""


def run_scripted(places: Places, clock: Clock, open_hands: OpenHands, *, how: str, reset: bool) -> int:
    """Tell the story from the first stamp to the audit; the exit status. Raises what `set_up` raises."""
    shutil.rmtree(places.out, ignore_errors=True)
    places.out.mkdir(parents=True)
    with _time_limit(), set_up(places, clock, reset=reset) as stage:
        print(f"\nA scripted cashier now works at the till of Gare. {how}\n")
        report = Report(how, clock, KNOWN)
        try:
            tell_story(stage, clock, open_hands, report)
            _audit(stage, report)
        except Broken:
            pass  # The report says which step, and why.
        finally:
            report.write(places.out)
    print(f"\n{report.summary()}\nReport: {places.out / REPORT}\nCards:  {places.cards}")
    return 0 if report.holds else 1


def tell_story(stage: Stage, clock: Clock, open_hands: OpenHands, report: Report) -> None:
    """The story on a stage that is set up. Raises Broken."""
    settings = load_settings(stage.places.till(GARE))
    with open_counter(stage.places.till(KIRCHBERG), clock) as other:
        other.sync()
        cast = find_cast(other)
        write_sheet(stage.places.cards, other.cards())
        with open_till(settings, clock) as till:
            runner = make_runner(till, settings)
            try:
                with open_hands(till, runner, settings) as hands:
                    Story(hands, other, cast, stage.network, report, stage.places.out).tell()
            finally:
                runner.stop()


@contextmanager
def engine_hands(till: Till, runner: Runner, settings: Settings) -> Iterator[Hands]:
    """A cashier without a window."""
    runner.start()
    yield EngineHands(till, runner, settings)


def _audit(stage: Stage, report: Report) -> None:
    with report.step("The audit") as step:
        holds, step.told = stage.server.audit()
        step.expect("Everything that must always hold, holds on the server", True, holds)


@contextmanager
def _time_limit() -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        raise TimeUp(f"the demo was not done within {TIME_LIMIT_S} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(TIME_LIMIT_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
