"""What the pages say of a till on a real book."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from common.ledger import TransactionKind
from common.rules.refusals import RefusalCode, Refused
from common.terms import PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import NOBODY, By, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.present.pages.cards.card_view import read_card
from desktop.present.pages.here import read_here
from desktop.present.pages.idle_view import read_idle
from desktop.present.pages.people.staff_view import Wanted, locked_for_text, read_staff
from desktop.present.pages.short_reasons import short_reason
from desktop.present.pages.till.attention_view import read_attention
from desktop.present.pages.till.notice_view import (
    ALL_HANDED_IN,
    ALL_HANDED_IN_SOME_IN_REVIEW,
    MUST_ENROL_AGAIN,
    UPDATE_NEEDED,
    notice_of_exchange,
)
from desktop.present.pages.till.strip_view import read_strip
from desktop.present.views import CardAct, OperationState, StampCardView, Tone
from desktop.store.identity import Enrolment
from desktop.sync.state import SyncState
from desktop.trouble import DiskFull, NotSyncedYet
from tests.desktop import shop
from tests.helpers.clock import START, ManualClock

FREE = Terms(pin_policy=PinPolicy.OFF, timezone="Europe/Luxembourg")
ONLINE = SyncState(online=True)


def card(till: Till, place: int, *, online: bool = True, by: By = NOBODY) -> StampCardView:
    view = read_card(till, by, shop.card_id(place), online=online)
    assert view is not None
    return view


def stamped(till: Till, place: int, by: By = NOBODY) -> Recorded:
    done = stamp(till, by, shop.card_id(place))
    assert isinstance(done, Recorded)
    return done


@pytest.mark.parametrize(
    ("balance", "primary", "count", "rewards"),
    [
        (0, CardAct.STAMP, "0 of 10", ""),
        (9, CardAct.STAMP, "9 of 10", ""),
        (10, CardAct.REDEEM, "10 of 10", "1 reward ready"),
        (11, CardAct.REDEEM, "11 of 10", "1 reward ready"),
        (23, CardAct.REDEEM, "23 of 10", "2 rewards ready"),
    ],
)
def test_one_act_is_the_sensible_one(
    open_till: Callable[..., Till], balance: int, primary: CardAct, count: str, rewards: str
) -> None:
    view = card(open_till(terms=FREE, cards=[shop.card_row(1, balance)]), 1)
    assert (view.primary, view.stamps.count_text, view.stamps.rewards_text) == (primary, count, rewards)


def test_what_this_till_has_not_had_confirmed_is_provisional(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1, 3)])
    stamped(till, 1)
    stamps = card(till, 1).stamps
    assert (stamps.confirmed, stamps.provisional) == (3, 1)


def test_a_balance_is_as_old_as_the_last_sync_and_says_so_offline(
    open_till: Callable[..., Till], clock: ManualClock
) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1, 3)])
    clock.advance(timedelta(days=2))
    stamped(till, 1)
    assert card(till, 1, online=True).as_of_text == ""
    assert card(till, 1, online=False).as_of_text == "As of Sun 11:00, 1 of yours since"


def test_before_anybody_signed_in_the_buttons_say_what_the_card_allows(open_till: Callable[..., Till]) -> None:
    till = open_till(cards=[shop.card_row(1, 3)])
    stamped(till, 1, By(shop.BEN))
    stamp_action = card(till, 1).actions[0]
    assert (stamp_action.enabled, stamp_action.why_not) == (False, "Next stamp at 10:15")


def test_history_is_taken_back_once(open_till: Callable[..., Till], clock: ManualClock) -> None:
    given, taken = shop.key(1), shop.key(2)
    rows = [
        shop.transaction_row(1, given, clock.now() - timedelta(hours=3)),
        shop.transaction_row(
            1, taken, clock.now() - timedelta(hours=2), delta=-1, kind=TransactionKind.VOID, original=given
        ),
        shop.transaction_row(1, shop.key(3), clock.now() - timedelta(hours=1), store_id=shop.PORT),
    ]
    view = card(open_till(terms=FREE, cards=[shop.card_row(1, 1)], transactions=rows), 1)
    assert [(row.what, row.card_number, row.voidable) for row in view.history] == [
        ("1 stamp", "Port", True),
        ("Taken back", "", False),
        ("1 stamp", "", False),
    ]


def test_a_card_that_nobody_knows_is_none(open_till: Callable[..., Till]) -> None:
    assert read_card(open_till(), NOBODY, shop.card_id(9), online=True) is None


def test_the_last_operations_with_their_state(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1), shop.card_row(2, 10)])
    rejected = stamped(till, 1)
    clock.advance(timedelta(minutes=20))
    accepted = stamped(till, 1)
    redeem(till, NOBODY, shop.card_id(2))
    shop.judged(
        till,
        shop.verdict(rejected.key, Outcome.REJECTED, ver=2, code="card_inactive"),
        shop.verdict(accepted.key, Outcome.ACCEPTED, seq=2, ver=3),
    )
    view = read_idle(till)
    assert view.title == "Roast & Co · Gare · Counter"
    assert [(row.what, row.at_text, row.state) for row in view.rows] == [
        ("Free coffee", "11:20", OperationState.WAITING),
        ("1 stamp", "11:20", OperationState.CONFIRMED),
        ("1 stamp", "11:00", OperationState.REJECTED),
    ]
    (item,) = read_attention(till)
    assert item.row.sentence == item.why == "This card is blocked. A manager can unblock it."


@pytest.mark.parametrize(
    ("sync", "link", "tone"),
    [
        (ONLINE, "Online", Tone.OK),
        (SyncState(online=None), "Connecting", Tone.NEUTRAL),
        (SyncState(online=False), "Offline", Tone.NEUTRAL),
        (SyncState(online=True, enrolment=Enrolment.MUST_ENROL_AGAIN), "Online", Tone.PERSON),
        (SyncState(online=True, trouble=NotSyncedYet()), "Online", Tone.OK),
    ],
)
def test_the_strip_without_a_queue(open_till: Callable[..., Till], sync: SyncState, link: str, tone: Tone) -> None:
    view = read_strip(open_till(), sync, "Ben")
    assert (view.link_text, view.tone, view.person_text) == (link, tone, "Ben")


def test_the_strip_is_never_green_while_something_waits(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1)])
    done = stamped(till, 1)
    clock.advance(timedelta(hours=5))
    view = read_strip(till, ONLINE, "")
    assert (view.tone, view.waiting_text, view.person_text) == (Tone.WAITING, "1 waiting, oldest 5 h", "")
    shop.judged(till, shop.verdict(done.key, Outcome.PARKED, ver=2, code="too_old"))
    parked = read_strip(till, ONLINE, "")
    assert (parked.tone, parked.rejected_text) == (Tone.WAITING, "1 in review")


def test_the_strip_names_trouble_in_two_words(open_till: Callable[..., Till]) -> None:
    till = open_till()
    view = read_strip(till, SyncState(online=True, trouble=DiskFull(till.book.path)), "")
    assert (view.trouble_text, view.tone) == ("Disk full", Tone.PERSON)


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "0:01"), (60, "1:00"), (754, "12:34"), (3_600, "1:00:00"), (5_025, "1:23:45")]
)
def test_how_long_a_lock_holds(seconds: int, said: str) -> None:
    assert locked_for_text(seconds) == f"Locked for {said}"


def test_whose_pin_is_asked_for(open_till: Callable[..., Till]) -> None:
    till = open_till()
    assert [one.name for one in read_staff(till, Wanted.ANYBODY).people] == ["Ana", "Ben", "Cleo"]
    assert [one.name for one in read_staff(till, Wanted.MANAGER).people] == ["Ana"]


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (Refused(RefusalCode.DAILY_LIMIT, {"limit": 5, "today": 5}), "5 of 5 today"),
        (Refused(RefusalCode.INSUFFICIENT_STAMPS, {"balance": 9, "target": 10}), "1 stamp to go"),
        (Refused(RefusalCode.OTHER_STORE, {"store_id": shop.PORT}), "Only in Port"),
        (Refused(RefusalCode.CARD_INACTIVE), "This card is blocked"),
        (Refused(RefusalCode.VISIT_LIMIT), "Not possible now"),
    ],
)
def test_why_not_fits_under_a_button(open_till: Callable[..., Till], refused: Refused, said: str) -> None:
    assert short_reason(refused, read_here(open_till())) == said


def test_what_stands_behind_the_strips_trouble() -> None:
    assert notice_of_exchange(ONLINE, Enrolment.MUST_ENROL_AGAIN) == MUST_ENROL_AGAIN
    assert notice_of_exchange(SyncState(enrolment=Enrolment.UPDATE_NEEDED), Enrolment.ENROLLED) == UPDATE_NEEDED
    handed_in = replace(ONLINE, last_contact_at=START)
    said = {
        (waiting, parked): notice_of_exchange(
            replace(handed_in, waiting=waiting, parked=parked), Enrolment.MUST_ENROL_AGAIN
        )
        for waiting in (0, 1)
        for parked in (0, 1)
    }
    assert said == {
        (0, 0): ALL_HANDED_IN,
        (0, 1): ALL_HANDED_IN_SOME_IN_REVIEW,
        (1, 0): MUST_ENROL_AGAIN,
        (1, 1): MUST_ENROL_AGAIN,
    }
    assert notice_of_exchange(ONLINE, Enrolment.ENROLLED) is None
