"""What is told of a till's book and computer."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from common.terms import PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.store.book import Book
from desktop.sync.facts import read_facts
from tests.desktop import shop
from tests.helpers.clock import ManualClock


def test_a_till_at_work(open_till: Callable[..., Till], clock: ManualClock) -> None:
    terms = Terms(pin_policy=PinPolicy.OFF, cooldown_minutes=0)
    till = open_till(terms=terms, cards=[shop.card_row(1), shop.card_row(2)])
    done = [stamp(till, NOBODY, shop.card_id(place)) for place in (1, 2)]
    assert isinstance(done[0], Recorded)
    shop.judged(till, shop.verdict(done[0].key, Outcome.ACCEPTED, ver=2))
    clock.advance(timedelta(hours=1))
    at = clock.now()
    clock.jump(timedelta(minutes=7))
    facts = read_facts(till.book, clock)
    assert (facts.cards, facts.waiting, facts.recorded) == (2, 1, 2)
    assert (facts.at, facts.clock_off) == (at, timedelta(minutes=7))
    assert facts.book_bytes >= till.book.path.stat().st_size > 0
    assert facts.free_bytes
    assert facts.who is not None
    assert facts.who.till_name == "Counter"


def test_a_till_that_was_never_enrolled(book_path: Path, clock: ManualClock) -> None:
    with Book.open(book_path) as book:
        facts = read_facts(book, clock)
    assert (facts.who, facts.clock_off, facts.at, facts.cards, facts.recorded) == (None, None, clock.now(), 0, 0)
