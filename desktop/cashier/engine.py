"""The till: what every act needs, in one value that `main` builds once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from common.clock import Clock
from common.ids import StaffId
from desktop.secrets import TillSecrets
from desktop.store.book import Book
from desktop.store.knowledge import Knowledge


def _nobody_listens() -> None:
    """The default of `Till.on_recorded`: a till without a sync runner, such as a command that only stamps."""


@dataclass(slots=True)
class Till:
    """An open till.

    Attributes:
        secrets: None until they are loaded, or while the keyring is out of reach; without them no PIN can be checked.
        secrets_lock: held by whoever replaces them where they are kept, and here.
        on_recorded: called after each commit that recorded an operation, on the thread that did; wakes the runner.
        knowledge: terms, staff and the rest of what changes rarely, as of `pages_applied`; acts keep it fresh.
    """

    book: Book
    clock: Clock
    secrets: TillSecrets | None = None
    secrets_lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    on_recorded: Callable[[], None] = _nobody_listens
    knowledge: Knowledge | None = field(default=None, repr=False)

    @property
    def timezone(self) -> str | None:
        """The shop's zone as the last act knew it; None before the first."""
        return None if self.knowledge is None else self.knowledge.terms.timezone


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for an act: who signed in, and the manager who entered a PIN for it, if one did."""

    staff_id: StaffId | None = None
    approved_by: StaffId | None = None


NOBODY = By()
"""Where the PIN policy lets everybody work unnamed."""
