"""A log of sales over three offline tills ends with the balances that an independent fold of it gives."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from server.operate.audit.run import audit
from tests.helpers.databases import Databases
from tests.helpers.real_hub import RealHub
from tests.world.accounts import CardAccount, accounts_of_server, accounts_of_till
from tests.world.sales.coffee_log import Sale, make_log, read_log
from tests.world.sales.independent_fold import Card, Expected, Numbers, fold
from tests.world.sales.three_tills import TILLS, printed_token, three_tills

REAL_LOG: Final = Path(__file__).parents[4] / "shared" / "data" / "coffee_machine_2024.csv"
"""Lies beside the project where its owner has it; it is not ours to pass on."""

NUMBERS: Final = Numbers(target=5, cooldown_minutes=15, daily_limit=3)
"""The usual cooldown; few stamps a day and a low target, so that limits and rewards are met often."""


def dealt(sales: Sequence[Sale], seed: int) -> list[list[Sale]]:
    """Which till sold what: anybody goes to any till, but a second cup is mostly had at the first one's till."""
    chance = random.Random(seed)
    tills: list[list[Sale]] = [[] for _ in range(TILLS)]
    last: dict[str, int] = {}
    for sale in sales:
        if sale.card not in last or chance.random() < 0.4:
            last[sale.card] = chance.randrange(TILLS)
        tills[last[sale.card]].append(sale)
    return tills


def figures(cards: dict[str, Card]) -> dict[str, tuple[object, ...]]:
    """By token: balance, stamps ever, redemptions, last stamp."""
    return {
        printed_token(name): (
            card.balance(NUMBERS.target),
            card.given,
            card.redemptions,
            max((at for at, _ in card.stamps), default=None),
        )
        for name, card in cards.items()
    }


def figures_of(accounts: dict[str, CardAccount]) -> dict[str, tuple[object, ...]]:
    return {
        one.token: (
            one.totals.stamp_count,
            one.totals.lifetime_stamps,
            one.totals.redemptions,
            one.totals.last_stamp_at,
        )
        for one in accounts.values()
    }


def said_by(hub: RealHub) -> list[list[tuple[str, str | None]]]:
    """Of each till, in the order of their names, what it sent and the code it was answered with."""
    rows = hub.rows(
        """
        SELECT tills.name, operations.kind, verdicts.code
        FROM operations JOIN verdicts USING (merchant_id, key) JOIN tills ON tills.till_id = operations.till_id
        ORDER BY tills.name, verdicts.seq
        """
    )
    names = sorted({row.name for row in rows})
    return [[(row.kind, row.code) for row in rows if row.name == name] for name in names]


def sell_and_compare(sales: Sequence[Sale], databases: Databases, folder: Path, blank_book: bytes) -> Expected:
    """Sells the log, has all tills sync in turn, and compares everything with the fold. What was expected."""
    tills = dealt(sales, seed=len(sales))
    expected = fold(tills, NUMBERS)
    with three_tills(databases, folder, blank_book, sales, NUMBERS) as (hub, url, hub_clock, machines):
        assert [machine.sell(sold) for machine, sold in zip(machines, tills, strict=True)] == expected.refused
        for clock in (hub_clock, *(machine.clock for machine in machines)):
            clock.advance(sales[-1].at - clock.now())
        for machine in (*machines, *machines):
            machine.counter.sync()
        accounts = accounts_of_server(url)
        assert said_by(hub) == [[(one.kind, one.code) for one in said] for said in expected.said]
        assert figures_of(accounts) == figures(expected.cards)
        assert len(hub.rows("SELECT 1 FROM aliases")) == expected.merged
        for machine in machines:
            assert accounts_of_till(machine.counter.till.book) == accounts
        assert audit(hub.engine).findings == ()
    return expected


def codes(expected: Expected) -> Counter[str | None]:
    return Counter(one.code for said in expected.said for one in said)


def test_a_made_log_over_three_offline_tills(databases: Databases, tmp_path: Path, blank_book: bytes) -> None:
    """Three weeks around the end of summer time, when a day has 25 hours."""
    log = make_log(7, first_day=date(2024, 10, 16), days=21, cards=40, visits=420)
    expected = sell_and_compare(read_log(log), databases, tmp_path, blank_book)
    met = codes(expected)
    assert met["cooldown"] >= 10
    assert met["daily_limit"] >= 5
    assert met["insufficient_stamps"] >= 1
    assert min(expected.refused) >= 10
    assert expected.merged >= 40


@pytest.mark.skipif(not REAL_LOG.exists(), reason="the real log is not here; the made one shows the same")
def test_the_real_log_over_three_offline_tills(databases: Databases, tmp_path: Path, blank_book: bytes) -> None:
    """Seven months of a real coffee machine, with the beginning of summer time in them."""
    sales = read_log(REAL_LOG.read_text(encoding="utf-8"))
    assert len(sales) == 1_660
    expected = sell_and_compare(sales, databases, tmp_path, blank_book)
    assert sum(expected.refused) > 0
    assert codes(expected)["cooldown"] > 0
