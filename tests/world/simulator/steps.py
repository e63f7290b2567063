"""Steps: what a run is made of. A step says everything that is decided about it, so that a list of steps is a run.

The three picks mean what the verb makes of them, most often the n-th of what is there. Any list of steps can be run:
where nothing is there to be picked, nothing happens. So steps can be taken out of a run, and it is still one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        number: its place in the run as it was decided; what is random in it hangs on this, not on the steps before.
        after_s: how much time passes first.
        till: which till.
    """

    number: int
    after_s: int
    till: int
    verb: str
    a: int = 0
    b: int = 0
    c: int = 0

    def __str__(self) -> str:
        """As Python, to be run again."""
        return f"Step({self.number}, {self.after_s}, {self.till}, {self.verb!r}, {self.a}, {self.b}, {self.c})"


def script(steps: list[Step], told: dict[int, str]) -> str:
    """The steps with what came of each, for people."""
    return "\n".join(f"    {step!s:<64} # {told.get(step.number, 'not reached')}" for step in steps)
