"""The runner: the one thread that exchanges with the server while a till is open.

It asks the plan what to do, does it, and tells its observers how things stand. No failure ends it: the network's are
values, the book's are shown and tried again, and a bug is logged with its traceback, shown, and backed off from.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from common.clock import Clock
from desktop.store import identity, operations
from desktop.store.book import Book
from desktop.sync.line.failures import Declined, Failure, NoProgress, TooLarge
from desktop.sync.line.listener import Listener
from desktop.sync.outcomes import Pulled, Pushed
from desktop.sync.plan import (
    LaneName,
    Plan,
    Run,
    Wait,
    after_failure,
    after_pull,
    after_push,
    back_off_ms,
    hurry,
    listening,
    next_step,
    pull_now,
    told_of_change,
)
from desktop.sync.state import Bug, SyncState
from desktop.trouble import KnownTrouble

if TYPE_CHECKING:
    # The HTTP library takes longer to import than a book to open: the runner's own thread loads it, behind the window.
    from desktop.sync.exchange import Exchange

MakeExchange = Callable[[], "Exchange"]
"""Called on the runner's thread, again after each failure. May raise KnownTrouble: not enrolled, no keyring."""

Observer = Callable[[SyncState], None]
"""Called on the runner's thread after a turn that changed something; must return quickly."""

_AT_ONCE_MS: Final = 0

_COMPARING_REST_MS: Final = 5
"""Between two slices of comparing. A hundred thousand cards take some seconds, which nobody waits for."""

_SERVER_SPOKE: Final = (Declined, TooLarge, NoProgress)
"""Failures in which our own server was reached."""

_log = logging.getLogger(__name__)


class Runner:
    """Runs the exchange of one open book. `start` it once, `stop` it before the book is closed."""

    def __init__(self, book: Book, make_exchange: MakeExchange, clock: Clock, jitter: Callable[[], float]) -> None:
        self._book = book
        self._make_exchange = make_exchange
        self._clock = clock
        self._jitter = jitter
        self._observers: list[Observer] = []
        # Guards everything below; notified by wake, hurry and stop, and after each turn.
        self._changed = threading.Condition()
        self._exchange: Exchange | None = None
        self._stopping = False
        self._woken = False
        self._hurried = False
        self._stale = False
        self._turns = 0
        self._state = SyncState()
        self._listener: Listener | None = None
        self._listening = False
        self._told_ver: int | None = None
        # Of the runner's own thread alone.
        self._plan = Plan()
        self._failed_turns = 0
        self._online: bool | None = None
        self._failure: Failure | None = None
        self._till_version: str | None = None
        self._trouble: dict[LaneName | None, KnownTrouble | Bug] = {}
        # Not a daemon: a process that ends takes its leave of the book first. `stop` waits for a fraction of a second.
        self._thread = threading.Thread(target=self._run, name="sync")

    @property
    def state(self) -> SyncState:
        """How things stood after the last turn."""
        with self._changed:
            return self._state

    @property
    def stopped(self) -> bool:
        """Whether it was told to end: whoever waits for the server waits in vain."""
        with self._changed:
            return self._stopping

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every change. To be called before `start`."""
        self._observers.append(observer)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and the request under way with it. Harmless when it never ran."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            if self._exchange is not None:
                self._exchange.cancel()
            if self._listener is not None:
                self._listener.cancel()
        if self._thread.ident is not None:
            self._thread.join()

    def wake(self) -> None:
        """Something was recorded: look at the queue again. A lane that backs off goes on doing so."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def hurry(self) -> None:
        """Somebody waits for the server: try now, whatever the back-off."""
        with self._changed:
            self._hurried = self._woken = True
            self._changed.notify_all()

    def reconnect(self) -> None:
        """The till was enrolled anew: leave the old connection, with its token, and try at once."""
        with self._changed:
            self._stale = True
        self.hurry()

    def wait_until(self, done: Callable[[], bool], timeout_ms: int) -> bool:
        """Ask `done` after each turn, on the caller's thread, for at most `timeout_ms`; what it said last."""
        ends_ms = self._clock.uptime_ms() + timeout_ms
        turns = self._turns_so_far()
        while not done():
            turned = self._wait_for_turn(turns, ends_ms - self._clock.uptime_ms())
            if turned is None:
                return done()
            turns = turned
        return True

    def _turns_so_far(self) -> int:
        with self._changed:
            return self._turns

    def _wait_for_turn(self, turns: int, timeout_ms: int) -> int | None:
        """The number of turns once it is more than `turns`; None when that takes too long, or the runner stops."""
        with self._changed:
            more = self._changed.wait_for(lambda: self._turns > turns or self._stopping, max(timeout_ms, 0) / 1000)
            return self._turns if more and not self._stopping else None

    def _run(self) -> None:
        try:
            self._take_turns()
        finally:
            self._stop_listening()
            if self._exchange is not None:
                self._exchange.close()

    def _take_turns(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                self._woken = False
                hurried, self._hurried = self._hurried, False
            if hurried:
                self._plan = hurry(self._plan, self._clock.uptime_ms())
            for_ms = self._turn()
            self._tell()
            with self._changed:
                self._turns += 1
                self._changed.notify_all()
                if for_ms != _AT_ONCE_MS:
                    seconds = None if for_ms is None else for_ms / 1000
                    self._changed.wait_for(lambda: self._woken or self._stopping, seconds)

    def _turn(self) -> int | None:
        """One step of the plan; how long to rest after it, None until woken."""
        try:
            exchange = self._connected()
            waits = exchange.operations_wait()
            self._take_in_events(exchange)
        except Exception as error:
            self._trouble[None] = _told(error)
            self._failed_turns += 1
            return max(1, back_off_ms(self._failed_turns, self._jitter()))
        self._failed_turns = 0
        self._trouble.pop(None, None)
        step = next_step(self._plan, operations_wait=waits, now_ms=self._clock.uptime_ms())
        if isinstance(step, Wait):
            return self._compare(exchange) if exchange.comparing else step.for_ms
        self._step(exchange, step)
        return _AT_ONCE_MS

    def _compare(self, exchange: "Exchange") -> int:
        """Nothing else is to be done: some milliseconds of comparing, and then a rest in which others come first."""
        try:
            if exchange.compare():
                self._plan = pull_now(self._plan, self._clock.uptime_ms())
        except Exception as error:
            # It is given up, and comes again with the next hour.
            self._trouble[None] = _told(error)
        return _COMPARING_REST_MS

    def _connected(self) -> "Exchange":
        """The exchange; a new one after a new enrolment, with a new plan: the old one's stop does not hold for it."""
        with self._changed:
            left, self._stale = self._exchange if self._stale else None, False
            if left is not None:
                self._exchange = None
        if left is not None:
            self._stop_listening()
            left.close()
        if self._exchange is None:
            exchange = self._make_exchange()
            self._plan = Plan()
            with self._changed:
                self._exchange = exchange
                if self._stopping:
                    exchange.cancel()
            self._listen(exchange)
        return self._exchange

    def _listen(self, exchange: "Exchange") -> None:
        listener = exchange.listener(self._jitter, on_changed=self._hear_change, on_living=self._hear_living)
        if listener is None:
            return
        with self._changed:
            # Told to end meanwhile: then the thread that it never had need not end.
            if self._stopping:
                return
            self._listener = listener
            listener.start()

    def _stop_listening(self) -> None:
        with self._changed:
            listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()

    def _hear_change(self, ver: int) -> None:
        with self._changed:
            self._told_ver = ver
            self._woken = True
            self._changed.notify_all()

    def _hear_living(self, living: bool) -> None:
        with self._changed:
            self._listening = living
            self._woken = True
            self._changed.notify_all()

    def _take_in_events(self, exchange: "Exchange") -> None:
        with self._changed:
            living, (told_ver, self._told_ver) = self._listening, (self._told_ver, None)
        self._plan = listening(self._plan, living=living)
        # Our own stamps come back as events too: what their pull has brought already is no news.
        if told_ver is not None and not exchange.has(told_ver):
            self._plan = told_of_change(self._plan, self._clock.uptime_ms())

    def _step(self, exchange: "Exchange", step: Run) -> None:
        lane, began_ms = step.lane, self._clock.uptime_ms()
        try:
            outcome = _run(exchange, step, self._plan.lane(lane).size)
        except Exception as error:
            # This lane backs off as from any failure; the other still gets its turn.
            self._trouble[lane] = _told(error)
            self._fail(lane, None)
            return
        self._trouble.pop(lane, None)
        match outcome:
            case Pushed(news=news, till_version=version):
                self._plan = after_push(self._plan, news=news, now_ms=self._clock.uptime_ms())
                if not step.park:
                    # Told with every push, and not where an operation is handed in unread.
                    self._till_version = version
            case Pulled(more=more, met=met):
                now_ms = self._clock.uptime_ms()
                self._plan = after_pull(self._plan, more=more, now_ms=now_ms, took_ms=now_ms - began_ms, met=met)
            case failure:
                _log.info("%s failed: %r", lane.value, failure)
                self._fail(lane, failure)
                self._online, self._failure = isinstance(failure, _SERVER_SPOKE), failure
                self._tell_listener()
                return
        self._online, self._failure = True, None
        self._tell_listener()

    def _tell_listener(self) -> None:
        """The stream is opened where the exchange gets through, and decides nothing itself of who is online."""
        if self._listener is not None:
            self._listener.in_reach(self._failure is None)

    def _fail(self, lane: LaneName, failure: Failure | None) -> None:
        self._plan = after_failure(self._plan, lane, failure, now_ms=self._clock.uptime_ms(), jitter=self._jitter())

    def _tell(self) -> None:
        """Read how things stand, and tell whoever wants to know, if anything changed."""
        before = self.state
        try:
            state = self._read_state()
        except Exception as error:
            state = replace(before, trouble=_told(error))
        if state == before:
            return
        with self._changed:
            self._state = state
        for observer in self._observers:
            try:
                observer(state)
            except Exception:
                _log.exception("an observer of the exchange failed")

    def _read_state(self) -> SyncState:
        with self._book.read() as connection:
            till = identity.load(connection)
            counts = operations.counts(connection)
        return SyncState(
            online=self._online,
            offline_since=till.offline_since,
            enrolment=till.enrolment,
            last_contact_at=till.contact.server_time,
            waiting=counts.waiting,
            oldest_waiting_at=counts.oldest_waiting_at,
            rejected=counts.rejected,
            parked=counts.parked,
            pages_applied=till.pages_applied,
            failure=self._failure,
            till_version=self._till_version,
            trouble=next(iter(self._trouble.values()), None),
        )


def _run(exchange: "Exchange", step: Run, size: int) -> Pushed | Pulled | Failure:
    if step.park:
        return exchange.park()
    return exchange.push(size) if step.lane is LaneName.PUSH else exchange.pull(size)


def _told(error: Exception) -> KnownTrouble | Bug:
    """Known trouble is shown as it is. A bug is logged here, with its traceback, and shown as one."""
    if isinstance(error, KnownTrouble):
        return error
    _log.error("the exchange met a bug and goes on", exc_info=error)
    return Bug.UNEXPECTED
