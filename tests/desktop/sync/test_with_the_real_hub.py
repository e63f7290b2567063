"""The exchange with the real server over real HTTP, on real PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from common.clock import SystemClock
from common.ids import CardId, TillId
from desktop.cashier.engine import By, Till
from desktop.cashier.enrol import enrol
from desktop.cashier.looking.look_up import card_again, look_up
from desktop.cashier.outcome import Recorded, SignedIn
from desktop.cashier.people.sign_in import colleagues, sign_in
from desktop.cashier.stamp import stamp
from desktop.secrets import FileSecrets, TillSecrets
from desktop.store import identity, operations
from desktop.store.book import Book
from desktop.store.cards import CardView
from desktop.store.identity import Enrolment, SecretsPlace
from desktop.store.operations import State
from desktop.sync.connect import connect
from desktop.sync.enrol import enrol_till
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import Declined, Failure
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Enrolled, Exchanged, OtherMerchant, Pushed
from server.merchant.tills import revoke_till
from server.store.engine import in_transaction
from tests.helpers.books import copy_book
from tests.helpers.real_hub import RealHub

CLOCK = SystemClock()


def use_code(book: Book, hub: RealHub, code: str, folder: Path) -> Enrolled | OtherMerchant | Failure:
    secrets = FileSecrets(folder)

    def keep(till_id: TillId, kept: TillSecrets) -> SecretsPlace:
        secrets.save(till_id, kept)
        return SecretsPlace.FILE

    link = Link(ServerAddress(hub.url), None, CLOCK)
    try:
        return enrol_till(book, link, CLOCK, server=ServerAddress(hub.url), code=code, keep_secrets=keep)
    finally:
        link.close()


@contextmanager
def till_of(hub: RealHub, template: Path, folder: Path, store: str = "gare") -> Iterator[tuple[Till, Exchange]]:
    """A till of its own folder, enrolled and synced."""
    folder.mkdir()
    with Book.open(copy_book(template, folder)) as book:
        assert isinstance(use_code(book, hub, hub.code(folder.name, store), folder), Enrolled)
        till, exchange = connected(book, folder)
        try:
            assert sent(exchange) == 0
            yield till, exchange
        finally:
            exchange.close()


def connected(book: Book, folder: Path) -> tuple[Till, Exchange]:
    with book.read() as connection:
        who = identity.load(connection)
    kept = FileSecrets(folder).load(who.till_id)
    return Till(book, CLOCK, secrets=kept), connect(book, kept.token, CLOCK)


def sent(exchange: Exchange) -> int:
    outcome = exchange.fully()
    assert isinstance(outcome, Exchanged), outcome
    return outcome.sent


def ana(till: Till) -> By:
    member = next(one.member for one in colleagues(till) if one.member.name == "Ana")
    signed = sign_in(till, member.id, "4821")
    assert isinstance(signed, SignedIn)
    return By(signed.staff_id)


def new_card(till: Till) -> CardId:
    done = enrol(till, ana(till))
    assert isinstance(done, Recorded)
    return done.card.card_id


def test_an_enrolled_till_signs_in_stamps_and_agrees_with_the_server(
    hub: RealHub, empty_book: Path, tmp_path: Path
) -> None:
    with till_of(hub, empty_book, tmp_path / "front") as (till, exchange):
        card_id = new_card(till)
        assert isinstance(stamp(till, ana(till), card_id), Recorded)
        assert sent(exchange) == 2
        card = card_again(till, card_id)
        assert card is not None
        assert (card.balance, card.operations, card.confirmed_balance) == (1, (), 1)
    assert [row.stamp_count for row in hub.rows("SELECT stamp_count FROM cards")] == [1]


def test_two_tills_see_each_others_cards_and_the_second_stamp_is_rejected(
    hub: RealHub, empty_book: Path, tmp_path: Path
) -> None:
    with (
        till_of(hub, empty_book, tmp_path / "front") as (front, front_exchange),
        till_of(hub, empty_book, tmp_path / "port", "port") as (port, port_exchange),
    ):
        card_id = new_card(front)
        front_exchange.fully()
        port_exchange.fully()
        card = card_again(port, card_id)
        assert card is not None
        assert isinstance(look_up(port, card.token), CardView)
        assert isinstance(stamp(front, ana(front), card_id), Recorded)
        second = stamp(port, ana(port), card_id)
        assert isinstance(second, Recorded), "this till cannot know yet"
        front_exchange.fully()
        port_exchange.fully()
        with port.book.read() as connection:
            found = operations.find(connection, second.key)
        assert found is not None
        assert found.state is State.REJECTED
        assert found.verdict is not None
        assert found.verdict.code == "cooldown"
        assert {"until", "other_store_id"} <= found.verdict.detail.keys()
        shown = card_again(port, card_id)
        assert shown is not None
        assert shown.balance == 1


def test_enrolling_again_keeps_the_queue_and_ends_the_old_token(hub: RealHub, empty_book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "front"
    with till_of(hub, empty_book, folder) as (till, old_exchange):
        card_id = new_card(till)
        again = use_code(till.book, hub, hub.code("front"), folder)
        assert isinstance(again, Enrolled)
        assert again.again
        outcome = old_exchange.fully()
        assert isinstance(outcome, Declined)
        assert outcome.status == 401
        with till.book.read() as connection:
            assert identity.load(connection).enrolment is Enrolment.MUST_ENROL_AGAIN
        _, exchange = connected(till.book, folder)
        assert sent(exchange) == 1
        exchange.close()
        fresh = card_again(till, card_id)
        assert fresh is not None
        assert fresh.known.synced
    assert len(hub.rows("SELECT 1 FROM cards")) == 1


def test_a_revoked_till_hands_in_its_queue_and_is_told(hub: RealHub, empty_book: Path, tmp_path: Path) -> None:
    with till_of(hub, empty_book, tmp_path / "front") as (till, exchange):
        done = enrol(till, ana(till))
        assert isinstance(done, Recorded)
        in_transaction(
            hub.engine,
            lambda connection: revoke_till(connection, merchant="roast", store="gare", name="front", clock=CLOCK),
        )
        pushed = exchange.push(500)
        assert isinstance(pushed, Pushed)
        pulled = exchange.pull(500)
        assert isinstance(pulled, Declined)
        assert (pulled.status, pulled.code) == (401, "till_revoked")
        with till.book.read() as connection:
            found = operations.find(connection, done.key)
            assert identity.load(connection).enrolment is Enrolment.MUST_ENROL_AGAIN
        assert found is not None
        assert found.state is State.PARKED
        assert card_again(till, done.card.card_id) is not None, "what is parked stays in the view"


@pytest.mark.parametrize("code", ["AAAA-AAAA", "", "x" * 500])
def test_a_wrong_code_changes_nothing(hub: RealHub, empty_book: Path, tmp_path: Path, code: str) -> None:
    with Book.open(copy_book(empty_book, tmp_path)) as book:
        outcome = use_code(book, hub, code, tmp_path / "secrets")
        with book.read() as connection:
            assert identity.find(connection) is None
    assert isinstance(outcome, Declined)
    assert (outcome.status, outcome.code) == (401, "enrolment_code_invalid")
    assert not (tmp_path / "secrets").exists()


def test_a_code_of_another_merchant_leaves_the_book_alone(hub: RealHub, empty_book: Path, tmp_path: Path) -> None:
    hub.open_shop(slug="tea")
    with till_of(hub, empty_book, tmp_path / "front") as (till, exchange):
        outcome = use_code(till.book, hub, hub.code(slug="tea"), tmp_path / "front")
        assert outcome == OtherMerchant("Roast & Co", "Roast & Co")
        assert isinstance(exchange.fully(), Exchanged)
