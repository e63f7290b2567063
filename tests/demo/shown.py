"""The demo with a display: the till's own program in a window, for a person to play with."""

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Final

from common.card_code import format_number
from common.clock import Clock
from desktop.secrets import PLACE_VARIABLE
from desktop.store.cards import CardView
from desktop.store.identity import SecretsPlace
from tests.demo.counter import open_counter
from tests.demo.places import Places
from tests.demo.sheet import write_sheet
from tests.demo.shop import GARE, MANAGER, PEOPLE, STORES, TARGET, Person
from tests.demo.stage import Stage, set_up
from tests.demo.weeks.plan import WEEKS

_STOP_S: Final = 20
_WATCH_S: Final = 0.5


def run_shown(places: Places, clock: Clock, *, reset: bool) -> int:
    """Until the window is closed; its exit status. Raises what `set_up` raises."""
    with set_up(places, clock, reset=reset) as stage:
        with open_counter(places.till(GARE), clock) as counter:
            counter.sync()
            cards = counter.cards()
        write_sheet(places.cards, cards)
        print(_welcome(stage, cards))
        window = subprocess.Popen(
            [sys.executable, "-m", "tests.demo.hub.tied", str(os.getpid()), "desktop", "--data-dir", places.till(GARE)],
            env=os.environ | {PLACE_VARIABLE: SecretsPlace.FILE.value},
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for us: we close the window, and then what it talks to.
            start_new_session=True,
        )
        try:
            status = _watch(window, stage)
        finally:
            _close(window)
    print("Stopped: window, server and database.")
    return status


def _watch(window: "subprocess.Popen[bytes]", stage: Stage) -> int:
    """Wait for the window's end; meanwhile Enter cuts the network and mends it."""
    listening, cut = sys.stdin.isatty(), False
    while True:
        try:
            return window.wait(0 if listening else None)
        except subprocess.TimeoutExpired:
            pass
        if not select.select([sys.stdin], [], [], _WATCH_S)[0]:
            continue
        if not sys.stdin.readline():
            listening = False
            continue
        cut = not cut
        if cut:
            stage.network.cut()
            print("The network is cut. Go on stamping; Enter brings it back.")
        else:
            stage.network.mend()
            print("The network is back. Enter cuts it again.")


def _close(window: "subprocess.Popen[bytes]") -> None:
    if window.poll() is None:
        window.terminate()
        try:
            window.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            window.kill()
            window.wait()


def _welcome(stage: Stage, cards: list[CardView]) -> str:
    tally, places = stage.tally, stage.places
    lines = [
        ("Shop", f"Roast & Co: {len(cards)} cards; {tally.get('stamps', 0)} stamps in the first {WEEKS} weeks"),
        ("Server", f"{stage.server.url}   (its log: {_short(places.server_log)})"),
        ("This till", f"{STORES[GARE]}, its data in {_short(places.till(GARE))}"),
        ("Staff, PIN", ", ".join(_person(person) for person in PEOPLE if person.works_in(GARE))),
        *(("Cards" if not place else "", _card(card)) for place, card in enumerate(_some(cards))),
        ("QR codes", f"{_short(places.cards)}   (open it in a browser; scan it, or type a number)"),
    ]
    width = max(len(name) for name, _ in lines) + 3
    table = "\n".join(f"  {name:<{width}}{value}" for name, value in lines)
    enter = "Press Enter here to cut the network, and again to bring it back. " if sys.stdin.isatty() else ""
    return f"\nTillstamp demo\n\n{table}\n\n{enter}Close the window or press Ctrl-C to stop everything.\n"


def _person(person: Person) -> str:
    return f"{person.name} {person.pin}{' (manager)' if person is MANAGER else ''}"


def _card(card: CardView) -> str:
    state = "full" if card.balance >= TARGET else f"{card.balance} of {TARGET}"
    return f"{format_number(card.number)}   {card.known.name}, {state}"


def _some(cards: list[CardView]) -> list[CardView]:
    """A few that show something: full ones, one that is almost full, others."""
    by_balance = sorted(cards, key=lambda card: -card.balance)
    full = [card for card in by_balance if card.balance >= TARGET][:2]
    nearly = [card for card in by_balance if card.balance == TARGET - 1][:2]
    others = [card for card in by_balance if card.balance < TARGET - 1][:2]
    return full + nearly + others


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
