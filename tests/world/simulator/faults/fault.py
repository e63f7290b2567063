"""What a fault is: a name, and the moment at which it strikes."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.world.simulator.steps import Step
    from tests.world.simulator.world.world import World


class Fault(Protocol):
    """One thing that goes wrong. To add one: a class in the file of its subject, and a line in `FAULTS`.

    Attributes:
        name: by which it is a verb, and counted.
        weight: how often it is decided, beside the others.
    """

    name: str
    weight: int

    def strike(self, world: "World", step: "Step") -> str:
        """Do it, or have it wait for what it goes wrong with; say which. Count it where it surely happened."""
        ...
