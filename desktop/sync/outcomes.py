"""What a step of the exchange brought when it did not fail."""

from dataclasses import dataclass

from desktop.store.identity import SecretsPlace


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push that the server answered.

    Attributes:
        sent: operations in the batch.
        news: something about the queue changed: verdicts came, or it is numbered anew.
        more: operations still wait.
        till_version: the program that the server wants tills to have; None where it does not say.
    """

    sent: int
    news: bool
    more: bool
    till_version: str | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page that was applied. `more`: the next is there already. `met`: it came from another life of the server."""

    more: bool
    met: bool = False


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A full exchange: how many operations were sent, and how many pages came."""

    sent: int
    pages: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The till is enrolled. `again`: it was before, and its queue is kept."""

    till_name: str
    store_name: str
    merchant_name: str
    secrets_place: SecretsPlace
    again: bool


@dataclass(frozen=True, slots=True)
class OtherMerchant:
    """The code is another merchant's than the book, whose queue must not end there. Nothing was changed here."""

    book_merchant: str
    code_merchant: str
