"""Directed runs: for each fault one that surely meets it, and a few for what random days hardly come to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from tests.world.simulator.faults import FAULTS
from tests.world.simulator.setting import Setting
from tests.world.simulator.steps import Step

_PLAIN: Final[dict[str, Any]] = {
    "timezone": "Europe/Luxembourg",
    "stamps_target": 2,
    "cooldown_minutes": 15,
    "daily_limit": 3,
    "visit_limit": 1,
    "void_days_max": 1,
    "offline_redemption": "provisional",
}
_ANA: Final = 1
"""The pick of a manager with a manager's word."""

Script = list[tuple[Any, ...]]
"""Of each step: the seconds before it, the till, the verb, and its picks."""

_OPENING: Final[Script] = [
    (0, 0, "stamp", 0, _ANA),
    (0, 0, "stamp", 1, _ANA),
    (0, 0, "stamp", 0, _ANA),
    (0, 0, "stamp", 1, _ANA),
    (0, 0, "sync"),
    (0, 1, "sync"),
    (0, 2, "sync"),
]
_AFTERWARDS: Final[Script] = [
    (1_000, 0, "stamp", 0, _ANA),
    (1, 0, "push"),
    (1, 1, "stamp", 0, _ANA),
    (1, 0, "pull"),
    (1, 0, "stamp", 1, _ANA),
    (1, 0, "sync"),
    (1, 1, "sync"),
    (900, 0, "stamp", 1, _ANA),
    (1, 0, "arrive"),
    (1, 0, "sync"),
]
_AGAIN: Final[Script] = [(1, 0, "image_taken"), *_AFTERWARDS]

# Codes that ask for a shop of their own, or for two tills that do not know of each other.
SCRIPTS: Final[dict[str, tuple[dict[str, Any], Script]]] = {
    "two tills stamp one card": (
        {},
        [(1_000, 0, "stamp", 0, _ANA), (5, 1, "stamp", 0, _ANA), (0, 0, "sync"), (0, 1, "sync")],
    ),
    "the server forgets an epoch": (
        {"daily_limit": 9},
        [
            (1, 0, "backup_taken"),
            (1, 0, "image_taken"),
            (1_000, 0, "stamp", 0, _ANA),
            (0, 0, "sync"),
            (0, 0, "book_restored_from_an_image"),
            (1_000, 0, "stamp", 1, _ANA),
            (0, 0, "sync"),
            (5, 0, "standby_that_lagged_takes_over"),
            (5, 0, "sync"),
        ],
    ),
    "a backup is restored": (
        {"daily_limit": 9},
        [
            (1, 0, "backup_taken"),
            (1_000, 0, "stamp", 0, _ANA),
            (0, 0, "sync"),
            (5, 0, "server_restored_from_a_backup"),
            (5, 0, "stamp", 1, _ANA),
            (0, 0, "sync"),
            (0, 0, "manager_ends_the_recovery"),
        ],
    ),
    "the verdict comes before the rows": (
        {},
        [(1_000, 0, "stamp", 0, _ANA), (0, 0, "push"), (0, 0, "stamp", 1, _ANA), (0, 0, "pull")],
    ),
    "an earlier stamp arrives late": (
        {},
        [(1_000, 1, "stamp", 0, _ANA), (300, 0, "stamp", 0, _ANA), (0, 0, "sync"), (0, 1, "sync")],
    ),
    "two tills redeem one card": (
        {},
        [
            (1_000, 0, "stamp", 0, _ANA),
            (0, 0, "sync"),
            (0, 1, "sync"),
            (0, 0, "redeem", 0, _ANA),
            (0, 1, "redeem", 0, _ANA),
            (5, 1, "void", 0, _ANA, 0),
            (0, 0, "sync"),
            (0, 1, "sync"),
        ],
    ),
    "two tills begin one card": (
        {},
        [
            (0, 0, "stamp", 3, _ANA),
            (0, 1, "stamp", 3, _ANA),
            (0, 0, "stamp", 2, _ANA),
            (0, 1, "stamp", 2, _ANA),
            (9, 1, "stamp", 3, _ANA),
            (0, 0, "sync"),
            (0, 1, "sync"),
        ],
    ),
    "two tills bring one paper card over": (
        {},
        [(5, 0, "carry_over", 0, _ANA), (5, 1, "carry_over", 0, _ANA), (0, 0, "sync"), (0, 1, "sync")],
    ),
    "behind what is parked": ({}, [(5, 0, "stamp_of_long_ago", 0), (5, 0, "unknown_original", 0, 0, 3)]),
    "a cashier without a manager": (
        {},
        [(5, 0, "no_rule_was_asked", 0, kind, who) for kind in range(8) for who in (1, 5)],
    ),
    "what is named is not there": ({}, [(5, 0, "unknown_original", 0, 0, 3), (5, 0, "unknown_card", 0)]),
    "codes that are taken": ({}, [(5, 0, "no_rule_was_asked", 0, 5, 3), (5, 0, "no_rule_was_asked", 0, 5, 7)]),
    "too many stamps a day": ({}, [(1_000, 0, "no_rule_was_asked", 0, 0, 3) for _ in range(5)]),
    "two tills take one stamp back": (
        {},
        [(5, 0, "void", 0, _ANA, 1), (5, 1, "void", 0, _ANA, 1), (0, 0, "sync"), (0, 1, "sync")],
    ),
    "the card is blocked elsewhere": (
        {},
        [(5, 0, "block", 0, _ANA), (0, 0, "sync"), (1_000, 1, "stamp", 0, _ANA), (0, 1, "sync")],
    ),
    "the program is closed meanwhile": (
        {},
        [(5, 0, "program_closed", 0), (1_000, 1, "stamp", 0, _ANA), (0, 1, "sync"), (5, 0, "program_closed", 1)],
    ),
    "somebody is dismissed meanwhile": (
        {},
        [(5, 0, "staff_dismissed", 0), (1_000, 1, "stamp", 0, 2), (0, 1, "sync"), (5, 0, "staff_dismissed", 0)],
    ),
    "a points-only program": ({"stamps_enabled": False}, [(5, 0, "no_rule_was_asked", 0, 0, 3)]),
    "rewards stay in their store": ({"cross_store_redemption": False}, [(5, 0, "no_rule_was_asked", 0, 1, 3)]),
    "nothing is taken back": ({"allow_voids": False}, [(5, 0, "no_rule_was_asked", 0, 2, 3)]),
    "visits, days, papers": (
        {},
        [
            (5, 0, "no_rule_was_asked", 0, 0, 7),
            (5, 0, "no_rule_was_asked", 0, 3, 3),
            (5, 0, "no_rule_was_asked", 0, 3, 3),
            (5, 0, "no_rule_was_asked", 0, 4, 0),
            (5, 0, "no_rule_was_asked", 0, 4, 3),
            (5, 0, "no_rule_was_asked", 0, 4, 7),
        ],
    ),
    "a void too late": ({"void_days_max": 0}, [(100, 0, "void_of_the_oldest")]),
}


def directed_runs() -> Iterator[tuple[str, Setting, list[Step]]]:
    """Each with what it is about. They have seeds below 0, and are decided by no seed."""
    place = 0
    for place, name in enumerate(FAULTS, start=1):
        fault = [(1, 0, name, 0, 0), (1, 0, "stamp", 1, _ANA), (1, 0, name, 1, 1)]
        yield name, Setting(-place, terms=_PLAIN), _steps([*_OPENING, *_AGAIN, *fault, *_AFTERWARDS, *_AFTERWARDS])
    spring = Setting(-1_000, begins=datetime(2026, 3, 28, 15, 0, tzinfo=UTC), terms=_PLAIN)
    yield "the night of the clocks", spring, _steps([*_OPENING, (5, 0, "night_passes", 1), *_AFTERWARDS])
    for further, (name, (terms, script)) in enumerate(SCRIPTS.items(), start=place + 1):
        yield name, Setting(-further, terms=_PLAIN | terms), _steps([*_OPENING, *script])


def _steps(script: Script) -> list[Step]:
    return [Step(number, *decided) for number, decided in enumerate(script)]
