"""What the merchant decides while tills are offline."""

import random
from typing import Final

from tests.world.simulator.setting import changed_terms
from tests.world.simulator.steps import Step
from tests.world.simulator.world.shop import PEOPLE, Person, revoke
from tests.world.simulator.world.world import World


class TermsChange:
    """The next version of the terms."""

    name = "terms_change"
    weight = 3

    def strike(self, world: World, step: Step) -> str:
        terms = changed_terms(random.Random(f"terms {world.setting.seed} {step.number}"))
        world.shop.terms = {"timezone": world.setting.terms.get("timezone", "UTC")} | terms
        _apply(world, self.name)
        return f"target {terms['stamps_target']}, cooldown {terms['cooldown_minutes']}, PIN {terms['pin_policy']}"


class StaffDismissed:
    """Somebody is left out of the shop file, or comes back."""

    name = "staff_dismissed"
    weight = 3

    def strike(self, world: World, step: Step) -> str:
        person = PEOPLE[1 + step.a % (len(PEOPLE) - 1)]
        here = [one for one in world.shop.people if one.name == person.name]
        if here:
            world.shop.people = [one for one in world.shop.people if one.name != person.name]
        else:
            world.shop.people = [*world.shop.people, person]
        _apply(world, self.name if here else "staff_comes_back")
        return f"{person.name} {'goes' if here else 'comes back'}"


class RoleChanges:
    """A manager becomes a cashier, or the other way round: one row ends and another begins."""

    name = "staff_role_changes"
    weight = 1

    def strike(self, world: World, step: Step) -> str:
        place = step.a % len(world.shop.people)
        person = world.shop.people[place]
        if person.name == "Ana":
            return "Ana stays the manager"
        world.shop.people[place] = Person(person.name, person.pin, not person.manager, person.store)
        _apply(world, self.name)
        return f"{person.name} is {'a cashier' if person.manager else 'a manager'} now"


class ProgramClosed:
    """The program is closed, or opened again; more often the latter."""

    name = "program_closed"
    weight = 2

    def strike(self, world: World, step: Step) -> str:
        if not world.shop.closed and step.a % 3:
            return "it is open"
        world.shop.closed = not world.shop.closed
        _apply(world, self.name if world.shop.closed else "program_reopened")
        return "closed" if world.shop.closed else "open again"


class TillRevoked:
    """A till's right to judge is taken away; what it has is handed in and parked."""

    name = "till_revoked"
    weight = 1

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        revoke(world.server.office, world.timeline, till.store, till.name)
        world.observer.look_at_the_shop()
        world.happened(self.name)
        return f"{till.name} is revoked"


class TillEnrolledAgain:
    """A till is given a new code: a new token, a new epoch, the same book."""

    name = "till_enrolled_again"
    weight = 2

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        with till.at_work():
            done = world.enrol(till)
        if done:
            world.happened(self.name)
        return "enrolled again" if done else "the code's answer was lost"


def _apply(world: World, name: str) -> None:
    world.shop.apply(world.server.office, world.timeline)
    world.observer.look()
    world.observer.look_at_the_shop()
    world.happened(name)


MERCHANT: Final = (
    TermsChange(),
    StaffDismissed(),
    RoleChanges(),
    ProgramClosed(),
    TillRevoked(),
    TillEnrolledAgain(),
)
