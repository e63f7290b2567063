"""The views of search, shift and attention: what a customer may see, what a cashier must."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.terms import PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.people.shift import close_shift, open_shift
from desktop.cashier.stamp import stamp
from desktop.present.pages.cards.search_view import FoundCard, masked_email, masked_phone, read_search
from desktop.present.pages.people.shift_view import read_shift_view
from desktop.present.pages.till.attention_view import read_attention
from tests.desktop import shop
from tests.helpers.clock import START, ManualClock

FREE = Terms(pin_policy=PinPolicy.OFF, cooldown_minutes=0)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+352 621 12 47 11", "•••• 4711"), ("0621/124711", "•••• 4711"), ("4711", "••••"), ("call me", "••••")],
)
def test_a_phone_number_shows_its_end_alone(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"), [("anna@example.com", "a•••@example.com"), ("@x", "•••@x"), ("anna", "a•••")]
)
def test_an_email_address_shows_where_it_is(email: str, masked: str) -> None:
    assert masked_email(email) == masked


def test_results_show_no_contact_in_full(open_till: Callable[..., Till]) -> None:
    till = open_till(
        cards=[
            shop.card_row(1, name="Anna Weber", phone="+352 621 124711", email="anna@example.com"),
            shop.card_row(2, name="Anna Zorn", inactive_since=START - timedelta(days=1)),
        ]
    )
    view = read_search(till, "anna")
    assert view.text == "anna"
    assert view.cards == (
        FoundCard(str(shop.card_id(1)), "Anna Weber", "0007-0000-0011", "•••• 4711  a•••@example.com"),
        FoundCard(str(shop.card_id(2)), "Anna Zorn", "0007-0000-0029", "", "Blocked"),
    )


def test_a_shift_in_words(open_till: Callable[..., Till], clock: ManualClock) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1), shop.card_row(2)])
    before = read_shift_view(till)
    assert (before.is_open, before.headline, before.rows) == (False, "No shift yet", ())
    open_shift(till, By(shop.ANA))
    assert read_shift_view(till).hint == "Nothing was given or taken back in this shift yet."
    given = stamp(till, By(shop.BEN), shop.card_id(1))
    stamp(till, By(shop.ANA), shop.card_id(2))
    view = read_shift_view(till)
    assert (view.is_open, view.by, view.waiting) == (True, "Opened by Ana", 2)
    assert [(row.name, row.stamps) for row in view.rows] == [("Ben", 1), ("Ana", 1), ("All together", 2)]
    assert "2 operations still wait to be sent. They stay on this till" in view.waiting_text
    clock.advance(timedelta(hours=8))
    close_shift(till, By(shop.BEN))
    assert isinstance(given, Recorded)
    shop.judged(till, shop.verdict(given.key, Outcome.REJECTED, ver=2, code="cooldown"))
    closed = read_shift_view(till)
    assert closed.by == "Opened by Ana · Closed by Ben"
    assert (closed.headline.startswith("Closed: "), closed.waiting) == (True, 1)
    assert closed.rejected_text == "1 was not accepted by the server"


def test_an_item_says_what_who_when_why_and_what_to_tell_the_customer(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=FREE, cards=[shop.card_row(1), shop.card_row(2)])
    told, parked = (stamp(till, By(shop.BEN), shop.card_id(place)) for place in (1, 2))
    assert isinstance(told, Recorded)
    assert isinstance(parked, Recorded)
    shop.judged(
        till,
        shop.verdict(told.key, Outcome.REJECTED, ver=2, code="card_inactive"),
        shop.verdict(parked.key, Outcome.PARKED, ver=3, seq=2, code="too_old"),
    )
    first, second = read_attention(till)
    assert (first.row.what, first.card, first.who) == ("1 stamp", "0007-0000-0011", "Ben")
    assert first.row.at_text
    assert first.why == "This card is blocked. A manager can unblock it."
    assert first.to_customer == "Your card is blocked; let me ask a manager."
    assert second.why.startswith("In review")
    assert second.to_customer == "Nothing, unless they ask."
