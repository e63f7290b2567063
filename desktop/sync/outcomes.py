"""What a step of the exchange brought when it did not fail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push that the server answered.

    Attributes:
        sent: operations in the batch.
        news: something about the queue changed: verdicts came, or it is numbered anew.
        more: operations still wait.
    """

    sent: int
    news: bool
    more: bool


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page that was applied. `more`: the next is there already."""

    more: bool


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A full exchange: how many operations were sent, and how many pages came."""

    sent: int
    pages: int
