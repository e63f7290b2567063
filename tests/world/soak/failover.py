"""The first PostgreSQL is killed, and a standby that lagged takes its place: the tills bring back what it lacks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.helpers.postgres import kill_postmaster
from tests.world.accounts import outcomes_of_server
from tests.world.soak.ending import drain, rest
from tests.world.soak.place import Place
from tests.world.soak.standby import Standby

_ACTS: Final = 25
_LOOKS: Final = 60
"""Each takes a command's second."""


@contextmanager
def failed_over(place: Place) -> Iterator[int]:
    """For the block the standby is the database, and the tills are at work. Yields how many acts it did not have."""
    with Standby(place.database_url, place.data_dir) as standby:
        standby.cut_off()
        _work_on(place)
        # What is lost now is what the tills were told is settled.
        rest(place.tills)
        drain(place.tills)
        place.settled = outcomes_of_server(place.database_url)
        kill_postmaster(place.data_dir)
        standby.take_over()
        place.database_url = standby.url
        forgotten = place.settled.keys() - outcomes_of_server(place.database_url).keys()
        for till in place.tills:
            till.tell("work")
        _work_on(place)
        _wait_for_recovery(place)
        yield len(forgotten)


def _work_on(place: Place) -> None:
    """Returns when each till has done some more."""
    for till, before in [(till, len(till.promised)) for till in place.tills]:
        till.wait_for_promises(before + _ACTS)


def _wait_for_recovery(place: Place) -> None:
    """Returns when the server found out by itself, and every till has brought what it had. Fails otherwise."""
    found: list[dict[str, object]] = []
    for _ in range(_LOOKS):
        found = place.command("recovery", "status", "--json").json["recoveries"]
        if found and all(one["ended_at"] is not None for one in found):
            return
        for till in place.tills:
            till.tell("hurry")
    raise AssertionError(f"the recovery does not end: {found}")
