"""`python -m tests.demo`: what `./run` runs."""

import argparse
import importlib
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from common.clock import SystemClock
from desktop.present.sentences import trouble_sentence
from desktop.trouble import KnownTrouble
from server.trouble import KnownTrouble as ServerKnownTrouble
from tests.demo.display import Window, find_window
from tests.demo.hub.server_process import ServerTrouble
from tests.demo.places import Places
from tests.demo.scripted import OpenHands, TimeUp, engine_hands, run_scripted
from tests.demo.shown import run_shown
from tests.demo.stage import AlreadyRunning

_STOPPED = 130

_WITHOUT = {
    Window.OFFSCREEN: "It is the till's real window, drawn where nobody sees it.",
    Window.NONE: "Qt cannot start here, so it is the till's engine without its window, and there are no screenshots.",
}


class _Stopped(BaseException):
    """Somebody ended the demo. No error, and nothing that an `except Exception` on the way may catch."""


def main(arguments: list[str]) -> int:
    """The demo; its exit status."""
    places, reset = _read(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a name's accent shows a question mark, and the demo goes on.
        stream.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr]  # None only without a console
    try:
        with _stopping_on_signals():
            return _run(places, reset=reset)
    except _Stopped:
        print("\nStopped.")
        return _STOPPED
    except AlreadyRunning:
        print(f"Another demo is running on {places.data}. Stop it first, or take another folder with --data.")
    except KnownTrouble as trouble:
        print(trouble_sentence(trouble))
    except (ServerKnownTrouble, ServerTrouble, TimeUp) as trouble:
        print(trouble)
    return 1


def _run(places: Places, *, reset: bool) -> int:
    window, why = find_window()
    if window is Window.SHOWN:
        return run_shown(places, SystemClock(), reset=reset)
    print(why)
    open_hands: OpenHands = engine_hands
    if window is Window.OFFSCREEN:
        # Loads Qt, which a machine without its libraries cannot.
        open_hands = importlib.import_module("tests.demo.cashier.window_hands").window_hands
    return run_scripted(places, SystemClock(), open_hands, how=_WITHOUT[window], reset=reset)


def _read(arguments: list[str]) -> tuple[Places, bool]:
    parser = argparse.ArgumentParser(prog="./run", description="A Tillstamp demo: server, shop and till.")
    parser.add_argument("--reset", action="store_true", help="begin with new demo data")
    parser.add_argument("--data", type=Path, default=Path("demo-data"), metavar="DIR", help="where data is kept")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="where the report goes")
    options = parser.parse_args(arguments)
    return Places(options.data.absolute(), options.out.absolute()), options.reset


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal unwind what was begun, at whatever point. A second one changes nothing."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in handled:
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped

    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
