"""Operations that no till of ours would record: of another make, of another age, broken, or without any rule asked."""

from collections.abc import Callable
from typing import Any, Final

from common.card_code import make_number, make_token
from common.entropy import new_uuid, random_bytes
from tests.world.simulator.steps import Step
from tests.world.simulator.world.stranger import Said, Stranger
from tests.world.simulator.world.world import World

Make = Callable[[World, Stranger, Step], Said]

_KINDS: Final = ("stamp", "redeem", "void", "void_count", "carry_over", "replace", "unblock", "enrol")


class Odd:
    """One sort of such an operation, sent and answered."""

    weight = 1

    def __init__(self, name: str, make: Make, weight: int = 1) -> None:
        self.name = name
        self.weight = weight
        self._make = make

    def strike(self, world: World, step: Step) -> str:
        stranger = world.stranger()
        said = stranger.push(self._make(world, stranger, step))
        world.happened(self.name)
        return said


def _card(world: World, step: Step) -> str:
    cards = sorted(world.observer.seen.reference.cards)
    return cards[step.a % len(cards)] if cards else _fresh(world)


def _people(world: World, step: Step) -> dict[str, str]:
    staff = world.observer.shop.staff
    ids = sorted(staff)
    managers = [one for one in ids if staff[one].manager and staff[one].inactive_since is None]
    cashiers = [one for one in ids if not staff[one].manager] or ids
    return {
        0: {},
        1: {"staff_id": cashiers[step.c // 4 % len(cashiers)]},
        2: {"staff_id": ids[step.c % len(ids)], "approved_by": managers[0]},
        3: {"staff_id": managers[0]},
    }[step.c % 4]


def _on_card(world: World, step: Step) -> dict[str, str]:
    return {"card_id": _card(world, step)} | _people(world, step)


def _fresh(world: World) -> str:
    """An id that nobody has."""
    return str(new_uuid(world.timeline.now()))


def _careless(world: World, stranger: Stranger, step: Step) -> Said:
    """Whatever the cashier pressed, without asking any rule."""
    kind = _KINDS[step.b % len(_KINDS)]
    said: dict[str, Any] = {"card_id": _card(world, step), "terms_version": max(world.observer.shop.terms)}
    said |= _people(world, step)
    keys = sorted(world.observer.seen.reference.events)
    if kind == "void":
        said["original"] = keys[step.c % len(keys)] if keys else _fresh(world)
    elif kind in ("void_count", "stamp", "carry_over"):
        said["count"] = 1 + step.c // 4 % 4
    elif kind in ("replace", "enrol"):
        fresh = make_token(random_bytes(17)), make_number(8_000, step.number)
        codes = sorted(code for code in world.observer.seen.reference.codes if code.startswith("TS1"))
        token = codes[step.c % len(codes)] if codes and step.c % 2 else fresh[0]
        said |= {"token": token, "number": fresh[1]}
        if kind == "enrol" and step.c % 3:
            said["card_id"] = _fresh(world)
    return stranger.operation(kind.removesuffix("_count"), **said)


def _voided_late(world: World, stranger: Stranger, step: Step) -> Said:
    """The oldest stamp of all is voided, by a manager."""
    events = world.observer.seen.reference.events
    oldest = min(events, key=lambda key: (events[key].at, key), default=None)
    card = events[oldest].card if oldest else _card(world, step)
    people = _people(world, Step(0, 0, 0, "", c=3))
    return stranger.operation("void", card_id=card, original=oldest or _fresh(world), **people)


def _of_old_terms(world: World, stranger: Stranger, step: Step) -> Said:
    """A stamp under the first terms there were."""
    return stranger.operation("stamp", **_on_card(world, step), count=1, terms_version=1)


def _of_long_ago(world: World, stranger: Stranger, step: Step) -> Said:
    said = stranger.operation("stamp", card_id=_card(world, step), count=1)
    return said | {"occurred_at": "2020-02-29T12:00:00.000000Z", "boot_id": "a boot that nobody heard of"}


def _reused(world: World, stranger: Stranger, step: Step) -> Said:
    said = stranger.operation("stamp", card_id=_card(world, step), count=1)
    keys = sorted(world.observer.seen.verdicts)
    return said | {"key": keys[step.b % len(keys)]} if keys else said


STRANGERS: Final = (
    Odd("no_rule_was_asked", _careless, weight=12),
    Odd("void_of_the_oldest", _voided_late),
    Odd("stamp_of_old_terms", _of_old_terms),
    Odd("stamp_of_long_ago", _of_long_ago),
    Odd("key_used_twice", _reused),
    Odd("terms_of_the_future", lambda w, s, p: s.operation("stamp", **_on_card(w, p), terms_version=99_999, count=1)),
    Odd("unknown_kind", lambda w, s, p: s.operation("teleport", **_on_card(w, p))),
    Odd("no_key", lambda w, s, p: s.operation("stamp", **_on_card(w, p)) | {"key": "none"}),
    Odd("broken_field", lambda w, s, p: s.operation("stamp", **_on_card(w, p), count="many")),
    Odd("void_of_both", lambda w, s, p: s.operation("void", **_on_card(w, p), count=1, original=_fresh(w))),
    Odd("unknown_card", lambda w, s, _: s.operation("stamp", card_id=_fresh(w), count=1)),
    Odd("unknown_original", lambda w, s, p: s.operation("void", **_on_card(w, p), original=_fresh(w))),
)
