"""Crowds: many tills at once on the same cards. Nobody waits in a circle, nothing is lost, counted twice or missed."""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event

from common.wire.push import Outcome, Verdict
from server.operate.audit import run
from tests.helpers.clock import ManualClock
from tests.helpers.folded_feed import FoldedFeed
from tests.helpers.shop import PAGES_MAX, Operation, Shop, WireTill

TILLS: Final = 8
CARDS: Final = 50
PATIENCE_S: Final = 60
FREE_OF_LIMITS: Final = "cooldown_minutes = 0\ndaily_limit = 1000"


@pytest.fixture
def shop(own_engine: Engine, clock: ManualClock) -> Shop:
    return Shop.open(own_engine, clock, terms=FREE_OF_LIMITS)


@contextmanager
def database_errors(engine: Engine) -> Iterator[list[str]]:
    """Collects what the database refused, also where a second attempt mended it."""
    seen: list[str] = []

    def note(context: Any) -> None:
        seen.append(type(context.original_exception).__name__)

    event.listen(engine, "handle_error", note)
    try:
        yield seen
    finally:
        event.remove(engine, "handle_error", note)


def tills_of(shop: Shop) -> list[WireTill]:
    return [shop.till(("gare", "kirchberg")[number % 2], f"till {number}") for number in range(TILLS)]


def cards_of(till: WireTill, count: int) -> list[uuid.UUID]:
    enrols = [till.enrol_card() for _ in range(count)]
    till.push(*enrols)
    return [uuid.UUID(enrol["card_id"]) for enrol in enrols]


def at_once(batches: list[tuple[WireTill, list[Operation]]]) -> list[Verdict]:
    """Push each batch from a thread and a connection of its own, all beginning together."""
    begin = threading.Barrier(len(batches))

    def push(till: WireTill, batch: list[Operation]) -> list[Verdict]:
        begin.wait(PATIENCE_S)
        return till.push(*batch)

    with ThreadPoolExecutor(len(batches)) as threads:
        pushing = [threads.submit(push, till, batch) for till, batch in batches]
        return [verdict for pushed in pushing for verdict in pushed.result()]


def test_eight_tills_push_fifty_shuffled_cards_each(shop: Shop) -> None:
    """Each batch locks all the cards, and no two in the same order, were it not for the order of ids."""
    tills = tills_of(shop)
    cards = cards_of(tills[0], CARDS)
    with database_errors(shop.engine) as refused:
        for _ in range(3):
            batches = []
            for till in tills:
                shuffled = random.Random(till.number).sample(cards, len(cards))
                batches.append((till, [till.stamp(card_id) for card_id in shuffled]))
            verdicts = at_once(batches)
            assert {verdict.outcome for verdict in verdicts} == {Outcome.ACCEPTED}
    assert refused == []
    assert {row.card_id: row.stamp_count for row in shop.rows("cards")} == dict.fromkeys(cards, 3 * TILLS)
    assert Counter(row.card_id for row in shop.rows("transactions")) == dict.fromkeys(cards, 3 * TILLS)
    sizes = Counter(row.ver for row in shop.rows("transactions")).values()
    assert sorted(sizes) == [CARDS] * (3 * TILLS), "each batch is one version, and no two share one"
    assert run.audit(shop.engine).findings == ()


def test_every_till_enrols_the_same_tokens_in_another_order(shop: Shop) -> None:
    """One wins each token, and the others try again until they find its card and merge."""
    tills = tills_of(shop)[:4]
    tokens = [enrol["token"] for enrol in (tills[0].enrol_card() for _ in range(40))]
    tills[0].seq = 0
    batches = []
    for till in tills:
        shuffled = random.Random(till.number).sample(tokens, len(tokens))
        batches.append((till, [till.enrol_card(token=token) for token in shuffled]))
    verdicts = at_once(batches)
    assert {verdict.outcome for verdict in verdicts} == {Outcome.ACCEPTED}
    assert sorted(row.token for row in shop.rows("cards")) == sorted(tokens)
    assert len(shop.rows("aliases")) == 3 * len(tokens)


def test_tills_that_pull_while_others_push_miss_nothing_and_get_nothing_twice(shop: Shop) -> None:
    tills = tills_of(shop)
    pushing, pulling = tills[:5], tills[5:]
    cards = cards_of(tills[0], 10)
    feeds = {till.till_id: FoldedFeed() for till in pulling}
    all_pushed = threading.Event()

    def push(till: WireTill) -> None:
        choose = random.Random(till.number)
        for _ in range(12):
            enrol = till.enrol_card()
            chosen = choose.choices(cards, k=choose.randint(1, 8))
            till.push(enrol, *(till.stamp(card_id) for card_id in chosen), till.stamp(enrol["card_id"]))

    def pull(till: WireTill) -> None:
        feed, last_round = feeds[till.till_id], False
        for _ in range(PAGES_MAX):
            page = till.pull(feed.cursor, limit=3 + till.number % 5)
            feed.apply(page)
            if not page.more and last_round:
                return
            # What was pushed before this moment is there by the next page that has no more behind it.
            last_round = all_pushed.is_set()
        raise AssertionError("the feed comes to no end")

    with ThreadPoolExecutor(len(tills)) as threads:
        pulls = [threads.submit(pull, till) for till in pulling]
        try:
            for done in [threads.submit(push, till) for till in pushing]:
                done.result()
        finally:
            all_pushed.set()
        for done in pulls:
            done.result()

    cards_now = {row.card_id: (row.stamp_count, row.ver) for row in shop.rows("cards")}
    ledger = {row.key: (row.balance_after, row.ver) for row in shop.rows("transactions")}
    for feed in feeds.values():
        assert {key: (row["stamp_count"], row["ver"]) for key, row in feed.rows["cards"].items()} == cards_now
        assert {key: (row["balance_after"], row["ver"]) for key, row in feed.rows["transactions"].items()} == ledger
        assert len(feed.received) == len(set(feed.received)), "nothing comes twice"
        versions = [ver for _, _, ver in feed.received]
        assert max(versions) == feed.ver
