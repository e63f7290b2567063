"""The listener: a thread of its own that keeps the stream of events open, and wakes the exchange.

It only ever saves time. Whatever it meets is a reason to try again later and no trouble of the till's: a server that
has no such stream, a proxy that keeps back what it should pass on, a portal's page. Whether the server is in reach is
for the exchange to say; while it is not, nobody is called here.
"""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from common.clock import Clock
from common.wire.events import COMMENT_EVERY_S, EVENTS_PATH, SILENCE_MOST_S
from desktop.sync.line.events import EventReader
from desktop.sync.line.failures import Busy, Declined, Failure
from desktop.sync.plan import back_off_ms

if TYPE_CHECKING:
    # It takes the HTTP library with it, which the window does not wait for.
    from desktop.sync.line.link import Link

DECLINED_MS: Final = 300_000
"""A server that is older than the stream, or knows this till no longer: that does not change from one minute to the
next, and a new enrolment makes a new listener."""

_REST_LEAST_MS: Final = 250
_STEADY_MS: Final = round(COMMENT_EVERY_S * 1000)
"""A stream that lived this long was good; one that is cut at once, again and again, is not."""

_log = logging.getLogger(__name__)


class Listener:
    """Listens with a link of its own. `start` it once, `stop` it once.

    `on_changed` is told each version, `on_living` whether the stream can be relied on: from the first line that came
    through to its end. Both are called on the listener's thread and must return quickly.
    """

    def __init__(
        self,
        link: "Link",
        clock: Clock,
        jitter: Callable[[], float],
        *,
        on_changed: Callable[[int], None],
        on_living: Callable[[bool], None],
    ) -> None:
        self._link = link
        self._clock = clock
        self._jitter = jitter
        self._on_changed = on_changed
        self._on_living = on_living
        # Guards the two below; notified whenever one of them changes.
        self._told = threading.Condition()
        self._in_reach = False
        self._stopping = False
        # Of the listener's own thread alone.
        self._reader = EventReader()
        self._living_since_ms: int | None = None
        self._thread = threading.Thread(target=self._run, name="sync events")

    def start(self) -> None:
        self._thread.start()

    def in_reach(self, yes: bool) -> None:
        """The exchange has just reached the server, or has not. An open stream stays open either way."""
        with self._told:
            if yes is not self._in_reach:
                self._in_reach = yes
                self._told.notify_all()

    def cancel(self) -> None:
        """Let the thread end, and the stream with it."""
        with self._told:
            self._stopping = True
            self._told.notify_all()
        self._link.cancel()

    def stop(self) -> None:
        """End the thread, within a fraction of a second."""
        self.cancel()
        self._thread.join()

    def _run(self) -> None:
        failures = 0
        try:
            while self._wait_until_in_reach():
                failure = self._follow()
                failures = 1 if self._was_steady() else failures + 1
                self._leave()
                self._rest(again_ms(failure, failures, self._jitter()))
        finally:
            self._link.close()

    def _follow(self) -> Failure | None:
        """One stream, to its end. None for a bug of ours, which is told in the log."""
        self._reader = EventReader()
        try:
            return self._link.follow(EVENTS_PATH, self._hear, silence_s=SILENCE_MOST_S)
        except Exception:
            _log.exception("the listener met a bug and goes on")
            return None

    def _hear(self, line: str) -> None:
        if self._living_since_ms is None:
            self._living_since_ms = self._clock.uptime_ms()
            self._on_living(True)
        ver = self._reader.read(line)
        if ver is not None:
            self._on_changed(ver)

    def _was_steady(self) -> bool:
        since_ms = self._living_since_ms
        return since_ms is not None and self._clock.uptime_ms() - since_ms >= _STEADY_MS

    def _leave(self) -> None:
        if self._living_since_ms is not None:
            self._living_since_ms = None
            self._on_living(False)

    def _wait_until_in_reach(self) -> bool:
        """Whether to try; False when it is to end."""
        with self._told:
            self._told.wait_for(lambda: self._in_reach or self._stopping)
            return not self._stopping

    def _rest(self, for_ms: int) -> None:
        with self._told:
            self._told.wait_for(lambda: self._stopping, for_ms / 1000)


def again_ms(failure: Failure | None, failures: int, jitter: float) -> int:
    """How long to rest after a stream that ended so, or never began; `failure` None means a bug of our own."""
    back_off = max(_REST_LEAST_MS, back_off_ms(failures, jitter))
    match failure:
        case None | Declined():
            return DECLINED_MS
        case Busy(retry_after_ms=int(wait_ms)):
            return max(wait_ms, back_off)
        case _:
            return back_off
