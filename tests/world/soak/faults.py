"""What goes wrong, by name: each is done at once, and most pass by themselves or with the next."""

import random
import threading
from collections.abc import Callable
from typing import Final

from tests.helpers.postgres import kill_postmaster, postmaster_of
from tests.world.soak.line import Weather
from tests.world.soak.place import Place
from tests.world.soak.till import SoakedTill

Fault = Callable[[Place, random.Random], bool]
"""Returns whether it came about."""

_PATIENCE_S: Final = 2.0
_LOOK_AGAIN_S: Final = 0.02


def kill_till(place: Place, chance: random.Random) -> bool:
    till = chance.choice(place.tills)
    if place.small_disk is not None and place.small_disk.folder == till.folder:
        # A till that finds no room at all does not even open; that one has its own test.
        place.small_disk.make_room()
    till.kill()
    till.start()
    return True


def kill_worker(place: Place, chance: random.Random) -> bool:
    return place.workers.kill_one(chance)


def kill_postgres(place: Place, _chance: random.Random) -> bool:
    if postmaster_of(place.data_dir) is None:
        return False
    kill_postmaster(place.data_dir)
    return True


def stop_postgres(place: Place, _chance: random.Random) -> bool:
    place.postgres.stop()
    return True


def fill_disk(place: Place, chance: random.Random) -> bool:
    """By SQLite's own bound."""
    till = chance.choice(place.tills)
    till.tell("fill")
    return _found_full(place, till)


def fill_small_disk(place: Place, _chance: random.Random) -> bool:
    """By a file that takes all the room there is, to the last byte."""
    assert place.small_disk is not None
    place.small_disk.fill()
    return _found_full(place, next(till for till in place.tills if till.folder == place.small_disk.folder))


def _found_full(place: Place, till: SoakedTill) -> bool:
    before = till.found_full
    till.tell("burst")
    found = _comes_about(lambda: till.found_full > before)
    if not found:
        _make_room(place, till)
    return found


def _make_room(place: Place, till: SoakedTill) -> None:
    if place.small_disk is not None and place.small_disk.folder == till.folder:
        place.small_disk.make_room()
    till.tell("make-room")


def weather(kind: Weather) -> Fault:
    def turn(place: Place, chance: random.Random) -> bool:
        till = chance.choice(place.tills)
        before = till.line.met[kind]
        till.line.turn(kind)
        till.tell("hurry")
        return _comes_about(lambda: till.line.met[kind] > before)

    return turn


def _comes_about(happened: Callable[[], bool]) -> bool:
    """Waits for a while; a till that starts, or a server that is down, may take longer, and then it is no matter."""
    for _ in range(int(_PATIENCE_S / _LOOK_AGAIN_S)):
        if happened():
            return True
        threading.Event().wait(_LOOK_AGAIN_S)
    return False


FAULTS: Final[dict[str, Fault]] = {
    "till killed": kill_till,
    "server worker killed": kill_worker,
    "PostgreSQL killed": kill_postgres,
    "PostgreSQL stopped": stop_postgres,
    "disk full": fill_disk,
} | {kind.value: weather(kind) for kind in Weather if kind is not Weather.CLEAR}


SMALL_DISK_FULL: Final = "small disk full"


def faults_of(place: Place) -> dict[str, Fault]:
    """What can go wrong here."""
    return FAULTS if place.small_disk is None else FAULTS | {SMALL_DISK_FULL: fill_small_disk}


def relieve(place: Place, chance: random.Random) -> None:
    """A little of what was done passes, so that much goes on beside it: the database, a disk, a line."""
    if place.postgres.ensure_running() is False:
        place.postgres.start()
    till = chance.choice(place.tills)
    _make_room(place, till)
    till.line.turn(Weather.CLEAR)
    till.tell("hurry")


def heal(place: Place) -> None:
    """All of it passes."""
    place.postgres.start()
    place.postgres.ensure_running()
    for till in place.tills:
        _make_room(place, till)
        till.line.turn(Weather.CLEAR)
    place.workers.wait_until_ready()
