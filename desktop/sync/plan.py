"""What to do next, and when: pure decisions over what the last exchanges brought. No clock, no randomness, no network.

Push and pull are two lanes that wait for themselves only: a queue that cannot be sent does not stop the news from
coming in, nor the other way round. Times are the machine's uptime in milliseconds, which nobody can set back.

    lane   runs when                                            after a failure
    push   operations wait; else 5 minutes after the last       back off: 1 s doubling to 60 s, with full jitter
    pull   3 s after the last, 30 s while the stream of events  the same, with a count of its own
           lives; at once after news or `more`
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from common.wire.base import MAX_OPERATIONS
from common.wire.problem import ProblemCode
from common.wire.pull import PULL_LIMIT_MAX
from desktop.sync.line.failures import Busy, Declined, Failure, NotOurs, TooLarge, Unreachable, UnreachableReason

PULL_EVERY_MS: Final = 3_000
PULL_WHILE_LISTENING_MS: Final = 30_000
"""With a stream that tells of each change, asking is only for what the stream lost."""
PULL_APART_LEAST_MS: Final = 250
PULL_APART_TIMES: Final = 3
"""After a pull a till rests for three times what it took, at least 250 ms and at most PULL_EVERY_MS, before an event
makes it pull again: a thousand tills that are woken by every stamp must not bring down the server that woke them."""

CONTACT_EVERY_MS: Final = 300_000
"""An empty push keeps the contact by which the server knows this machine's uptime."""

BACK_OFF_FIRST_MS: Final = 1_000
BACK_OFF_MOST_MS: Final = 60_000
UPDATE_NEEDED_MS: Final = 300_000

PARK_AFTER: Final = 5
"""Failures of the server over one operation alone, until that one is parked unread and the queue goes on."""

_SHRINK: Final = 8
"""Three failures from 500 operations to one: more of them would only ask a broken server more often."""

UNAUTHORIZED: Final = 401
UPGRADE_REQUIRED: Final = 426
_SERVER_FAILURES: Final = range(500, 600)


class LaneName(StrEnum):
    """The two directions of the exchange."""

    PUSH = "push"
    PULL = "pull"


@dataclass(frozen=True, slots=True)
class Lane:
    """One direction.

    Attributes:
        due_ms: when it runs next by its own habit.
        not_before_ms: the end of its back-off, which somebody who waits for an answer may cut short.
        held_until_ms: the end of the server's Retry-After, which nobody may.
        failures: since the last success.
        size: operations of a batch, or rows of a page; halved where that was too much, grown again by success.
        size_most: the largest allowed.
        last_ms: when it last ended.
        apart_ms: how long it rests at least before an event makes it run again.
        stopped: until the till is enrolled again, or started again.
        alone: failures of the server over one single operation, since the last success.
    """

    size: int
    size_most: int
    due_ms: int = 0
    not_before_ms: int = 0
    held_until_ms: int = 0
    failures: int = 0
    last_ms: int = -1
    apart_ms: int = PULL_APART_LEAST_MS
    stopped: bool = False
    alone: int = 0

    def ready_ms(self, due_ms: int) -> int:
        return max(due_ms, self.not_before_ms, self.held_until_ms)


@dataclass(frozen=True, slots=True)
class Plan:
    """Both lanes. A new plan is due at once: the first contact sets the clock and brings what was missed.

    `listening`: a stream of events lives, and will tell of changes.
    """

    push: Lane = field(default=Lane(MAX_OPERATIONS, MAX_OPERATIONS))
    pull: Lane = field(default=Lane(PULL_LIMIT_MAX, PULL_LIMIT_MAX))
    listening: bool = False

    def lane(self, name: LaneName) -> Lane:
        return self.push if name is LaneName.PUSH else self.pull


@dataclass(frozen=True, slots=True)
class Run:
    """Run this lane now. `park`: what the server fails over is to be parked, not pushed again."""

    lane: LaneName
    park: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do for `for_ms`; None: until something changes."""

    for_ms: int | None


def next_step(plan: Plan, *, operations_wait: bool, now_ms: int) -> Run | Wait:
    """What to do now. Of two lanes that are due, the one goes first that has rested longer."""
    times = {}
    if not plan.push.stopped:
        times[LaneName.PUSH] = plan.push.ready_ms(0 if operations_wait else plan.push.due_ms)
    if not plan.pull.stopped:
        times[LaneName.PULL] = plan.pull.ready_ms(plan.pull.due_ms)
    ready = [name for name, at in times.items() if at <= now_ms]
    if ready:
        name = min(ready, key=lambda name: plan.lane(name).last_ms)
        return Run(name, park=name is LaneName.PUSH and operations_wait and must_park(plan))
    return Wait(min(times.values()) - now_ms if times else None)


def hurry(plan: Plan, now_ms: int) -> Plan:
    """Somebody waits for an answer: both lanes at once, whatever their back-off. Retry-After stays."""
    return replace(
        plan,
        push=replace(plan.push, due_ms=min(plan.push.due_ms, now_ms), not_before_ms=0),
        pull=replace(plan.pull, due_ms=min(plan.pull.due_ms, now_ms), not_before_ms=0),
    )


def listening(plan: Plan, *, living: bool) -> Plan:
    """The stream of events lives, or does so no longer. Without it the pull's habit is what it was, at once."""
    if living is plan.listening:
        return plan
    due_ms = plan.pull.due_ms if living else min(plan.pull.due_ms, plan.pull.last_ms + PULL_EVERY_MS)
    return replace(plan, pull=replace(plan.pull, due_ms=due_ms), listening=living)


def told_of_change(plan: Plan, now_ms: int) -> Plan:
    """The stream told of something to pull. Whatever keeps the pull back goes on doing so; push is not concerned."""
    due_ms = max(now_ms, plan.pull.last_ms + plan.pull.apart_ms)
    return replace(plan, pull=replace(plan.pull, due_ms=min(plan.pull.due_ms, due_ms)))


def after_push(plan: Plan, *, news: bool, now_ms: int) -> Plan:
    """A push was answered. `news`: it brought verdicts, whose ledger rows wait in the feed."""
    push = _succeeded(plan.push, now_ms, due_ms=now_ms + CONTACT_EVERY_MS)
    pull = replace(plan.pull, due_ms=min(plan.pull.due_ms, now_ms)) if news else plan.pull
    return replace(plan, push=push, pull=pull)


def after_pull(plan: Plan, *, more: bool, now_ms: int, took_ms: int = 0, met: bool = False) -> Plan:
    """A page was applied. `more`: the next is there already. `met`: a server that went back in time awaits a push."""
    every_ms = PULL_WHILE_LISTENING_MS if plan.listening else PULL_EVERY_MS
    pull = _succeeded(plan.pull, now_ms, due_ms=now_ms if more else now_ms + every_ms)
    apart_ms = min(max(PULL_APART_LEAST_MS, PULL_APART_TIMES * took_ms), PULL_EVERY_MS)
    push = replace(plan.push, due_ms=min(plan.push.due_ms, now_ms)) if met else plan.push
    return replace(plan, push=push, pull=replace(pull, apart_ms=apart_ms))


def pull_now(plan: Plan, now_ms: int) -> Plan:
    """Something is found to be pulled again: as soon as its back-off allows."""
    return replace(plan, pull=replace(plan.pull, due_ms=min(plan.pull.due_ms, now_ms)))


def after_failure(plan: Plan, lane: LaneName, failure: Failure | None, *, now_ms: int, jitter: float) -> Plan:
    """A lane failed; `failure` None means a bug of our own. `jitter` is drawn evenly from 0 to 1 by the caller."""
    failed = _failed(plan.lane(lane), failure, now_ms, jitter)
    if lane is LaneName.PUSH:
        failed = _narrowed(failed, failure)
    plan = replace(plan, push=failed) if lane is LaneName.PUSH else replace(plan, pull=failed)
    if must_enrol_again(failure):
        # A revoked till may still hand in what it has (the server parks it), so a pull's 401 leaves push alone.
        revoked_pull = lane is LaneName.PULL and is_revoked(failure)
        push = plan.push if revoked_pull else replace(plan.push, stopped=True)
        return replace(plan, push=push, pull=replace(plan.pull, stopped=True))
    return plan


def must_park(plan: Plan) -> bool:
    """The server has failed over the queue's first operation often enough."""
    return plan.push.alone >= PARK_AFTER


def is_server_failure(failure: Failure | None) -> bool:
    """A 5xx, of our server or of whoever speaks for it: perhaps it is down, perhaps it fails over what was sent."""
    return isinstance(failure, Declined | NotOurs) and failure.status is not None and failure.status in _SERVER_FAILURES


def must_enrol_again(failure: Failure | None) -> bool:
    """A 401 of ours (`Declined` has our code): the server knows this till's token no longer."""
    return isinstance(failure, Declined) and failure.status == UNAUTHORIZED


def is_revoked(failure: Failure | None) -> bool:
    return isinstance(failure, Declined) and failure.code == ProblemCode.TILL_REVOKED


def needs_update(failure: Failure | None) -> bool:
    """426: the server speaks no protocol of this program any more. Local work goes on."""
    return isinstance(failure, Declined) and failure.status == UPGRADE_REQUIRED


def back_off_ms(failures: int, jitter: float) -> int:
    """Full jitter: anything from 0 to 1 s after the first failure, to 2 s after the second, … to 60 s.

    Example: the fourth failure with jitter 0.5 waits 4 000 ms.
    """
    # The exponent is bounded because a till may fail for days: 2 to the power of 100 000 is not a number to compute.
    most = min(BACK_OFF_FIRST_MS << min(failures - 1, 10), BACK_OFF_MOST_MS)
    return round(most * jitter)


def _succeeded(lane: Lane, now_ms: int, *, due_ms: int) -> Lane:
    # Grown by a twentieth, not doubled: what was too much once would be too much every other time.
    size = min(lane.size + max(1, lane.size_most // 20), lane.size_most)
    return Lane(size=size, size_most=lane.size_most, due_ms=due_ms, last_ms=now_ms)


def _narrowed(lane: Lane, failure: Failure | None) -> Lane:
    """Fewer operations after the server failed over some, down to the one that it fails over."""
    if lane.alone >= PARK_AFTER:
        # It could not be parked either. The next attempt is a push again: the server may have been mended, or be one
        # that knows no parking.
        return replace(lane, alone=PARK_AFTER - 1)
    if not is_server_failure(failure):
        return lane
    if lane.size > 1:
        return replace(lane, size=max(1, lane.size // _SHRINK))
    return replace(lane, alone=lane.alone + 1)


def _failed(lane: Lane, failure: Failure | None, now_ms: int, jitter: float) -> Lane:
    lane = replace(lane, last_ms=now_ms)
    match failure:
        case Busy(retry_after_ms=int(wait_ms)):
            return replace(lane, held_until_ms=now_ms + wait_ms)
        case TooLarge() if lane.size > 1:
            # Not a failure of the line: the smaller batch may go at once.
            return replace(lane, size=lane.size // 2)
        case Unreachable(reason=UnreachableReason.TIMED_OUT):
            # Perhaps nobody is there, perhaps the line is only too slow for so much in one go.
            lane = replace(lane, size=max(1, lane.size // 2))
        case _ if needs_update(failure):
            return replace(lane, failures=lane.failures + 1, not_before_ms=now_ms + UPDATE_NEEDED_MS)
    failures = lane.failures + 1
    return replace(lane, failures=failures, not_before_ms=now_ms + back_off_ms(failures, jitter))
