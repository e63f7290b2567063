"""When an own operation stops being open: pages that end before a card's newest version must not make it flicker."""

from collections.abc import Callable

import pytest

from common.ids import CardId
from common.wire.pull import AliasRow, Changes
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.store import history
from desktop.store.cards import CardView
from tests.desktop.shop import BEN, card_id, card_row, judged, pull, token, transaction_row, verdict
from tests.helpers.clock import ManualClock


@pytest.fixture
def till(open_till: Callable[..., Till]) -> Till:
    return open_till(cards=[card_row(1, 3), card_row(2)])


def _card(till: Till, of: CardId) -> CardView:
    card = card_again(till, of)
    assert card is not None
    return card


def _stamped(till: Till, place: int) -> Recorded:
    done = stamp(till, By(BEN), card_id(place))
    assert isinstance(done, Recorded)
    return done


@pytest.mark.guards(name="open until ver")
def test_a_new_card_stays_until_the_page_that_brings_it(till: Till) -> None:
    """The verdict is here, the row is not yet: until then the card is its open enrolment, and nothing else."""
    new = enrol(till, By(BEN), token(70))
    assert isinstance(new, Recorded)
    ours = new.card.card_id
    judged(till, verdict(new.key, Outcome.ACCEPTED, ver=5))
    pull(till, Changes(), ver=4)
    assert not _card(till, ours).known.synced
    row = card_row(1, ver=5).model_copy(update={"id": ours, "number": new.card.number, "token": new.card.token})
    pull(till, Changes(cards=[row]), ver=5)
    assert _card(till, ours).known.synced
    assert _card(till, ours).operations == ()


@pytest.mark.guards(name="open until the card's row")
def test_an_operation_stays_open_until_its_cards_row_arrives(till: Till, clock: ManualClock) -> None:
    """The card changed again in version 9, so the page up to 7 brings the stamp's ledger row, and not the card."""
    done = _stamped(till, 1)
    judged(till, verdict(done.key, Outcome.ACCEPTED, ver=5))

    pull(till, Changes(transactions=[transaction_row(1, done.key, clock.now(), ver=5)]), ver=7)
    halfway = _card(till, card_id(1))
    assert halfway.balance == 4
    with till.book.read() as connection:
        live = history.live_stamps(connection, halfway, (clock.now(), clock.now()))
    assert [one.count for one in live] == [1], "the stamp counts once, although it is in the ledger and in the queue"

    pull(till, Changes(cards=[card_row(1, 6, ver=9)]), ver=9)
    assert _card(till, card_id(1)).balance == 6
    assert _card(till, card_id(1)).operations == ()


def test_of_a_merged_card_it_is_the_row_of_the_card_that_stays(till: Till) -> None:
    """Our card was merged into card 1 in version 5, which changed again in version 9."""
    new = enrol(till, By(BEN), token(70))
    assert isinstance(new, Recorded)
    ours = new.card.card_id
    stamped = stamp(till, By(BEN), ours)
    assert isinstance(stamped, Recorded)
    judged(till, verdict(new.key, Outcome.ACCEPTED, ver=5, merged_into=card_id(1)))
    judged(till, verdict(stamped.key, Outcome.ACCEPTED, ver=5, seq=2))

    pull(till, Changes(aliases=[AliasRow(card_id=ours, merged_into=card_id(1), ver=5)]), ver=7)
    assert _card(till, ours).balance == 4
    pull(till, Changes(cards=[card_row(1, 4, ver=9)]), ver=9)
    assert _card(till, ours).balance == 4
    assert _card(till, ours).operations == ()
