"""What the exchange is like just now, as one value for whoever shows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.store.identity import Enrolment
from desktop.sync.line.failures import Failure
from desktop.trouble import KnownTrouble


class Bug(StrEnum):
    """Trouble that is nobody's but ours; the log has its traceback."""

    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class SyncState:
    """The exchange after its last turn.

    Attributes:
        online: whether the last attempt reached the server; None before the first.
        offline_since: since when not, by the till's event time.
        enrolment: what the server last said of this till.
        last_contact_at: the server's time at the last answer.
        waiting, oldest_waiting_at, rejected, parked: of the queue; the last two only what nobody has acknowledged.
        pages_applied: changes whenever a synced row did: what is shown of a card may have changed.
        failure: what the last attempt failed of, None when it did not.
        till_version: the program that the server wants tills to have; None where it does not say.
        trouble: what keeps the book from being read or written, or a bug of ours; the thread goes on trying.
    """

    online: bool | None = None
    offline_since: datetime | None = None
    enrolment: Enrolment = Enrolment.ENROLLED
    last_contact_at: datetime | None = None
    waiting: int = 0
    oldest_waiting_at: datetime | None = None
    rejected: int = 0
    parked: int = 0
    pages_applied: int = 0
    failure: Failure | None = None
    till_version: str | None = None
    trouble: KnownTrouble | Bug | None = None
