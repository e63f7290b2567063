"""Terms: an operation is judged by the version it names, but by none older than its till had pulled by then."""

from datetime import timedelta

import pytest

from tests.helpers.clock import ManualClock
from tests.helpers.shop import OpenShop, Shop, WireTill, said

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return open_shop("cooldown_minutes = 0\nvisit_limit = 1")


def pull_and_apply(till: WireTill) -> None:
    """Pull everything, and once more: only the next cursor says that the last page was applied."""
    till.pull(till.pull_all()[-1].cursor)


def test_the_version_named_counts_where_the_till_had_no_newer(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    shop.change_terms("cooldown_minutes = 0\nvisit_limit = 3")
    old, new = till.stamp(card_id, count=2), till.stamp(card_id, count=2, terms_version=2)
    verdicts = till.push(old, new)
    assert said(verdicts) == ["visit_limit", "accepted"]
    assert [verdict.terms_version for verdict in verdicts] == [1, 2]


def test_a_newer_version_that_the_till_had_pulled_before_counts_instead(shop: Shop, clock: ManualClock) -> None:
    """Otherwise a cashier would go on by the rules of last month."""
    till = shop.till()
    card_id = till.card()
    before = till.stamp(card_id, count=2)
    clock.advance(MINUTE)
    shop.change_terms("cooldown_minutes = 0\nvisit_limit = 3")
    pull_and_apply(till)
    at_that_moment = till.stamp(card_id, count=2)
    clock.advance(MINUTE)
    after = till.stamp(card_id, count=2)
    verdicts = till.push(before, at_that_moment, after)
    assert [verdict.terms_version for verdict in verdicts] == [1, 1, 2]
    assert said(verdicts) == ["visit_limit", "visit_limit", "accepted"]


def test_what_another_till_pulled_does_not_count(shop: Shop, clock: ManualClock) -> None:
    front, bar = shop.till(), shop.till("kirchberg", "bar")
    card_id = front.card()
    shop.change_terms("cooldown_minutes = 0\nvisit_limit = 3")
    pull_and_apply(bar)
    clock.advance(MINUTE)
    [verdict] = front.push(front.stamp(card_id))
    assert verdict.terms_version == 1


def test_a_page_on_its_way_is_not_yet_pulled(shop: Shop, clock: ManualClock) -> None:
    """A cursor says that the page before it was applied; until it comes back, nobody knows."""
    till = shop.till()
    card_id = till.card()
    cursor = till.pull_all()[-1].cursor
    shop.change_terms("cooldown_minutes = 0\nvisit_limit = 3")
    till.pull(cursor)
    clock.advance(MINUTE)
    [verdict] = till.push(till.stamp(card_id))
    assert verdict.terms_version == 1


def test_a_snapshot_half_pulled_is_not_pulled(shop: Shop, clock: ManualClock) -> None:
    till = shop.till()
    card_id = till.card()
    shop.change_terms("cooldown_minutes = 0\nvisit_limit = 3")
    first = till.pull(limit=1)
    assert first.changes.terms
    till.pull(first.cursor, limit=1)
    clock.advance(MINUTE)
    [verdict] = till.push(till.stamp(card_id))
    assert verdict.terms_version == 1
