"""Sets the demo up: its data (made, or kept from the last run), its network, its server. And takes it down again."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from common.clock import Clock
from desktop.store import identity
from server.store.embedded import EmbeddedPostgres
from tests.demo.counter import open_counter
from tests.demo.hub.network import Network
from tests.demo.hub.server_process import Server, running_server
from tests.demo.places import Places
from tests.demo.shop import SLUG, STORES, TILL_NAME
from tests.demo.weeks.seeding import seed

EDITION: Final = 1
"""Raised when the demo's data must be made anew; older data is then no longer used."""


class AlreadyRunning(Exception):
    """Another demo uses the same folder."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A demo that runs. `tally`: what happened in its weeks of history."""

    places: Places
    network: Network
    server: Server
    tally: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    ports: dict[str, int]
    tally: dict[str, int]


@contextmanager
def set_up(places: Places, clock: Clock, *, reset: bool) -> Iterator[Stage]:
    """The demo for the time of the block; whatever ends the block, server and database are stopped.

    Raises AlreadyRunning, ServerTrouble, and the KnownTrouble of both sides.
    """
    places.data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_alone(places))
        kept = None if reset else _read_kept(places)
        if kept is None:
            _erase(places)
        network = stack.enter_context(Network({} if kept is None else kept.ports))
        if kept is None:
            print("Making the demo shop: two stores, 40 cards and four weeks of history (some 20 seconds, once) ...")
            kept = _Kept(network.ports, seed(places, network, clock))
            _write_kept(places, kept)
            print(f"  {', '.join(f'{count} {what}' for what, count in kept.tally.items())}.")
        server = stack.enter_context(running_server(places))
        network.lead_to(server.url)
        _follow_ports(places, network, server, clock)
        _write_kept(places, _Kept(network.ports, kept.tally))
        yield Stage(places, network, server, kept.tally)


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    with (places.data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield


def _read_kept(places: Places) -> _Kept | None:
    """What the last run left; None where nothing whole and usable is there."""
    try:
        values = json.loads(places.kept.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return _Kept(values["ports"], values["tally"]) if values.get("edition") == EDITION else None


def _write_kept(places: Places, kept: _Kept) -> None:
    values = {"edition": EDITION, "ports": kept.ports, "tally": kept.tally}
    unfinished = places.kept.with_suffix(".part")
    unfinished.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(places.kept)


def _erase(places: Places) -> None:
    """Remove what a demo makes, and nothing else that may lie in the folder."""
    places.kept.unlink(missing_ok=True)
    if places.server.exists():
        # The database may live elsewhere, and another user's may still run from an interrupted run.
        EmbeddedPostgres(places.server).erase()
        shutil.rmtree(places.server)
    for store in STORES:
        shutil.rmtree(places.till(store), ignore_errors=True)
    for file in (places.cards, places.server_log):
        file.unlink(missing_ok=True)


def _follow_ports(places: Places, network: Network, server: Server, clock: Clock) -> None:
    """Where somebody took a port since the last run, that store's till is enrolled again at the new address."""
    for store in STORES:
        with open_counter(places.till(store), clock) as counter:
            with counter.till.book.read() as connection:
                known = identity.load(connection).server_url
            url = network.relays[store].url
            if known != url:
                code = server.ask("enrol-code", "--merchant", SLUG, "--store", store, "--till", TILL_NAME)["code"]
                counter.enrol(url, code)
                counter.sync()
