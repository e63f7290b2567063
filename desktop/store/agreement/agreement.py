"""Agreement: what the next pull asks about this till's cards, and what came of it. Of the exchange's thread alone.

At head, once an hour and after each snapshot, the till asks for the server's digest, compares it with its synced rows,
and asks for each bucket that differs again, one with each pull.
"""

import logging
from datetime import timedelta
from typing import Final

from common.clock import Clock
from common.times import from_micros, to_micros
from common.wire.pull import PullResponse
from desktop.store.agreement.comparison import Comparison
from desktop.store.agreement.mending import Mending, find_differences
from desktop.store.book import Book
from desktop.store.identity import Identity

COMPARE_EVERY: Final = timedelta(hours=1)
COMPARISON_MS_MAX: Final = 600_000
"""A comparison that is older is given up: the log of the book grows as long as one lasts."""

_log = logging.getLogger(__name__)


class Agreement:
    """Where the comparing stands. What a crash forgets of it is found again with the next comparison."""

    def __init__(self, book: Book, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._comparison: Comparison | None = None
        self._ends_ms = 0
        self._differing: list[int] = []

    @property
    def comparing(self) -> bool:
        """Whether `compare` has something to do."""
        return self._comparison is not None

    @property
    def wants_bucket(self) -> bool:
        """Whether the next pull asks for a bucket."""
        return bool(self._differing)

    def question(self, till: Identity) -> dict[str, int]:
        """What the next pull asks beside the news."""
        if till.cursor is None:
            # A snapshot begins: it brings every row anew.
            self.forget()
            return {}
        if self._differing:
            return {"bucket": self._differing[0]}
        return {"digest": 1} if self._comparison is None and self._is_due(till) else {}

    def examine(self, till: Identity, page: PullResponse) -> Mending | None:
        """What the page's bucket says to be wrong in the book of `till`; None for a page without one."""
        if page.bucket is None or page.reset:
            return None
        return find_differences(self._book, page.bucket, ver=page.ver, synced_ver=till.synced_ver)

    def applied(self, page: PullResponse, mending: Mending | None) -> None:
        """The page is in the book."""
        if page.reset:
            self.forget()
            return
        if page.bucket is not None and page.bucket.bucket in self._differing:
            self._differing.remove(page.bucket.bucket)
        if mending is not None and mending.report is not None:
            _log.warning("cards differed from the server's and were mended: %s", mending.report.model_dump_json())
        if page.digest is not None:
            self.forget()
            with self._book.write() as connection:
                connection.execute("UPDATE book SET compared_at = ?", (to_micros(page.server_time),))
            self._comparison = Comparison.begin(self._book, page.digest, ver=page.ver)
            self._ends_ms = self._clock.uptime_ms() + COMPARISON_MS_MAX

    def compare(self) -> bool:
        """Go on comparing for some milliseconds; whether that found buckets to pull again. Raises BookDamaged."""
        if self._comparison is None:
            return False
        try:
            differing = self._comparison.slice()
        except BaseException:
            self.forget()
            raise
        if differing is not None or self._clock.uptime_ms() > self._ends_ms:
            self.forget()
            self._differing = differing or []
        return bool(differing)

    def forget(self) -> None:
        """Leave off. Nothing is lost by it but time."""
        self._differing = []
        if self._comparison is not None:
            self._comparison.close()
            self._comparison = None

    def _is_due(self, till: Identity) -> bool:
        with self._book.read() as connection:
            (compared_at,) = connection.execute("SELECT compared_at FROM book").fetchone()
        if compared_at is None:
            return True
        # Either way: a server's clock that was set back must not put it off for years.
        return abs(till.contact.event_time(self._clock) - from_micros(compared_at)) >= COMPARE_EVERY
