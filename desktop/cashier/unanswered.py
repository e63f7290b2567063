"""Take back the redemptions that a till was cut off from while it waited for the server's word.

The screen said "Confirming…", and then the till died: nothing was handed out, yet the redemption is in the queue, or
with the server already. It is voided as it would have been had the till lived: by the same person, at the moment at
which the wait would have ended. By that event time the void is the undo of a moment ago, which needs neither a manager
nor a shop that takes things back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from common.rules.refusals import RefusalCode, Refused
from desktop.cashier.counter.desk import told, writing
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded, Unusable
from desktop.cashier.void import UNANSWERED, take_back
from desktop.store import awaited
from desktop.store.awaited import Awaited

LONGEST_WAIT: Final = timedelta(seconds=2)
"""As long as a customer and a cashier look at each other without a word."""

_NOTHING_TO_DO: Final = frozenset(
    {RefusalCode.ORIGINAL_REJECTED, RefusalCode.ALREADY_VOIDED, RefusalCode.ORIGINAL_NOT_FOUND}
)
"""The server said no anyway, or somebody took it back in the meantime."""


def take_back_unanswered(till: Till) -> tuple[Recorded, ...]:
    """Void what was cut off; to be called when a till starts, before it exchanges with the server. Mostly one look.

    What the law does not let be voided now (a till that was offline for too long) stays for the next start. Raises what
    `Book.read` and `Book.write` raise.
    """
    with till.book.read() as connection:
        cut_off = awaited.left_over(connection)
    ends = (_take_back(till, one) for one in cut_off)
    return tuple(end for end in ends if isinstance(end, Recorded))


def _take_back(till: Till, one: Awaited) -> Recorded | Refused | Unusable:
    with writing(till) as desk:
        then = replace(desk, at=one.at + LONGEST_WAIT, till=replace(till, clock=_ThatMoment.after(one)))
        done = take_back(then, By(one.staff_id), one.key, UNANSWERED)
        if isinstance(done, Refused) and done.code in _NOTHING_TO_DO:
            awaited.settle(desk.connection, one.key)
    return told(till, done)


@dataclass(frozen=True, slots=True)
class _ThatMoment:
    """What the till's clocks would have shown when the wait ended. A `Clock`."""

    at: datetime
    boot: str
    uptime: int

    @classmethod
    def after(cls, one: Awaited) -> "_ThatMoment":
        return cls(
            one.occurred_at + LONGEST_WAIT, one.boot_id, one.uptime_ms + LONGEST_WAIT // timedelta(milliseconds=1)
        )

    def now(self) -> datetime:
        return self.at

    def uptime_ms(self) -> int:
        return self.uptime

    def boot_id(self) -> str:
        return self.boot
