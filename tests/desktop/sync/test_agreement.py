"""A till whose cards differ from the server's finds out, pulls that bucket again and reports it: with the real hub."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from common.clock import SystemClock
from common.ids import TillId
from desktop.secrets import FileSecrets, TillSecrets
from desktop.store import identity
from desktop.store.agreement.mending import REPORTS_OF_A_PUSH, unreported
from desktop.store.book import Book
from desktop.store.identity import SecretsPlace
from desktop.sync.connect import connect
from desktop.sync.enrol import enrol_till
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, Exchanged, Pulled
from desktop.sync.runner import Runner
from tests.helpers.books import copy_book
from tests.helpers.real_hub import RealHub

CLOCK = SystemClock()
CARDS = 40
PATIENCE_MS = 30_000

ONE_CARD = "card_id = (SELECT card_id FROM synced_cards ORDER BY card_id LIMIT 1)"
"""Its transactions and an alias of it are there too."""


@dataclass
class Corner:
    """A till that speaks to the real hub, and what it asked of it."""

    book: Book
    exchange: Exchange
    asked: list[dict[str, str | int]] = field(default_factory=list)

    def is_due(self) -> None:
        """The hour is over."""
        self.tamper("UPDATE book SET compared_at = NULL")

    def tamper(self, statement: str) -> None:
        with self.book.write() as connection:
            assert connection.execute(statement).rowcount != 0

    def sync(self) -> None:
        assert isinstance(self.exchange.fully(), Exchanged)

    def asked_for(self, what: str) -> list[str | int]:
        return [params[what] for params in self.asked if what in params]

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        with self.book.read() as connection:
            return {
                kind: sorted(connection.execute(f"SELECT * FROM synced_{kind}"))
                for kind in ("cards", "aliases", "transactions")
            }

    def unreported(self) -> list[int]:
        with self.book.read() as connection:
            return [one.bucket for one in unreported(connection)]


@pytest.fixture
def corner(hub: RealHub, empty_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Corner]:
    """A synced till of a shop with some cards, their history, and one that was merged."""
    shop = _Shop(hub)
    secrets = FileSecrets(tmp_path / "secrets")
    with Book.open(copy_book(empty_book, tmp_path)) as book:
        link = Link(ServerAddress(hub.url), None, CLOCK)
        server = ServerAddress(hub.url)

        def keep(till_id: TillId, kept: TillSecrets) -> SecretsPlace:
            secrets.save(till_id, kept)
            return SecretsPlace.FILE

        assert isinstance(enrol_till(book, link, CLOCK, server=server, code=hub.code(), keep_secrets=keep), Enrolled)
        link.close()
        with book.read() as connection:
            token = secrets.load(identity.load(connection).till_id).token
        shop.sell()
        corner = Corner(book, connect(book, token, CLOCK))
        ask = Link.get

        def note(link: Link, path: str, params: dict[str, str | int], *, deadline_s: float) -> object:
            corner.asked.append(params)
            return ask(link, path, params, deadline_s=deadline_s)

        monkeypatch.setattr(Link, "get", note)
        corner.sync()
        corner.sync()
        corner.asked.clear()
        yield corner
        corner.exchange.close()


class _Shop:
    """What other tills of the shop did, written as the server would have."""

    def __init__(self, hub: RealHub) -> None:
        self._hub = hub

    def sell(self) -> None:
        with self._hub.engine.begin() as connection:
            for statement in _SOLD.format(cards=CARDS).split(";"):
                connection.exec_driver_sql(statement)


_SOLD = """
UPDATE merchant_versions SET ver = ver + 1;
INSERT INTO cards (merchant_id, card_id, number, token, store_id, name, phone, stamp_count, lifetime_stamps,
                   redemptions, last_stamp_at, carried_over, ver)
SELECT s.merchant_id, CAST(lpad(to_hex(n * 7), 32, '0') AS uuid), lpad(CAST(n AS text), 12, '0'), 'TS1-' || n,
       s.store_id,
       CASE WHEN mod(n, 3) = 0 THEN 'Élodie | ' || n END, CASE WHEN mod(n, 4) = 0 THEN '+352 621 ' || n END,
       1, 1, 0, now(), mod(n, 2) = 0, v.ver
  FROM stores s JOIN merchant_versions v USING (merchant_id), generate_series(1, {cards}) AS n
 WHERE s.slug = 'gare';
INSERT INTO transactions (merchant_id, key, card_id, store_id, till_id, kind, delta, lifetime_delta, redemptions_delta,
                          balance_after, shortfall, event_time, business_date, live, ver, line)
SELECT c.merchant_id, CAST(replace(CAST(c.card_id AS text), '00000000-', 'aaaaaaaa-') AS uuid), c.card_id, c.store_id,
       t.till_id, 'stamp', 1, 1, 0, 1, 0, c.last_stamp_at, current_date, true, c.ver, 0
  FROM cards c JOIN tills t USING (merchant_id);
INSERT INTO aliases (merchant_id, card_id, merged_into, ver)
SELECT merchant_id, CAST('bbbbbbbb-0000-0000-0000-000000000007' AS uuid), card_id, ver
  FROM cards WHERE number = '000000000001'
"""


def test_a_till_that_agrees_asks_once_and_nothing_happens(corner: Corner, hub: RealHub) -> None:
    before = corner.rows()
    assert len(before["cards"]) == CARDS
    corner.sync()
    assert corner.asked_for("digest") == [], "it was compared after the snapshot, and the hour is not over"
    corner.is_due()
    corner.sync()
    corner.sync()
    assert corner.asked_for("digest") == [1]
    assert corner.asked_for("bucket") == []
    assert corner.rows() == before
    assert hub.rows("SELECT 1 FROM attention") == []


DAMAGE = [
    f"UPDATE synced_cards SET stamp_count = stamp_count + 1 WHERE {ONE_CARD}",
    f"UPDATE synced_cards SET ver = ver - 1 WHERE {ONE_CARD}",
    f"UPDATE synced_cards SET name = 'Somebody' WHERE {ONE_CARD}",
    f"UPDATE synced_cards SET inactive_since = 1 WHERE {ONE_CARD}",
    f"UPDATE synced_cards SET carried_over = 1 - carried_over WHERE {ONE_CARD}",
    f"DELETE FROM synced_cards WHERE {ONE_CARD}",
    f"DELETE FROM synced_transactions WHERE {ONE_CARD}",
    f"UPDATE synced_transactions SET delta = 5 WHERE {ONE_CARD}",
    f"UPDATE synced_transactions SET event_time = 0 WHERE {ONE_CARD}",
    "DELETE FROM synced_aliases",
    "UPDATE synced_aliases SET merged_into = card_id",
    "UPDATE synced_cards SET number = CAST(x'ff' AS TEXT) WHERE number = '000000000001'",
]


@pytest.mark.logs
def test_a_synced_row_that_differs_is_found_and_its_bucket_alone_is_pulled_again(corner: Corner, hub: RealHub) -> None:
    before = corner.rows()
    for damage in DAMAGE:
        corner.asked.clear()
        corner.tamper(damage)
        corner.is_due()
        corner.sync()
        assert corner.asked_for("bucket") == [7], damage
        assert corner.rows() == before, damage
    corner.sync()
    (item,) = hub.rows("SELECT kind, till_id, detail FROM attention")
    assert (item.kind, item.detail["rows"], list(item.detail["buckets"])) == ("diverged_cards", 1, ["7"])
    assert item.detail["buckets"]["7"]["card_ids"] == [before["cards"][0][0]]
    corner.asked.clear()
    corner.is_due()
    corner.sync()
    assert (corner.asked_for("digest"), corner.asked_for("bucket")) == ([1], []), "it agrees now"
    assert corner.unreported() == []


@pytest.mark.logs
def test_a_row_that_the_server_does_not_have_goes(corner: Corner, hub: RealHub) -> None:
    before = corner.rows()
    columns = "number, token, store_id, stamp_count, lifetime_stamps, redemptions, carried_over, ver"
    for card_id in ("cccccccc-0000-0000-0000-0000000000fe", "no id at all"):
        corner.tamper(
            f"INSERT INTO synced_cards (card_id, {columns}) SELECT '{card_id}', {columns}"
            f" FROM synced_cards WHERE {ONE_CARD}"
        )
        corner.is_due()
        corner.sync()
        assert corner.rows() == before
    assert corner.asked_for("bucket") == [0xFE, 0]
    corner.sync()
    (item,) = hub.rows("SELECT detail FROM attention")
    for bucket in ("0", "254"):
        said = item.detail["buckets"][bucket]
        assert (said["missing"], said["unknown"], said["different"]) == (0, 1, 0)


@pytest.mark.logs
def test_a_book_that_is_wrong_throughout_is_mended_bucket_by_bucket_and_reported_in_parts(
    corner: Corner, hub: RealHub
) -> None:
    before = corner.rows()
    corner.tamper("UPDATE synced_cards SET lifetime_stamps = 99")
    corner.is_due()
    corner.sync()
    assert corner.rows() == before
    assert len(set(corner.asked_for("bucket"))) == len(corner.asked_for("bucket")) == CARDS
    assert len(corner.unreported()) == REPORTS_OF_A_PUSH
    for _ in range(CARDS):
        corner.sync()
    (item,) = hub.rows("SELECT detail FROM attention")
    assert item.detail["rows"] == CARDS
    assert len(item.detail["buckets"]) == CARDS


@pytest.mark.logs
def test_the_shop_may_go_on_between_finding_and_mending(corner: Corner, hub: RealHub) -> None:
    """What came since is news, and no difference; what differed is mended at the newer version."""
    corner.tamper(f"UPDATE synced_cards SET stamp_count = 9 WHERE {ONE_CARD}")
    corner.is_due()
    assert corner.exchange.pull(500) == Pulled(more=False)
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE merchant_versions SET ver = ver + 1")
        # One card of the same bucket, made just now.
        connection.exec_driver_sql(
            "INSERT INTO cards SELECT c.merchant_id, 'dddddddd-0000-0000-0000-000000000007', '999999999999', 'TS1-X',"
            " c.store_id, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, false, v.ver"
            " FROM cards c JOIN merchant_versions v USING (merchant_id) WHERE number = '000000000001'"
        )
    while corner.exchange.comparing:
        corner.exchange.compare()
    assert corner.exchange.pull(500) == Pulled(more=False)
    assert corner.asked_for("bucket") == [7]
    with corner.book.read() as connection:
        cards = dict(connection.execute("SELECT number, stamp_count FROM synced_cards"))
        (report,) = unreported(connection)
    assert (len(cards), cards["000000000001"]) == (CARDS + 1, 1)
    assert (report.missing, report.unknown, report.different) == (0, 0, 1)


def test_a_page_that_comes_while_comparing_makes_no_difference(corner: Corner, hub: RealHub) -> None:
    """The comparison reads the book as it was at the digest's version."""
    corner.is_due()
    assert corner.exchange.pull(500) == Pulled(more=False)
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE merchant_versions SET ver = ver + 1")
        connection.exec_driver_sql("UPDATE cards SET stamp_count = 5, ver = (SELECT ver FROM merchant_versions)")
    assert corner.exchange.pull(500) == Pulled(more=False)
    while corner.exchange.comparing:
        assert not corner.exchange.compare()
    assert corner.asked_for("bucket") == []


def test_a_till_that_is_behind_compares_nothing(corner: Corner, hub: RealHub) -> None:
    with hub.engine.begin() as connection:
        for number in range(1, CARDS):
            connection.exec_driver_sql("UPDATE merchant_versions SET ver = ver + 1")
            connection.exec_driver_sql(
                "UPDATE cards SET stamp_count = 5, ver = (SELECT ver FROM merchant_versions)"
                f" WHERE number = '{number:012}'"
            )
    corner.is_due()
    outcome = corner.exchange.pull(1)
    assert outcome == Pulled(more=True)
    assert corner.asked_for("digest") == [1]
    assert not corner.exchange.comparing
    corner.sync()
    assert corner.asked_for("bucket") == []


def test_an_act_is_recorded_while_a_comparison_holds_its_snapshot(corner: Corner) -> None:
    corner.is_due()
    assert corner.exchange.pull(500) == Pulled(more=False)
    with corner.book.write() as connection:
        connection.execute("INSERT INTO pin_attempts (staff_id, failures) VALUES ('Ana', 1)")
    while corner.exchange.comparing:
        corner.exchange.compare()


@pytest.mark.logs
def test_the_runner_finds_and_mends_beside_its_work(corner: Corner) -> None:
    before = corner.rows()
    corner.tamper(f"UPDATE synced_cards SET redemptions = 3 WHERE {ONE_CARD}")
    corner.is_due()
    runner = Runner(corner.book, lambda: corner.exchange, CLOCK, lambda: 0.0)
    runner.start()
    try:
        assert runner.wait_until(lambda: corner.rows() == before, PATIENCE_MS)
    finally:
        runner.stop()
    assert corner.asked_for("bucket") == [7]


def test_after_a_snapshot_it_compares_at_once(corner: Corner) -> None:
    corner.tamper("UPDATE book SET cursor = NULL")
    corner.sync()
    corner.sync()
    assert corner.asked_for("digest") == [1]


def test_a_comparison_that_takes_too_long_is_given_up(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.store.agreement.agreement.COMPARISON_MS_MAX", -1)
    monkeypatch.setattr("desktop.store.agreement.comparison.SLICE_ROWS", 1)
    corner.tamper(f"UPDATE synced_cards SET redemptions = 3 WHERE {ONE_CARD}")
    corner.is_due()
    corner.sync()
    assert not corner.exchange.comparing
    assert corner.asked_for("bucket") == []


def test_with_a_comparison_goes_what_is_too_old_for_one(corner: Corner, hub: RealHub) -> None:
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE transactions SET event_time = event_time - interval '40 days'")
        connection.exec_driver_sql("UPDATE merchant_versions SET ver = ver + 1")
    corner.tamper("UPDATE synced_transactions SET event_time = event_time - 40 * 86400000000")
    corner.sync()
    assert corner.rows()["transactions"] != [], "not before its hour"
    corner.is_due()
    corner.sync()
    assert corner.rows()["transactions"] == []
    assert corner.asked_for("bucket") == [], "both sides leave it out"
