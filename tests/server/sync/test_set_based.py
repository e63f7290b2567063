"""Reconcile is set-based: a batch costs the same handful of statements, whatever its size and whatever is in it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event

from common.card_code import make_number
from tests.helpers.shop import OpenShop, Operation, WireTill, fresh_token, said

STATEMENTS_MAX: Final = 25

Make = Callable[[WireTill, Operation], Operation]

# One card's life: every kind, and every fate of an operation. `enrol` is the card's own enrol.
LIFE: Final[tuple[Make, ...]] = (
    lambda till, enrol: till.operation("carry_over", of(enrol), count=10, approved_by=till.shop.staff["Ana"]),
    lambda till, enrol: till.stamp(of(enrol)),
    lambda till, enrol: till.void(of(enrol), original=enrol["key"]),
    lambda till, enrol: till.void(of(enrol), count=1, approved_by=till.shop.staff["Ana"]),
    lambda till, enrol: till.redeem(of(enrol)),
    lambda till, enrol: till.redeem(of(enrol)),
    lambda till, enrol: till.enrol_card(token=enrol["token"]),
    lambda till, enrol: till.enrol_card(number=enrol["number"]),
    lambda till, enrol: till.operation(
        "replace",
        of(enrol),
        number=make_number(till.number, till.seq),
        token=fresh_token(),
        approved_by=till.shop.staff["Ana"],
    ),
    lambda till, enrol: till.operation("block", of(enrol), reason="Lost"),
    lambda till, enrol: till.operation("unblock", of(enrol), approved_by=till.shop.staff["Ana"]),
    lambda till, _enrol: till.operation("lockout", failures=5),
    lambda till, enrol: till.operation("from the future", of(enrol)),
    lambda till, enrol: till.stamp(of(enrol), count=0),
    lambda till, enrol: till.stamp(of(enrol), terms_version=9),
    lambda till, enrol: till.stamp(of(enrol), key=enrol["key"]),
    lambda till, enrol: till.stamp(of(enrol), key="lost"),
)


def of(enrol: Operation) -> uuid.UUID:
    return uuid.UUID(enrol["card_id"])


def mixed(till: WireTill, count: int) -> list[Operation]:
    batch: list[Operation] = []
    while len(batch) < count:
        enrol = till.enrol_card()
        batch.append(enrol)
        for make in LIFE[: count - len(batch)]:
            batch.append(make(till, enrol))
    return batch


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """Collects every statement that the engine sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


Kind = Callable[[WireTill, uuid.UUID], Operation]

OF_ONE_KIND: Final[dict[str, Kind]] = {
    "new cards": lambda till, _card: till.enrol_card(),
    "stamps": lambda till, card: till.stamp(card),
    "redemptions that are losses": lambda till, card: till.redeem(card),
    "voids of nothing": lambda till, card: till.void(card, original=uuid.UUID(int=1)),
    "lockouts": lambda till, _card: till.operation("lockout", failures=5),
    "stamps under unknown terms": lambda till, card: till.stamp(card, terms_version=9),
    "stamps of nothing": lambda till, card: till.stamp(card, count=0),
    "operations without a key": lambda till, card: till.stamp(card, key="lost"),
}


@pytest.mark.parametrize("make", OF_ONE_KIND.values(), ids=OF_ONE_KIND)
def test_1_50_and_500_operations_cost_the_same_statements(open_shop: OpenShop, make: Kind) -> None:
    shop = open_shop("cooldown_minutes = 0\ndaily_limit = 1000")
    till = shop.till()
    card_id = till.card()
    spent: dict[int, list[str]] = {}
    for count in (1, 50, 500):
        batch = [make(till, card_id) for _ in range(count)]
        with counting(shop.engine) as spent[count]:
            assert len(till.push(*batch)) == count
    assert spent[1] == spent[50] == spent[500]


def test_1_50_and_500_operations_of_mixed_kinds_cost_the_same_statements(open_shop: OpenShop) -> None:
    """Whatever is in it: one operation alone costs what every kind together does."""
    shop = open_shop("cooldown_minutes = 0\ndaily_limit = 1000")
    till = shop.till()
    spent: dict[int, list[str]] = {}
    outcomes: set[str] = set()
    for count in (1, 50, 500):
        batch = mixed(till, count)
        with counting(shop.engine) as spent[count]:
            verdicts = till.push(*batch)
        assert len(verdicts) == count
        outcomes |= set(said(verdicts))
    assert outcomes >= {"accepted", "unknown_kind", "invalid_operation", "unknown_terms", "key_reused", "unreadable"}
    assert outcomes >= {"insufficient_stamps", "original_not_found"}
    assert spent[1] == spent[50] == spent[500]
    assert len(spent[50]) <= STATEMENTS_MAX


def test_a_repeated_batch_costs_no_more(open_shop: OpenShop) -> None:
    shop = open_shop()
    till = shop.till()
    batch = mixed(till, 50)
    till.push(*batch)
    with counting(shop.engine) as sent:
        till.push(*batch)
    assert len(sent) <= STATEMENTS_MAX
    assert not any(statement.lstrip().startswith("INSERT INTO") for statement in sent if "contacts" not in statement)


def test_no_statement_of_the_hot_path_crosses_merchants(open_shop: OpenShop) -> None:
    shop = open_shop()
    till = shop.till()
    with counting(shop.engine) as sent:
        till.push(*mixed(till, 20))
        till.pull_all()
    without = [statement for statement in sent if "merchant_id = %(merchant_id)" not in statement]
    for statement in without:
        by_merchant = "token_directory" in statement or "SELECT %(merchant_id)" in statement or "VALUES" in statement
        assert by_merchant, statement
