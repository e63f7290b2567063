"""Planted bugs: each takes one guard out of the product. A simulator that finds nothing then proves nothing."""

from collections.abc import Callable
from typing import Final

import pytest

from common.rules.asks import Kind
from common.rules.case import Case
from common.rules.cooldown import cooled_down
from common.rules.judge import RULES_OF
from common.rules.refusals import RefusalCode, Refused

Plant = Callable[[pytest.MonkeyPatch], None]


def _no_second_neighbour(patch: pytest.MonkeyPatch) -> None:
    """The cooldown looks back, and no longer ahead."""

    def looks_back(case: Case) -> Refused | None:
        nearest = case.terms.cooldown - case.tolerance
        earlier = [one for one in case.standing.live_stamps if one.at <= case.at and case.at - one.at < nearest]
        return Refused(RefusalCode.COOLDOWN) if earlier else None

    rules = tuple(looks_back if rule is cooled_down else rule for rule in RULES_OF[Kind.STAMP])
    patch.setitem(RULES_OF, Kind.STAMP, rules)


def _no_idempotency(patch: pytest.MonkeyPatch) -> None:
    """The server no longer looks for keys that it knows."""
    patch.setattr("server.sync.known.read_known", lambda *_: {})


def _settles_at_once(patch: pytest.MonkeyPatch) -> None:
    """A till closes an operation with its verdict, whether the synced rows show its effect or not."""

    def settle(connection: object) -> None:
        connection.execute("UPDATE operations SET open = 0 WHERE state = 'accepted'")  # type: ignore[attr-defined]  # a book's

    patch.setattr("desktop.store.operations.settle", settle)
    patch.setattr("desktop.store.synced.settle", settle)


def _forgets_to_wait(patch: pytest.MonkeyPatch) -> None:
    """What would be refused behind a parked operation is refused at once."""
    patch.setattr("server.sync.reconcile._WAITS_BEHIND_PARKED", frozenset())


def _commits_late(patch: pytest.MonkeyPatch) -> None:
    """A till says "done" of what it has not written: the operation is dropped on its way into the queue."""
    patch.setattr("desktop.store.operations.append", lambda *_: None)


PLANTED: Final[dict[str, tuple[Plant, str]]] = {
    "the second neighbour": (_no_second_neighbour, "an earlier stamp arrives late"),
    "the idempotency lookup": (_no_idempotency, "answer_lost"),
    "open until its version": (_settles_at_once, "the verdict comes before the rows"),
    "waiting behind what is parked": (_forgets_to_wait, "behind what is parked"),
    "recorded before it is said": (_commits_late, "two tills stamp one card"),
}
"""By the name of the guard: how it is taken out, and the directed run that finds it."""
