"""Only a server out of reach can hold a queue: what it fails over is parked, on either side, and the rest goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from common.ids import OperationKey
from desktop.cashier.engine import Till
from desktop.cashier.stamp import stamp
from desktop.store import identity, operations
from desktop.store.operations import State
from desktop.sync.exchange import Exchange
from desktop.sync.line.address import ServerAddress
from desktop.sync.line.failures import NotOurs, NotOursReason
from desktop.sync.line.link import Link
from desktop.sync.outcomes import Exchanged
from desktop.sync.plan import PARK_AFTER
from tests.desktop.sync.failing_proxy import FailingProxy
from tests.desktop.sync.scripted_server import serving
from tests.desktop.sync.test_with_the_real_hub import ana, new_card, till_of
from tests.helpers.faults import failing_over
from tests.helpers.real_hub import RealHub


@pytest.fixture
def till(hub: RealHub, empty_book: Path, tmp_path: Path) -> Iterator[tuple[Till, Exchange]]:
    with till_of(hub, empty_book, tmp_path / "front") as pair:
        yield pair


def queue(till: Till, count: int) -> list[OperationKey]:
    """As many new cards with a stamp each, waiting to be sent; the keys of all operations."""
    for _ in range(count):
        stamp(till, ana(till), new_card(till))
    with till.book.read() as connection:
        return [queued.key for queued in operations.waiting(connection, 1_000, 10**6)]


def states(till: Till, keys: list[OperationKey]) -> list[State]:
    with till.book.read() as connection:
        return [one.state for key in keys if (one := operations.find(connection, key)) is not None]


@contextmanager
def through(proxy: FailingProxy, till: Till, folder: Path) -> Iterator[Exchange]:
    """The till's exchange with its server, by way of a proxy."""
    assert till.secrets is not None
    with serving(proxy) as gateway:
        exchange = Exchange(till.book, Link(ServerAddress(gateway.url), till.secrets.token, till.clock), till.clock)
        try:
            yield exchange
        finally:
            exchange.close()


@pytest.mark.logs
def test_a_server_that_fails_over_one_operation_takes_all_others(hub: RealHub, till: tuple[Till, Exchange]) -> None:
    front, exchange = till
    keys = queue(front, 4)
    with failing_over(Engine, str(keys[3])):
        assert exchange.fully() == Exchanged(8, 1)
    assert states(front, keys) == [*[State.ACCEPTED] * 3, State.PARKED, *[State.ACCEPTED] * 4]
    assert [row.raw is not None for row in hub.rows("SELECT raw FROM operations ORDER BY seq")].count(True) == 1


@pytest.mark.logs
def test_a_gateway_that_fails_over_one_operation_is_gone_around(
    hub: RealHub, till: tuple[Till, Exchange], tmp_path: Path
) -> None:
    front, _ = till
    keys = queue(front, 4)
    proxy = FailingProxy(hub.url, str(keys[3]))
    with through(proxy, front, tmp_path) as exchange:
        assert isinstance(exchange.fully(), Exchanged)
    assert states(front, keys) == [*[State.ACCEPTED] * 3, State.PARKED, *[State.ACCEPTED] * 4]
    assert proxy.refused.count(1) == PARK_AFTER
    assert proxy.paths.count("/v1/sync/park") == 1
    [kept] = hub.rows("SELECT raw, kind, card_id, digest FROM operations WHERE raw IS NOT NULL")
    assert str(keys[3]).encode() in bytes(kept.raw)
    assert (kept.kind, kept.card_id is None) == ("stamp", False)

    # Sent again, whatever the reason, it is the same operation: the server knows what the till says it says.
    with front.book.write() as connection:
        connection.execute("UPDATE operations SET state = 'waiting' WHERE key = ?", (str(keys[3]),))
        connection.execute("UPDATE book SET waiting = 1")
    with through(FailingProxy(hub.url), front, tmp_path) as exchange:
        assert isinstance(exchange.fully(), Exchanged)
    assert states(front, [keys[3]]) == [State.PARKED]


def test_a_gateway_before_a_server_that_is_down_loses_nothing(
    hub: RealHub, till: tuple[Till, Exchange], tmp_path: Path
) -> None:
    """502 for everything, parking too: nothing is parked, and all of it waits."""
    front, exchange = till
    keys = queue(front, 2)
    proxy = FailingProxy(hub.url, "operations")
    proxy.fails_everywhere = True
    with through(proxy, front, tmp_path) as broken:
        assert broken.fully() == NotOurs(NotOursReason.STATUS, 500)
    assert states(front, keys) == [State.WAITING] * 4
    assert isinstance(exchange.fully(), Exchanged)
    assert states(front, keys) == [State.ACCEPTED] * 4


def test_an_empty_push_asks_for_what_is_parked(hub: RealHub, till: tuple[Till, Exchange], tmp_path: Path) -> None:
    front, exchange = till
    keys = queue(front, 1)
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tills SET revoked_at = now()")
    exchange.push(500)
    assert states(front, keys) == [State.PARKED] * 2
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE verdicts SET outcome = 'rejected', code = 'x', ver = ver + 1 WHERE seq = 1")
    exchange.push(500)
    assert states(front, keys) == [State.REJECTED, State.PARKED]
    with front.book.read() as connection:
        assert operations.parked(connection, 10) == [keys[1]]
        assert identity.load(connection).enrolment.value == "enrolled", "no page was asked for yet"
