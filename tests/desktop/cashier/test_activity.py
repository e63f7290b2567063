"""What needs attention: it stays until somebody has seen it, also over the program's end."""

from collections.abc import Callable
from pathlib import Path

from common.ids import OperationKey
from common.terms import PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import By, Till
from desktop.cashier.looking import activity
from desktop.cashier.looking.activity import acknowledge, counts, needing_attention
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.store.book import Book
from tests.desktop.shop import BEN, card_id, card_row, judged, verdict
from tests.helpers.clock import ManualClock


def _given(till: Till, place: int) -> OperationKey:
    done = stamp(till, By(BEN), card_id(place))
    assert isinstance(done, Recorded)
    return done.key


def _waiting_for_a_look(till: Till) -> tuple[list[OperationKey], int, int]:
    told = counts(till)
    return [one.operation.key for one in needing_attention(till, 10)], told.rejected, told.parked


def test_what_was_seen_and_what_was_not_survive_a_restart(
    open_till: Callable[..., Till], book_path: Path, clock: ManualClock
) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[card_row(place) for place in (1, 2, 3)])
    seen, rejected, parked = (_given(till, place) for place in (1, 2, 3))
    judged(
        till,
        verdict(seen, Outcome.REJECTED, ver=2, code="cooldown"),
        verdict(rejected, Outcome.REJECTED, ver=3, seq=2, code="card_inactive"),
        verdict(parked, Outcome.PARKED, ver=4, seq=3, code="too_old"),
    )
    assert acknowledge(till, seen)
    assert _waiting_for_a_look(till) == ([rejected, parked], 1, 1)
    till.book.close()
    with Book.open(book_path) as book:
        again = Till(book, clock)
        assert _waiting_for_a_look(again) == ([rejected, parked], 1, 1)
        assert not acknowledge(again, seen)
        assert acknowledge(again, parked)
        assert acknowledge(again, rejected)
        assert _waiting_for_a_look(again) == ([], 0, 0)
        assert len(activity.recent(again, 10)) == 3


def test_a_parked_operation_that_is_rejected_after_all_needs_another_look(open_till: Callable[..., Till]) -> None:
    till = open_till(terms=Terms(pin_policy=PinPolicy.OFF), cards=[card_row(1)])
    key = _given(till, 1)
    judged(till, verdict(key, Outcome.PARKED, ver=2, code="too_old"))
    assert acknowledge(till, key)
    assert _waiting_for_a_look(till) == ([], 0, 0)
    judged(till, verdict(key, Outcome.REJECTED, ver=3, code="cooldown"))
    assert _waiting_for_a_look(till) == ([key], 1, 0)
