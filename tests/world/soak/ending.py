"""When everything has healed: what was promised is there once, and every book says what the server says."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from tests.helpers.postgres import ask
from tests.world.accounts import agree, keys_of_book, outcomes_of_server
from tests.world.soak.place import Place
from tests.world.soak.till import SoakedTill

_ROUNDS_MAX: Final = 3
"""Of deciding what was parked, and draining again: what waited behind it comes with it."""


@dataclass(slots=True)
class Balance:
    """What the end showed. Lost or doubled acts are named by their keys."""

    promised: int = 0
    recorded: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    parked: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.undecided or self.disagreements)


def come_to_rest(place: Place) -> int:
    """No more acts; every queue drains, and what was parked is tried again. How many were parked.

    Fails when a queue does not drain.
    """
    rest(place.tills)
    parked: set[str] = set()
    for _ in range(_ROUNDS_MAX):
        drain(place.tills)
        found = [json.dumps(one, sort_keys=True) for one in _parked(place, "list")["parked"]]
        if not found:
            break
        parked.update(found)
        _parked(place, "retry", "--all")
    for till in place.tills:
        till.kill()
    return len(parked)


def rest(tills: list[SoakedTill]) -> None:
    """Returns when nobody acts any more."""
    for till in tills:
        till.tell("rest")
    for till in tills:
        till.wait_for("resting")


def drain(tills: list[SoakedTill]) -> None:
    """Returns when all is sent, and everybody has heard of it. Fails when that does not come about."""
    # Twice: what one till sent last, the other must have fetched.
    for _ in range(2):
        for till in tills:
            till.tell("drain")
        for till in tills:
            assert till.wait_for("drained"), f"{till.name} does not drain: {till.log()}"


def _parked(place: Place, *words: str) -> dict[str, Any]:
    return place.command("parked", *words, "--merchant", "roast", "--json").json


def draw_up(place: Place, parked: int) -> Balance:
    """Read the books, which nobody holds any more, and the server's tables."""
    balance = Balance(parked=parked)
    outcomes = outcomes_of_server(place.database_url)
    for till in place.tills:
        recorded = keys_of_book(till.book)
        balance.promised += len(till.promised)
        balance.recorded += len(recorded)
        in_book = set(recorded)
        balance.lost += [key for key in till.promised if key not in in_book or key not in outcomes]
        balance.lost += [key for key in recorded if key not in outcomes]
        try:
            agree(till.book, place.database_url)
        except AssertionError as difference:
            balance.disagreements.append(f"{till.name} and the server: {str(difference)[:2_000]}")
    for key, came in outcomes.items():
        if len(came) > 1:
            balance.doubled.append(key)
        elif came[0] not in ("accepted", "rejected"):
            balance.undecided.append(key)
    changed = [key for key, came in place.settled.items() if outcomes.get(key) != came]
    if changed:
        balance.disagreements.append(f"the outcome changed of {changed[:20]}")
    rejected = "SELECT code, count(*) FROM verdicts WHERE outcome = 'rejected' GROUP BY code"
    balance.rejected.update(dict(ask(place.database_url, rejected)))
    audited = place.command("audit")
    if audited.status != 0:
        balance.disagreements.append(f"the audit: {audited.out}{audited.err}")
    return balance
