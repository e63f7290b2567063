"""That an older copy was restored, or that two computers work as this till, is on the strip until it was seen."""

from collections.abc import Callable

import pytest

from common.terms import PinPolicy, Terms
from desktop.cashier.engine import Till
from desktop.cashier.looking import activity
from desktop.present.console import status_json, status_lines
from desktop.present.pages.till.notice_view import read_trouble
from desktop.present.pages.till.strip_view import read_strip
from desktop.store import identity
from desktop.store.setback import news
from desktop.sync.state import SyncState
from tests.desktop.shop import INCARNATION
from tests.helpers.clock import ManualClock

ONLINE = SyncState(online=True)


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=Terms(pin_policy=PinPolicy.OFF, timezone="Europe/Luxembourg"))


def tell(till: Till, clock: ManualClock, standing: str, regained: int) -> None:
    with till.book.write() as connection:
        news.tell(connection, standing, regained, clock.now())


def test_operations_that_came_back_are_told_until_somebody_has_seen_it(till: Till, clock: ManualClock) -> None:
    tell(till, clock, "till_behind", 3)
    assert read_strip(till, ONLINE, "").notice_text == "Older copy restored"
    page = read_trouble(till, ONLINE)
    assert page is not None
    assert page.title == "An older copy of this till was restored"
    assert page.detail.startswith("3 operations that this computer no longer had came back")
    assert page.button == "I have seen this"
    activity.acknowledge_setback(till)
    assert read_strip(till, ONLINE, "").notice_text == ""
    assert read_trouble(till, ONLINE) is None


def test_two_branches_say_what_the_office_can_do(till: Till, clock: ManualClock) -> None:
    """And stay the news, whatever comes back with a later answer."""
    tell(till, clock, "diverged", 0)
    tell(till, clock, "till_behind", 2)
    assert read_strip(till, ONLINE, "").notice_text == "Used on two computers?"
    page = read_trouble(till, ONLINE)
    assert page is not None
    assert "Since 11:00 " in page.detail
    assert "2 operations" in page.detail
    assert "an enrolment code with a name of its own" in page.detail


@pytest.mark.parametrize("standing", ["till_behind", "in_step", "server_behind", None, "from a later version"])
def test_a_lost_answer_is_no_news(till: Till, clock: ManualClock, standing: str | None) -> None:
    with till.book.write() as connection:
        news.tell(connection, standing, 0, clock.now())
    assert activity.setback(till) is None


def test_status_says_it_too(till: Till, clock: ManualClock) -> None:
    tell(till, clock, "till_behind", 3)
    with till.book.read() as connection:
        who = identity.load(connection)
    assert who.incarnation == INCARNATION
    told = activity.setback(till)
    said = status_json(who, activity.counts(till), (), told)
    assert said["setback"] == {"what": "till_behind", "at": "2026-11-22T10:00:00.000000Z", "regained": 3}
    [line] = [line for line in status_lines(who, activity.counts(till), (), None, told) if line.startswith("Set back")]
    assert "3 operations came back" in line
    assert status_json(who, activity.counts(till), ())["setback"] is None
