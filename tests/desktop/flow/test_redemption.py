"""Redeeming with the server in reach, silent, against it, or not there: what may be handed out?"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from common.clock import SystemClock
from common.rules.refusals import RefusalCode, Refused
from common.terms import OfflineRedemption, PinPolicy, Terms
from common.wire.push import Outcome
from desktop.cashier.engine import NOBODY, Till
from desktop.cashier.looking.activity import recent
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.stamp import stamp
from desktop.flow.redemption import HandedOut, Redemption, Rejected, Unanswered, redeem_with_server
from desktop.store import identity, synced
from desktop.store.book import Book
from desktop.store.contact import Contact
from desktop.store.identity import SecretsPlace
from desktop.store.operations import State
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.link import Link
from desktop.sync.runner import Runner
from tests.desktop.shop import card_id, card_row, page, shop_changes
from tests.desktop.sync.scripted_server import free_port, problem, serving
from tests.desktop.sync.small_hub import SmallHub
from tests.helpers.books import enrolment
from tests.helpers.clock import ManualClock

FULL = card_id(1)
PATIENCE_MS = 20_000
SHORT_MS = 300
"""How long a test waits for what it knows will not come."""


@contextmanager
def shop(path: Path, policy: OfflineRedemption, balance: int = 10) -> Iterator[Till]:
    """A till with one card, on this machine's own clock, where nobody needs a PIN."""
    clock = SystemClock()
    answer = enrolment().model_copy(update={"server_time": clock.now()})
    terms = Terms(pin_policy=PinPolicy.OFF, offline_redemption=policy)
    snapshot = page(shop_changes(terms, [card_row(1, balance)]), ManualClock(clock.now()), ver=1, reset=True)
    with Book.open(path) as book:
        with book.write() as connection:
            identity.save_enrolment(
                connection,
                answer,
                server_url="http://127.0.0.1:1",
                secrets_place=SecretsPlace.FILE,
                contact=Contact.made(answer.server_time, clock),
            )
            synced.finish_snapshot(connection, snapshot)
        yield Till(book, clock)


@contextmanager
def running(till: Till, url: str) -> Iterator[Runner]:
    exchange = Exchange(till.book, Link(ServerAddress(url), "token", till.clock), till.clock)
    # A back-off of ten minutes at least: what comes sooner was asked for.
    runner = Runner(till.book, lambda: exchange, till.clock, lambda: 600.0)
    till.on_recorded = runner.wake
    runner.start()
    try:
        # A running till knows whether its server is there.
        assert runner.wait_until(lambda: runner.state.online is not None, PATIENCE_MS)
        yield runner
    finally:
        runner.stop()


def redeem(till: Till, runner: Runner, patience_ms: int = PATIENCE_MS) -> Redemption:
    return redeem_with_server(till, runner, NOBODY, FULL, patience_ms=patience_ms)


def balance(till: Till) -> int:
    card = card_again(till, FULL)
    assert card is not None
    return card.balance


def stamped(till: Till) -> int:
    assert isinstance(stamp(till, NOBODY, FULL), Recorded)
    return balance(till)


def states(till: Till) -> list[tuple[str, State]]:
    """The newest first."""
    return [(one.operation.kind.value, one.operation.state) for one in recent(till, 10)]


def now() -> str:
    return SystemClock().now().isoformat()


class Hub(SmallHub):
    """A small hub that tells the right time, and may reject or park what it judges."""

    def __init__(self, outcome: Outcome = Outcome.ACCEPTED, code: str | None = None) -> None:
        super().__init__()

        def twist(answer: dict[str, object]) -> None:
            answer["server_time"] = now()
            for verdict in answer["verdicts"]:  # type: ignore[attr-defined] # a list, as SmallHub makes it
                verdict.update(outcome=outcome.value, code=code)

        self.twist = twist

    def _pull(self) -> dict[str, object]:
        return {**super()._pull(), "server_time": now()}


POLICIES = list(OfflineRedemption)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_servers_yes_hands_out(book_path: Path, policy: OfflineRedemption) -> None:
    with shop(book_path, policy) as till, serving(Hub()) as server, running(till, server.url) as runner:
        end = redeem(till, runner)
    assert isinstance(end, HandedOut)
    assert end.confirmed


@pytest.mark.parametrize("policy", POLICIES)
def test_the_servers_no_does_not_hand_out(book_path: Path, policy: OfflineRedemption) -> None:
    hub = Hub(Outcome.REJECTED, "insufficient_stamps")
    with shop(book_path, policy) as till, serving(hub) as server, running(till, server.url) as runner:
        end = redeem(till, runner)
        assert isinstance(end, Rejected)
        assert end.verdict.code == "insufficient_stamps"
        assert balance(till) == 10, "the stamps count again at once"
        assert states(till) == [("redeem", State.REJECTED)]


@pytest.mark.parametrize("policy", [OfflineRedemption.CONFIRMED, OfflineRedemption.PROVISIONAL])
def test_offline_the_policy_may_let_the_till_go_on_alone(book_path: Path, policy: OfflineRedemption) -> None:
    with shop(book_path, policy) as till, running(till, f"http://127.0.0.1:{free_port()}") as runner:
        assert runner.state.online is False
        # With more patience than any test has: a till that knows it is offline does not wait.
        end = redeem(till, runner, patience_ms=10**9)
        assert isinstance(end, HandedOut)
        assert not end.confirmed
        assert states(till) == [("redeem", State.WAITING)]
        assert balance(till) == 0


def test_offline_never_means_not_handed_out_and_taken_back(book_path: Path) -> None:
    with (
        shop(book_path, OfflineRedemption.NEVER) as till,
        running(till, f"http://127.0.0.1:{free_port()}") as runner,
    ):
        end = redeem(till, runner, SHORT_MS)
        assert isinstance(end, Unanswered)
        assert states(till) == [("void", State.WAITING), ("redeem", State.WAITING)]
        assert balance(till) == 10
        with till.book.read() as connection:
            (reason,) = connection.execute(
                "SELECT json_extract(content, '$.reason') FROM operations WHERE kind = 'void'"
            ).fetchone()
        assert reason == "unanswered"


def test_a_reward_earned_by_unconfirmed_stamps_needs_the_server(book_path: Path) -> None:
    """Policy `confirmed`: ten stamps of which the last is this till's own and open."""
    with (
        shop(book_path, OfflineRedemption.CONFIRMED, balance=9) as till,
        running(till, f"http://127.0.0.1:{free_port()}") as runner,
    ):
        from_here = stamped(till)
        end = redeem(till, runner, SHORT_MS)
        assert isinstance(end, Unanswered)
        assert balance(till) == from_here == 10


def test_a_till_that_thinks_it_is_offline_still_asks_when_it_must(book_path: Path) -> None:
    port = free_port()
    with (
        shop(book_path, OfflineRedemption.NEVER) as till,
        running(till, f"http://127.0.0.1:{port}") as runner,
    ):
        assert runner.state.online is False
        with serving(Hub(), port=port):
            end = redeem(till, runner)
    assert isinstance(end, HandedOut)
    assert end.confirmed


@pytest.mark.parametrize(
    ("policy", "expected"), [(OfflineRedemption.CONFIRMED, HandedOut), (OfflineRedemption.NEVER, Unanswered)]
)
def test_a_server_that_falls_silent(book_path: Path, policy: OfflineRedemption, expected: type) -> None:
    hub = Hub()
    with shop(book_path, policy) as till, serving(hub) as server, running(till, server.url) as runner:
        hub.answers["push"] += [problem(500, "internal")] * 50
        end = redeem(till, runner, SHORT_MS)
    assert isinstance(end, expected)
    assert not (isinstance(end, HandedOut) and end.confirmed)


@pytest.mark.parametrize(
    ("policy", "expected"), [(OfflineRedemption.CONFIRMED, HandedOut), (OfflineRedemption.NEVER, Unanswered)]
)
def test_parked_is_no_answer(book_path: Path, policy: OfflineRedemption, expected: type) -> None:
    hub = Hub(Outcome.PARKED, "behind_parked")
    with shop(book_path, policy) as till, serving(hub) as server, running(till, server.url) as runner:
        end = redeem(till, runner)
        assert isinstance(end, expected)
        assert states(till)[-1] == ("redeem", State.PARKED)


def test_a_refusal_records_nothing(book_path: Path) -> None:
    with (
        shop(book_path, OfflineRedemption.NEVER, balance=9) as till,
        running(till, f"http://127.0.0.1:{free_port()}") as runner,
    ):
        end = redeem(till, runner)
        assert isinstance(end, Refused)
        assert end.code is RefusalCode.INSUFFICIENT_STAMPS
        assert states(till) == []


def test_a_no_that_comes_at_the_last_moment_is_a_no(book_path: Path) -> None:
    """The verdict arrives between the last look at it and the void: the undo is refused, and the answer stands."""
    hub = Hub(Outcome.REJECTED, "insufficient_stamps")
    with shop(book_path, OfflineRedemption.NEVER) as till, serving(hub) as server:
        exchange = Exchange(till.book, Link(ServerAddress(server.url), "token", till.clock), till.clock)

        class RacingBook(Book):
            """Once a redemption waits, the next that writes finds that a push came first."""

            @contextmanager
            def write(self) -> Iterator[sqlite3.Connection]:
                if not self.raced and states(till)[:1] == [("redeem", State.WAITING)]:
                    self.raced = True
                    exchange.push(500)
                with super().write() as connection:
                    yield connection

            raced = False

        till.book.__class__ = RacingBook
        # Never started: nothing but the race brings the verdict.
        end = redeem(till, Runner(till.book, lambda: exchange, till.clock, lambda: 1.0), 0)
        exchange.close()
    assert isinstance(end, Rejected)
