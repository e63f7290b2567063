"""One till's exchange with its server, step by step; what the runner does in turn and `sync` does once.

Whatever an attempt brought is in the book when it ends, its failure too: since when the server is out of reach, that
the till must be enrolled again, that the program is too old. So a window that opens later, and `status`, know it.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from common.clock import Clock
from desktop.store import identity, operations
from desktop.store.agreement.agreement import Agreement
from desktop.store.book import Book
from desktop.store.identity import Enrolment
from desktop.store.recovery import offering
from desktop.store.setback import regained
from desktop.sync.line.failures import Busy, Failure, NotOurs, TooLarge, Unreachable
from desktop.sync.line.link import Link
from desktop.sync.line.listener import Listener
from desktop.sync.line.rotate import OwnToken, Rotation
from desktop.sync.outcomes import Exchanged, Pulled, Pushed
from desktop.sync.plan import (
    LaneName,
    Plan,
    after_failure,
    after_push,
    is_server_failure,
    must_enrol_again,
    must_park,
    needs_update,
)
from desktop.sync.pull import pull_once
from desktop.sync.push import park_once, push_once

_NO_JITTER: Final = 0.0

_Outcome = TypeVar("_Outcome")


class Exchange:
    """The steps, on one book and one link. For one thread at a time; only `cancel` may be called from another.

    `stream` is a second link, for a listener; without one nobody listens.
    """

    def __init__(
        self,
        book: Book,
        link: Link,
        clock: Clock,
        own_token: OwnToken | None = None,
        *,
        stream: Link | None = None,
    ) -> None:
        self._book = book
        self._link = link
        self._clock = clock
        self._stream = stream
        self._agreement = Agreement(book, clock)
        self._rotation = None if own_token is None else Rotation(book, link, clock, own_token)

    @property
    def comparing(self) -> bool:
        """Whether this till's cards are being compared with the server's: `compare` goes on with it."""
        return self._agreement.comparing

    def operations_wait(self) -> bool:
        """To be sent, for the first time or offered again; or to be sent back, what this book lacks of its own."""
        with self._book.read() as connection:
            waits = operations.counts(connection).waiting > 0 or offering.anything(connection)
            return waits or regained.awaited(connection) is not None

    def has(self, ver: int) -> bool:
        """Whether the book stands at just this version of the shop: a lower one would be news too, and no good ones."""
        with self._book.read() as connection:
            return identity.load(connection).synced_ver == ver

    def listener(
        self, jitter: Callable[[], float], *, on_changed: Callable[[int], None], on_living: Callable[[bool], None]
    ) -> Listener | None:
        """A listener, not yet started, which lives as long as it is not stopped; to be asked for once."""
        if self._stream is None:
            return None
        return Listener(self._stream, self._clock, jitter, on_changed=on_changed, on_living=on_living)

    def push(self, limit: int) -> Pushed | Failure:
        outcome = self._with_a_token(lambda: push_once(self._book, self._link, self._clock, limit=limit))
        if not isinstance(outcome, Pushed):
            self._keep(outcome)
        elif self._rotation is not None and not outcome.more:
            self._rotation.rotate_if_due()
        return outcome

    def park(self) -> Pushed | Failure:
        """Hand in the queue's first operation unread."""
        outcome = self._with_a_token(lambda: park_once(self._book, self._link, self._clock))
        if not isinstance(outcome, Pushed):
            self._keep(outcome)
        return outcome

    def pull(self, limit: int) -> Pulled | Failure:
        outcome = self._with_a_token(
            lambda: pull_once(self._book, self._link, self._clock, self._agreement, limit=limit)
        )
        if not isinstance(outcome, Pulled):
            self._keep(outcome)
        return outcome

    def compare(self) -> bool:
        """Go on comparing for some milliseconds; whether there is now something to pull. Raises BookDamaged."""
        return self._agreement.compare()

    def fully(self) -> Exchanged | Failure:
        """Send all that waits, then fetch all that is new. The first failure ends it; what was done stays done."""
        sent = self._push_all()
        if not isinstance(sent, int):
            return sent
        pages = self._pull_all()
        return Exchanged(sent, pages) if isinstance(pages, int) else pages

    def cancel(self) -> None:
        """Give up the request under way and all later ones."""
        self._link.cancel()

    def close(self) -> None:
        self._agreement.forget()
        self._link.close()

    def _with_a_token(self, step: Callable[[], _Outcome | Failure]) -> _Outcome | Failure:
        outcome = step()
        return outcome if self._rotation is None else self._rotation.try_former(step, outcome)

    def _push_all(self) -> int | Failure:
        plan, sent = Plan(), 0
        while True:
            parking = must_park(plan)
            outcome = self.park() if parking else self.push(plan.push.size)
            if not isinstance(outcome, Pushed):
                too_much = isinstance(outcome, TooLarge) and plan.push.size > 1
                if too_much or (is_server_failure(outcome) and not parking):
                    now_ms = self._clock.uptime_ms()
                    plan = after_failure(plan, LaneName.PUSH, outcome, now_ms=now_ms, jitter=_NO_JITTER)
                    continue
                return outcome
            plan = after_push(plan, news=outcome.news, now_ms=self._clock.uptime_ms())
            sent += outcome.sent
            if not outcome.more:
                return sent

    def _pull_all(self) -> int | Failure:
        pages = 0
        while True:
            outcome = self.pull(Plan().pull.size)
            if not isinstance(outcome, Pulled):
                return outcome
            pages += 1
            if not outcome.more and not self._compare_all():
                return pages

    def _compare_all(self) -> bool:
        while self._agreement.comparing:
            if self._agreement.compare():
                return True
        return False

    def _keep(self, failure: Failure) -> None:
        with self._book.read() as connection:
            till = identity.load(connection)
        standing = till.enrolment
        if must_enrol_again(failure):
            standing = Enrolment.MUST_ENROL_AGAIN
        elif needs_update(failure):
            standing = Enrolment.UPDATE_NEEDED
        newly_offline = isinstance(failure, Unreachable | NotOurs | Busy) and till.offline_since is None
        # Most failures repeat the last one, for hours: they cost the disk nothing.
        if standing is not till.enrolment or newly_offline:
            with self._book.write() as connection:
                identity.set_enrolment(connection, standing)
                if newly_offline:
                    identity.record_offline(connection, till.contact.event_time(self._clock))
