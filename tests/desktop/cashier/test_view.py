"""What a card shows: the synced row and the till's own open operations, folded anew each time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.rules.refusals import RefusalCode, Refused
from common.terms import OfflineRedemption, PinPolicy, Terms
from common.wire.pull import Changes
from common.wire.push import Outcome
from desktop.cashier.block import block, unblock
from desktop.cashier.engine import NOBODY, By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import card_again, look_up
from desktop.cashier.outcome import Recorded, UnknownCard
from desktop.cashier.redeem import redeem
from desktop.cashier.replace import replace
from desktop.cashier.stamp import stamp
from desktop.cashier.void import void_count, void_operation
from desktop.store.cards import CardView
from tests.desktop.shop import (
    ANA,
    BEN,
    MINUTE,
    card_id,
    card_row,
    judged,
    key,
    number,
    pull,
    token,
    transaction_row,
    verdict,
)
from tests.helpers.clock import START, ManualClock

EASY = Terms(cooldown_minutes=0, daily_limit=1_000, visit_limit=20, offline_redemption=OfflineRedemption.PROVISIONAL)
MANAGER = By(ANA)
KEYS = [key(place) for place in range(3)]


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(terms=EASY, cards=[card_row(1, 9), card_row(2)])


def _card(till: Till, place: int = 1) -> CardView:
    card = card_again(till, card_id(place))
    assert card is not None
    return card


def _done(outcome: object) -> Recorded:
    assert isinstance(outcome, Recorded), outcome
    return outcome


def test_own_open_operations_are_folded_over_the_synced_row(till: Till) -> None:
    _done(stamp(till, By(BEN), card_id(1), 2))
    _done(redeem(till, By(BEN), card_id(1)))
    _done(void_count(till, MANAGER, card_id(1), 3))
    card = _card(till)
    # 9 + 2 - 10, and of the 3 asked back only 1 was there.
    assert (card.balance, card.totals.lifetime_stamps, card.totals.redemptions) == (0, 10, 1)
    assert card.known.totals.stamp_count == 9
    assert card.totals.last_stamp_at == START
    assert card.totals.last_redemption_at == START
    assert len(card.operations) == 3


def test_what_an_act_returns_is_what_a_look_shows(till: Till) -> None:
    given = _done(stamp(till, By(BEN), card_id(1), 2))
    assert given.card == _card(till)
    assert _done(void_operation(till, By(BEN), given.key)).card == _card(till)
    assert _done(stamp(till, By(BEN), card_id(1))).card == _card(till)
    assert _done(redeem(till, By(BEN), card_id(1))).card == _card(till)
    assert _done(replace(till, MANAGER, card_id(1))).card == _card(till)
    assert _done(block(till, By(BEN), card_id(1), "lost")).card == _card(till)


def test_rejected_leaves_at_once_and_parked_stays(till: Till) -> None:
    first, second = (_done(stamp(till, By(BEN), card_id(1))) for _ in range(2))
    assert _card(till).balance == 11
    judged(till, verdict(first.key, Outcome.PARKED, ver=5))
    assert _card(till).balance == 11
    judged(till, verdict(second.key, Outcome.REJECTED, ver=5, code="cooldown"))
    assert _card(till).balance == 10


def test_an_accepted_one_neither_flickers_nor_counts_twice(till: Till) -> None:
    done = _done(stamp(till, By(BEN), card_id(1)))
    seen = [_card(till).balance]
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=7))
    seen.append(_card(till).balance)
    pull(till, Changes(), ver=6)
    seen.append(_card(till).balance)
    pull(till, Changes(cards=[card_row(1, 10, ver=7)]), ver=7)
    seen.append(_card(till).balance)
    assert seen == [10, 10, 10, 10]
    assert _card(till).operations == ()


def test_the_void_of_a_rejected_stamp_takes_nothing(till: Till, clock: ManualClock) -> None:
    given = _done(stamp(till, By(BEN), card_id(1)))
    clock.advance(timedelta(seconds=5))
    _done(void_operation(till, By(BEN), given.key))
    assert _card(till).balance == 9
    judged(till, verdict(given.key, Outcome.REJECTED, ver=5, code="cooldown"))
    assert _card(till).balance == 9


def test_a_balance_is_never_shown_below_nothing(till: Till) -> None:
    _done(stamp(till, By(BEN), card_id(1)))
    _done(redeem(till, By(BEN), card_id(1)))
    # Another till redeemed first, and its page arrives before our verdict.
    pull(till, Changes(cards=[card_row(1, 0, ver=5)]), ver=5)
    assert _card(till).balance == 0


def test_confirmed_is_what_surely_stays(till: Till, clock: ManualClock) -> None:
    given = _done(stamp(till, By(BEN), card_id(1), 2))
    assert _card(till).confirmed_balance == 9
    _done(void_operation(till, By(BEN), given.key))
    # An own open stamp taken back was never among the confirmed.
    assert _card(till).confirmed_balance == 9
    _done(void_count(till, MANAGER, card_id(1), 2))
    assert _card(till).confirmed_balance == 7


def test_a_card_begun_here_is_a_card_at_once(till: Till) -> None:
    new = _done(enrol(till, By(BEN), token(50), name=" Lea ", phone="", email=None))
    card = look_up(till, token(50))
    assert isinstance(card, CardView)
    assert (card.card_id, card.known.name, card.known.phone, card.known.synced) == (
        new.card.card_id,
        "Lea",
        None,
        False,
    )
    assert card.number.startswith("0017")
    by_number = look_up(till, card.number)
    assert by_number == card == new.card
    _done(stamp(till, By(BEN), card.card_id))
    assert _done(stamp(till, By(BEN), card.card_id)).card.balance == 2


def test_a_number_that_the_server_changed(till: Till) -> None:
    new = _done(enrol(till, By(BEN), number(60)))
    judged(till, verdict(new.key, Outcome.ACCEPTED, ver=7, number=number(61)))
    assert isinstance(look_up(till, number(60)), UnknownCard)
    card = look_up(till, number(61))
    assert isinstance(card, CardView)
    assert card.card_id == new.card.card_id


def test_a_card_that_the_server_merged(till: Till) -> None:
    """Two tills began the same blank card: what was stamped on ours counts on the one that stays."""
    new = _done(enrol(till, By(BEN), token(70)))
    _done(stamp(till, By(BEN), new.card.card_id, 3))
    # The other till's card arrives first, with the same token.
    pull(till, Changes(cards=[card_row(70, 2, ver=6)]), ver=6)
    judged(till, verdict(new.key, Outcome.ACCEPTED, ver=7, merged_into=card_id(70)))
    for code in (token(70), new.card.number):
        card = look_up(till, code)
        assert isinstance(card, CardView)
        assert (card.card_id, card.balance) == (card_id(70), 5)
    done = _done(stamp(till, By(BEN), new.card.card_id))
    assert (done.card.card_id, done.card.balance) == (card_id(70), 6)


def test_replaced_here_the_old_codes_find_nothing_and_stay_taken(till: Till) -> None:
    done = _done(replace(till, MANAGER, card_id(1), token(80)))
    assert isinstance(look_up(till, number(1)), UnknownCard)
    assert isinstance(look_up(till, token(1)), UnknownCard)
    card = look_up(till, token(80))
    assert isinstance(card, CardView)
    assert (card.card_id, card.balance, card.number) == (card_id(1), 9, done.card.number)
    again = enrol(till, By(BEN), token(1))
    assert not isinstance(again, Recorded)


def test_blocks_act_in_the_order_of_their_times(till: Till, clock: ManualClock) -> None:
    _done(block(till, By(BEN), card_id(1), "lost"))
    assert _card(till).inactive_since == START
    assert not isinstance(stamp(till, By(BEN), card_id(1)), Recorded)
    clock.advance(MINUTE)
    _done(unblock(till, MANAGER, card_id(1)))
    assert _card(till).inactive_since is None
    _done(stamp(till, By(BEN), card_id(1)))


def test_voids_know_what_was_already_taken_back(open_till: Callable[..., Till]) -> None:
    given, taken = transaction_row(1, KEYS[0], START - MINUTE), transaction_row(1, KEYS[1], START - MINUTE)
    void = transaction_row(1, KEYS[2], START, delta=-1, kind="void", original=KEYS[1])
    till = open_till(terms=EASY, cards=[card_row(1, 5)], transactions=[given, taken, void])
    _done(void_operation(till, By(BEN), KEYS[0]))
    for again in KEYS[:2]:
        assert void_operation(till, By(BEN), again) == Refused(RefusalCode.ALREADY_VOIDED)


def test_nobody_is_asked_where_the_policy_is_off(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[card_row(1, 5)])
    assert _done(stamp(till, NOBODY, card_id(1))).card.balance == 6
    assert _done(void_count(till, NOBODY, card_id(1), 2)).card.balance == 4


def test_synced_stamps_count_while_they_live(open_till: Callable[..., Till]) -> None:
    """Voided in full, a stamp blocks nobody; voided with a shortfall it was spent, and goes on counting."""
    given = [transaction_row(place, key(place), START - MINUTE) for place in (1, 2, 3)]
    in_full = transaction_row(1, key(11), START, delta=-1, kind="void", original=key(1))
    with_shortfall = transaction_row(2, key(12), START, delta=0, kind="void", original=key(2), shortfall=1)
    cards = [card_row(place, 5) for place in (1, 2, 3)]
    till = open_till(cards=cards, transactions=[*given, in_full, with_shortfall])
    _done(stamp(till, By(BEN), card_id(1)))
    for place in (2, 3):
        refused = stamp(till, By(BEN), card_id(place))
        assert isinstance(refused, Refused)
        assert refused.code is RefusalCode.COOLDOWN
    # The till's own void, which the server has not seen yet, frees a synced stamp's place just as well.
    _done(void_operation(till, By(BEN), key(3)))
    _done(stamp(till, By(BEN), card_id(3)))
