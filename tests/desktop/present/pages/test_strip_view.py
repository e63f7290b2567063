"""The strip of a till on a real book: the line, the limits, the clock; and when it is green."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.clock import Clock
from common.rules.refusals import RefusalCode, Refused
from common.terms import PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.present.pages.till.notice_view import read_trouble
from desktop.present.pages.till.strip_view import read_strip
from desktop.present.views import StripView, Tone
from desktop.store import contact, identity
from desktop.store.contact import Contact
from desktop.sync.state import SyncState
from tests.desktop import shop
from tests.helpers.clock import ManualClock

FREE = Terms(pin_policy=PinPolicy.OFF, timezone="Europe/Luxembourg", cooldown_minutes=0, daily_limit=100)
ONLINE = SyncState(online=True)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def stamped(till: Till) -> Recorded:
    done = stamp(till, NOBODY, shop.card_id(1))
    assert isinstance(done, Recorded)
    return done


def event_time(till: Till) -> Contact:
    with till.book.read() as connection:
        return identity.load(connection).contact


def fail(till: Till) -> SyncState:
    """An attempt finds no server: as `Exchange` keeps it, and the runner tells."""
    with till.book.read() as connection:
        last = identity.load(connection).contact
    with till.book.write() as connection:
        identity.record_offline(connection, last.event_time(till.clock))
    with till.book.read() as connection:
        who = identity.load(connection)
    return SyncState(online=False, offline_since=who.offline_since, last_contact_at=who.contact.server_time)


def answer(till: Till, clock: Clock) -> SyncState:
    """An attempt that the server answers."""
    with till.book.write() as connection:
        contact.record(connection, Contact.made(event_time(till).event_time(clock), clock))
    return SyncState(online=True, last_contact_at=event_time(till).server_time)


def strip(till: Till, sync: SyncState) -> StripView:
    return read_strip(till, sync, "")


def test_offline_is_said_after_five_seconds_and_the_strip_says_when_to_look_again(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=FREE)
    lost = fail(till)
    just_now = strip(till, lost)
    assert (just_now.link_text, just_now.tone, just_now.last_sync_text) == ("Online", Tone.OK, "")
    clock.advance(4 * SECOND)
    assert strip(till, lost).link_text == "Online"
    clock.advance(timedelta(milliseconds=strip(till, lost).look_again_ms))
    after = strip(till, lost)
    assert (after.link_text, after.tone, after.last_sync_text) == (
        "Offline since 11:00",
        Tone.NEUTRAL,
        "Last sync 11:00",
    )
    assert after.look_again_ms == 0


def test_a_link_that_flaps_does_not_flash(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=FREE)
    said = set()
    for _ in range(10):
        lost = fail(till)
        for _ in range(2):
            said.add(strip(till, lost).link_text)
            clock.advance(2 * SECOND)
        said.add(strip(till, answer(till, clock)).link_text)
        clock.advance(3 * SECOND)
    assert said == {"Online"}


def test_a_flapping_link_is_not_green_while_something_waits(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1)])
    stamped(till)
    assert strip(till, fail(till)).tone is Tone.WAITING


def test_a_till_that_was_not_online_just_now_does_not_claim_it(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=FREE)
    clock.advance(8 * HOUR)
    lost = fail(till)
    view = strip(till, lost)
    assert (view.link_text, view.tone) == ("Connecting", Tone.NEUTRAL)
    clock.advance(5 * SECOND)
    assert strip(till, lost).link_text == "Offline since 19:00"


def test_before_the_first_attempt_what_the_book_knows_is_said(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=FREE)
    fail(till)
    clock.advance(DAY)
    assert strip(till, SyncState()).link_text == "Offline since Sun 11:00"


@pytest.mark.parametrize(
    ("waits_for", "trouble", "notice", "tone"),
    [
        (timedelta(hours=23, minutes=59), "", "", Tone.WAITING),
        (timedelta(hours=24), "", "Connect soon", Tone.WAITING),
        (11 * DAY - SECOND, "", "Connect soon", Tone.WAITING),
        (11 * DAY, "", "Connect within 2 days", Tone.WAITING),
        (13 * DAY - 5 * HOUR, "", "Connect within 5 h", Tone.WAITING),
        (13 * DAY - 5 * HOUR + SECOND, "", "Connect within 4 h", Tone.WAITING),
        (13 * DAY - 30 * SECOND, "", "Connect within 1 min", Tone.WAITING),
        (13 * DAY, "", "Connect within 1 min", Tone.WAITING),
        (13 * DAY + SECOND, "Connect now", "", Tone.PERSON),
    ],
)
def test_the_countdown_runs_from_the_oldest_waiting_operation(
    open_till: Callable[..., Till], clock: ManualClock, waits_for: timedelta, trouble: str, notice: str, tone: Tone
) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1)])
    lost = fail(till)
    stamped(till)
    clock.advance(waits_for)
    view = strip(till, lost)
    assert (view.trouble_text, view.notice_text, view.tone) == (trouble, notice, tone)
    # Red and the law are one: until it is red, a stamp is taken.
    refused = stamp(till, NOBODY, shop.card_id(1))
    assert (isinstance(refused, Refused) and refused.code is RefusalCode.OFFLINE_TOO_LONG) is bool(trouble)


def test_a_day_offline_with_nothing_waiting_runs_towards_no_limit(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=FREE)
    lost = fail(till)
    clock.advance(20 * DAY)
    view = strip(till, lost)
    assert (view.trouble_text, view.notice_text, view.tone) == ("", "Connect soon", Tone.WAITING)


def test_the_countdown_begins_anew_with_what_is_sent(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1)])
    first = stamped(till)
    clock.advance(12 * DAY)
    stamped(till)
    assert strip(till, ONLINE).notice_text == "Connect within 24 h"
    shop.judged(till, shop.verdict(first.key, Outcome.ACCEPTED, ver=2))
    assert strip(till, ONLINE).notice_text == ""


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (timedelta(seconds=119), ""),
        (timedelta(seconds=120), "Clock 2 min fast"),
        (timedelta(minutes=7), "Clock 7 min fast"),
        (-timedelta(minutes=7), "Clock 7 min slow"),
        (timedelta(hours=1), "Clock 1 h fast"),
        (-timedelta(days=365), "Clock 365 days slow"),
    ],
)
def test_a_clock_that_somebody_set_wrong_is_named_and_never_green(
    open_till: Callable[..., Till], clock: ManualClock, off: timedelta, said: str
) -> None:
    till = open_till(terms=FREE)
    clock.jump(off)
    view = strip(till, ONLINE)
    assert (view.notice_text, view.tone) == (said, Tone.WAITING if said else Tone.OK)


def test_times_are_the_shops_whatever_the_computers_clock_says(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=FREE)
    clock.jump(timedelta(hours=5))
    lost = fail(till)
    clock.advance(5 * SECOND)
    assert strip(till, lost).link_text == "Offline since 11:00"


@pytest.mark.parametrize(
    ("waits_for", "title", "said"),
    [
        (timedelta(0), None, ""),
        (12 * DAY, "Connect this till soon", "recording goes on until Sat 11:00"),
        (14 * DAY, "Connect this till now", "nothing more is recorded"),
    ],
)
def test_behind_the_strips_limit_stands_what_to_do(
    open_till: Callable[..., Till], clock: ManualClock, waits_for: timedelta, title: str | None, said: str
) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1)])
    lost = fail(till)
    stamped(till)
    clock.advance(waits_for)
    notice = read_trouble(till, lost)
    assert (notice and notice.title) == title
    assert said in (notice.detail if notice else "")


def test_behind_a_wrong_clock_stands_what_to_do(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=FREE)
    clock.jump(timedelta(minutes=7))
    notice = read_trouble(till, ONLINE)
    assert notice is not None
    assert (notice.tone, notice.title) == (Tone.WAITING, "Clock 7 min fast")
