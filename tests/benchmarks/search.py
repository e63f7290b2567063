"""Search as one types, on a full book, beside a card's own look-up by its token."""

import time
from collections.abc import Callable
from functools import partial
from itertools import chain
from random import Random
from statistics import median

from desktop.cashier.engine import Till
from desktop.cashier.looking.find import find_cards
from desktop.cashier.looking.look_up import look_up
from desktop.settings import Settings
from desktop.store.book import Book
from tests.benchmarks.figures import Figure, compare, percentile
from tests.benchmarks.premises import Premises
from tests.benchmarks.till import CLOCK

ROUNDS = 20
TYPED = 5
P99_MS_AIM = 50


def search(premises: Premises) -> list[Figure]:
    """Every step of typing a name, a phone number, the last four digits, and digits from the middle of a number."""
    random = Random(1)
    with Book.open(Settings(premises.data_dir).book_path) as book:
        till = Till(book, CLOCK)
        searches: list[list[float]] = []
        look_ups: list[list[float]] = []
        for _ in range(ROUNDS):
            cards = random.sample(range(len(premises.hub.cards)), TYPED)
            steps = [step for place in cards for step in _typed(place, premises.hub.cards[place].number)]
            searches.append([_ms(partial(find_cards, till, step)) for step in steps])
            look_ups.append([_ms(partial(look_up, till, premises.hub.cards[place].token)) for place in cards])
    what = f"search, book of {len(premises.hub.cards):,} cards"
    beside = "one look-up by token"
    slowest = percentile(list(chain(*searches)), 99)
    medians = [(median(ours), median(one)) for ours, one in zip(searches, look_ups, strict=True)]
    return [
        compare(f"{what}, p50", beside, medians, unit="ms"),
        Figure(
            what=f"{what}, p99",
            beside=beside,
            value=slowest,
            beside_value=percentile(list(chain(*look_ups)), 99),
            unit="ms",
            ratio=None,
            limit=f"≤ {P99_MS_AIM} ms",
            holds=slowest <= P99_MS_AIM,
        ),
    ]


def _typed(place: int, number: str) -> list[str]:
    """What stands in the field after each key."""
    texts = (f"customer {place}", f"{place} cus", f"0621 {place:06}", number[-4:], number[4:9], number, "nobody at all")
    return [text[:end] for text in texts for end in range(1, len(text) + 1)]


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1_000
