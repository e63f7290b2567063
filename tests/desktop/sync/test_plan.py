"""The plan: which lane runs when, after every answer that a server, or nobody, can give."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.wire.base import MAX_OPERATIONS
from common.wire.pull import PULL_LIMIT_MAX
from desktop.sync.line.failures import (
    Busy,
    Declined,
    Failure,
    NoProgress,
    NotOurs,
    NotOursReason,
    TooLarge,
    Unreachable,
    UnreachableReason,
)
from desktop.sync.plan import (
    BACK_OFF_MOST_MS,
    CONTACT_EVERY_MS,
    PARK_AFTER,
    PULL_APART_LEAST_MS,
    PULL_EVERY_MS,
    PULL_WHILE_LISTENING_MS,
    UPDATE_NEEDED_MS,
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
    told_of_change,
)

PUSH, PULL = LaneName.PUSH, LaneName.PULL
REFUSED = Unreachable(UnreachableReason.REFUSED)
NOW = 1_000_000


def settled() -> Plan:
    """Both lanes have just succeeded."""
    return after_pull(after_push(Plan(), news=False, now_ms=NOW), more=False, now_ms=NOW)


def failed(plan: Plan, lane: LaneName, failure: Failure | None, jitter: float = 1.0) -> Plan:
    return after_failure(plan, lane, failure, now_ms=NOW, jitter=jitter)


def step(plan: Plan, *, operations_wait: bool = False, after_ms: int = 0) -> Run | Wait:
    return next_step(plan, operations_wait=operations_wait, now_ms=NOW + after_ms)


def test_a_new_plan_makes_contact_and_then_fetches_the_news() -> None:
    assert step(Plan()) == Run(PUSH)
    assert step(after_push(Plan(), news=False, now_ms=NOW)) == Run(PULL)


def test_pull_is_regular_and_an_empty_push_keeps_contact() -> None:
    assert step(settled()) == Wait(PULL_EVERY_MS)
    assert step(settled(), after_ms=PULL_EVERY_MS - 1) == Wait(1)
    assert step(settled(), after_ms=PULL_EVERY_MS) == Run(PULL)
    pulled_later = after_pull(settled(), more=False, now_ms=NOW + CONTACT_EVERY_MS)
    assert step(pulled_later, after_ms=CONTACT_EVERY_MS) == Run(PUSH)


def test_waiting_operations_are_pushed_at_once() -> None:
    assert step(settled(), operations_wait=True) == Run(PUSH)


def test_news_and_more_are_pulled_at_once() -> None:
    assert step(after_push(settled(), news=True, now_ms=NOW)) == Run(PULL)
    assert step(after_pull(settled(), more=True, now_ms=NOW)) == Run(PULL)


def test_two_lanes_that_are_both_due_take_turns() -> None:
    plan, order = Plan(), []
    for now_ms in range(NOW, NOW + 6):
        chosen = next_step(plan, operations_wait=True, now_ms=now_ms)
        assert isinstance(chosen, Run)
        order.append(chosen.lane)
        if chosen.lane is PUSH:
            plan = after_push(plan, news=True, now_ms=now_ms)
        else:
            plan = after_pull(plan, more=True, now_ms=now_ms)
    assert order == [PUSH, PULL] * 3


@pytest.mark.parametrize("lane", list(LaneName))
def test_a_failing_lane_does_not_hold_the_other(lane: LaneName) -> None:
    plan = settled()
    for _ in range(5):
        plan = failed(plan, lane, REFUSED)
    other = PULL if lane is PUSH else PUSH
    assert step(plan, operations_wait=True, after_ms=PULL_EVERY_MS) == Run(other)


def test_back_off_doubles_to_a_minute_with_full_jitter() -> None:
    assert [back_off_ms(failures, 1.0) for failures in range(1, 9)] == [
        1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]  # fmt: skip
    assert back_off_ms(4, 0.5) == 4_000
    assert back_off_ms(4, 0.0) == 0


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_back_off_is_bounded_however_long_a_till_fails(failures: int, jitter: float) -> None:
    assert 0 <= back_off_ms(failures, jitter) <= BACK_OFF_MOST_MS


def test_success_ends_the_back_off() -> None:
    plan = failed(failed(settled(), PUSH, REFUSED), PUSH, REFUSED)
    assert plan.push.failures == 2
    plan = after_push(plan, news=False, now_ms=NOW)
    assert (plan.push.failures, plan.push.not_before_ms) == (0, 0)


@pytest.mark.parametrize(
    "failure",
    [
        REFUSED,
        NotOurs(NotOursReason.NOT_JSON, 200),
        Declined(400, "malformed"),
        Declined(403, "some_day"),
        Busy(503),
        NoProgress(),
        None,
    ],
)
def test_other_failures_back_off(failure: Failure | None) -> None:
    plan = failed(settled(), PUSH, failure)
    assert step(plan, operations_wait=True) == Wait(1_000)
    assert not plan.push.stopped


def test_retry_after_is_kept_even_in_a_hurry() -> None:
    plan = failed(settled(), PUSH, Busy(429, 7_000))
    assert step(replace(plan, pull=replace(plan.pull, due_ms=NOW + 99_000)), operations_wait=True) == Wait(7_000)
    assert step(hurry(plan, NOW), operations_wait=True) == Run(PULL)
    assert step(after_pull(hurry(plan, NOW), more=False, now_ms=NOW), operations_wait=True) == Wait(PULL_EVERY_MS)


def test_hurry_cuts_the_back_off_short_but_does_not_forget_it() -> None:
    plan = hurry(failed(failed(settled(), PUSH, REFUSED), PULL, REFUSED), NOW)
    assert step(plan, operations_wait=True) == Run(PUSH)
    assert plan.push.failures == 1


def test_hurry_brings_a_pull_forward() -> None:
    assert step(settled()) == Wait(PULL_EVERY_MS)
    assert isinstance(step(hurry(settled(), NOW)), Run)


def test_413_halves_the_batch_at_once_and_success_lets_it_grow_slowly() -> None:
    plan = failed(settled(), PUSH, TooLarge())
    assert plan.push.size == MAX_OPERATIONS // 2
    assert step(plan, operations_wait=True) == Run(PUSH)
    assert after_push(plan, news=False, now_ms=NOW).push.size == MAX_OPERATIONS // 2 + MAX_OPERATIONS // 20
    grown = plan
    for _ in range(100):
        grown = after_push(grown, news=False, now_ms=NOW)
    assert grown.push.size == MAX_OPERATIONS


def test_413_for_a_single_operation_backs_off() -> None:
    plan = settled()
    for _ in range(8):
        plan = failed(plan, PUSH, TooLarge())
    assert plan.push.size == 1
    assert step(failed(plan, PUSH, TooLarge()), operations_wait=True) == Wait(1_000)


FAILING: list[Failure] = [
    Declined(500, "internal"),
    NotOurs(NotOursReason.STATUS, 502),
    NotOurs(NotOursReason.STATUS, 504),
]


def failing_over_one(failure: Failure) -> Plan:
    """As many failures as leave one operation to be sent alone."""
    plan, sizes = settled(), []
    while plan.push.size > 1:
        plan = failed(plan, PUSH, failure)
        sizes.append(plan.push.size)
    assert sizes == [62, 7, 1]
    return plan


@pytest.mark.parametrize("failure", FAILING, ids=str)
def test_what_the_server_fails_over_five_times_alone_is_parked(failure: Failure) -> None:
    plan = failing_over_one(failure)
    for _ in range(PARK_AFTER):
        assert step(plan, operations_wait=True, after_ms=BACK_OFF_MOST_MS) == Run(PUSH)
        plan = failed(plan, PUSH, failure)
        assert isinstance(step(plan, operations_wait=True), Wait), "it backs off all the same"
    assert step(plan, operations_wait=True, after_ms=BACK_OFF_MOST_MS) == Run(PUSH, park=True)
    idle = step(plan, after_ms=CONTACT_EVERY_MS)
    assert isinstance(idle, Run)
    assert not idle.park, "nothing waits: there is nothing to park"
    done = after_push(plan, news=True, now_ms=NOW)
    assert step(done, operations_wait=True) == Run(PUSH)
    assert done.push.alone == 0


def test_where_parking_fails_too_push_and_park_take_turns() -> None:
    plan = failing_over_one(FAILING[0])
    parks = []
    for _ in range(PARK_AFTER + 4):
        run = step(plan, operations_wait=True, after_ms=BACK_OFF_MOST_MS)
        assert isinstance(run, Run)
        parks.append(run.park)
        plan = failed(plan, PUSH, Declined(404, "not_found") if run.park else FAILING[0])
    assert parks == [False] * PARK_AFTER + [True, False, True, False]


@pytest.mark.parametrize(
    "failure", [REFUSED, Busy(503), NoProgress(), Declined(403, "some_day"), NotOurs(NotOursReason.NOT_JSON, 200), None]
)
def test_a_server_out_of_reach_parks_nothing(failure: Failure | None) -> None:
    plan = settled()
    for _ in range(50):
        plan = failed(plan, PUSH, failure)
    assert plan.push.alone == 0
    assert plan.push.size == MAX_OPERATIONS


def test_a_pull_that_fails_parks_nothing() -> None:
    plan = settled()
    for _ in range(50):
        plan = failed(plan, PULL, FAILING[0])
    assert (plan.pull.alone, plan.pull.size) == (0, PULL_LIMIT_MAX)


def test_a_line_too_slow_for_a_page_gets_smaller_pages() -> None:
    plan = failed(settled(), PULL, Unreachable(UnreachableReason.TIMED_OUT))
    assert plan.pull.size == PULL_LIMIT_MAX // 2
    assert plan.pull.failures == 1


@pytest.mark.parametrize("lane", list(LaneName))
def test_an_unknown_token_stops_both_lanes(lane: LaneName) -> None:
    plan = failed(settled(), lane, Declined(401, "token_invalid"))
    assert step(plan, operations_wait=True, after_ms=10**9) == Wait(None)
    assert step(hurry(plan, NOW), operations_wait=True, after_ms=10**9) == Wait(None)


def test_a_revoked_till_still_hands_in_its_queue() -> None:
    plan = failed(settled(), PULL, Declined(401, "till_revoked"))
    assert plan.pull.stopped
    assert step(plan, operations_wait=True) == Run(PUSH)
    assert step(failed(plan, PUSH, Declined(401, "till_revoked")), operations_wait=True) == Wait(None)


def test_a_401_of_a_portal_stops_nothing() -> None:
    assert not failed(settled(), PULL, NotOurs(NotOursReason.STATUS, 401)).pull.stopped


def test_426_is_asked_again_after_a_while() -> None:
    plan = failed(failed(settled(), PUSH, Declined(426, "update_needed")), PULL, Declined(426, "update_needed"))
    assert step(plan, operations_wait=True) == Wait(UPDATE_NEEDED_MS)


def heard() -> Plan:
    """Both lanes have just succeeded, and a stream of events lives."""
    plan = listening(Plan(), living=True)
    return after_pull(after_push(plan, news=False, now_ms=NOW), more=False, now_ms=NOW)


def test_with_a_stream_that_lives_the_pull_rests_longer_and_without_it_as_ever() -> None:
    assert step(heard()) == Wait(PULL_WHILE_LISTENING_MS)
    assert step(listening(heard(), living=False)) == Wait(PULL_EVERY_MS)
    assert step(listening(heard(), living=False), after_ms=PULL_EVERY_MS) == Run(PULL)
    assert step(listening(settled(), living=True)) == Wait(PULL_EVERY_MS), "the habit changes with the next pull"
    assert listening(heard(), living=True) == heard()


def test_a_stream_lives_on_through_whatever_the_lanes_do() -> None:
    plan = failed(hurry(after_push(heard(), news=True, now_ms=NOW), NOW), PUSH, REFUSED)
    plan = failed(plan, PULL, Declined(401, "token_invalid"))
    assert plan.listening


def test_an_event_brings_the_pull_at_once_but_not_in_a_row() -> None:
    told = told_of_change(heard(), NOW)
    assert step(told) == Wait(PULL_APART_LEAST_MS)
    assert step(told, after_ms=PULL_APART_LEAST_MS) == Run(PULL)
    assert step(told_of_change(heard(), NOW + 5_000), after_ms=5_000) == Run(PULL)


@pytest.mark.parametrize(
    ("took_ms", "apart_ms"), [(0, 250), (80, 250), (100, 300), (900, 2_700), (60_000, PULL_EVERY_MS)]
)
def test_a_slow_server_is_pulled_from_less_often_than_it_wakes(took_ms: int, apart_ms: int) -> None:
    plan = after_pull(heard(), more=False, now_ms=NOW, took_ms=took_ms)
    assert step(told_of_change(plan, NOW)) == Wait(apart_ms)


def test_an_event_cuts_no_back_off_and_no_retry_after_short_and_pushes_nothing() -> None:
    backing_off = failed(failed(heard(), PULL, REFUSED), PUSH, REFUSED)
    assert told_of_change(backing_off, NOW).push == backing_off.push
    assert step(told_of_change(backing_off, NOW), after_ms=999) == Wait(1)
    held = failed(heard(), PULL, Busy(503, 20_000))
    assert step(told_of_change(held, NOW), after_ms=19_999) == Wait(1)
    assert told_of_change(settled(), NOW).pull.due_ms <= settled().pull.due_ms, "never later than by habit"
