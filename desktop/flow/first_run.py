"""The first run, decided: from a computer to a till of a shop, one question after the other.

A `FirstRun` is a value; every answer makes the next one. So Back works at every step and forgets nothing, a changed
language may build the window anew in the middle, and a till that dies goes on where its book says it is: the enrolment
is one transaction, and a book without a snapshot begins at SHOP.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """One page of the first run."""

    LANGUAGE = "language"
    SERVER = "server"
    SHOP = "shop"
    SCANNER = "scanner"
    SOUND = "sound"
    READY = "ready"


_FIRST: Final = tuple(Step)
_AGAIN: Final = (Step.SERVER, Step.SHOP)
"""A till that enrols again has its language, its scanner and its sounds."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a scan, or a line that was pasted, says of where to enrol; empty what it does not say."""

    address: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class FirstRun:
    """Where the first run stands.

    Attributes:
        again: the till was enrolled before and keeps its book and its queue.
        address, code: as they were typed or scanned.
        used: the address and the code that this till was enrolled with; to press on once more uses nothing up.
    """

    step: Step = Step.LANGUAGE
    again: bool = False
    address: str = ""
    code: str = ""
    used: tuple[str, str] | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them, in order."""
        return _AGAIN if self.again else _FIRST

    @property
    def place(self) -> int:
        """Which of them this is, from 1."""
        return self.steps.index(self.step) + 1

    @property
    def is_first(self) -> bool:
        """Whether there is nothing to go back to."""
        return self.step is self.steps[0]

    @property
    def is_last(self) -> bool:
        """Whether there is nothing left to ask."""
        return self.step is self.steps[-1]

    @property
    def is_enrolled(self) -> bool:
        """Whether the server took just what stands in the fields."""
        return self.used == (self.address, self.code)

    def back(self) -> "FirstRun":
        """One step back, with all that was said so far."""
        return self if self.is_first else replace(self, step=self.steps[self.place - 2])

    def forward(self) -> "FirstRun":
        """One step on; the last stays the last."""
        return self if self.is_last else replace(self, step=self.steps[self.place])

    def typed(self, address: str, code: str) -> "FirstRun":
        """The fields say this now. A line with both in one of them fills both."""
        for text in (address, code):
            both = read_invitation(text)
            if both.address and both.code:
                return replace(self, address=both.address, code=both.code)
        return replace(self, address=address.strip(), code=code.strip())

    def invited(self, invitation: Invitation) -> "FirstRun":
        """A scan brought the address, the code or both."""
        return replace(self, address=invitation.address or self.address, code=invitation.code or self.code)

    def enrolled(self) -> "FirstRun":
        """The server took it."""
        return replace(self, used=(self.address, self.code)).forward()


_BOTH: Final = re.compile(r"(https?://[^\s#]+)#([0-9A-Za-z-]{4,40})")
_ADDRESS: Final = re.compile(r"https?://[^\s#]+", re.IGNORECASE)
_CODE: Final = re.compile(r"[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}")


def read_invitation(text: str) -> Invitation:
    """`https://stamps.example.com/#K7QF-2M9D` is both; an address or a code alone is that; anything else nothing."""
    text = text.strip()
    both = _BOTH.fullmatch(text)
    if both is not None:
        return Invitation(both[1].rstrip("/"), both[2])
    if _ADDRESS.fullmatch(text):
        return Invitation(address=text)
    return Invitation(code=text) if _CODE.fullmatch(text) else Invitation()


def full_address(typed: str) -> str:
    """`stamps.example.com` is meant to be reached with https; what names its way is left as it is."""
    typed = typed.strip()
    return typed if not typed or "://" in typed else f"https://{typed}"


class Attempt:
    """One attempt to enrol, which somebody in front of the till may give up while it is under way.

    It then ends within a fraction of a second. What the server had taken by then stays taken.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._give_up: Callable[[], None] | None = None
        self._given_up = False

    def begin(self, give_up: Callable[[], None]) -> None:
        """It is under way, and ended by calling `give_up`, from whatever thread."""
        with self._lock:
            self._give_up = give_up
            given_up = self._given_up
        if given_up:
            give_up()

    def give_up(self) -> None:
        """End it, or see to it that it does not begin."""
        with self._lock:
            self._given_up = True
            give_up = self._give_up
        if give_up is not None:
            give_up()
