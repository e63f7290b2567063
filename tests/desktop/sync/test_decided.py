"""What a person decides on the server reaches the till, whichever way is open to it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from common.ids import OperationKey
from desktop.cashier.engine import Till
from desktop.cashier.looking.look_up import card_again
from desktop.cashier.outcome import Recorded
from desktop.cashier.redeem import redeem
from desktop.cashier.stamp import stamp
from desktop.store import operations
from desktop.store.operations import RecordedOperation, State
from desktop.sync.exchange import Exchange
from desktop.sync.line.failures import Declined
from desktop.sync.outcomes import Exchanged, Pushed
from desktop.sync.rescue import ExportUnwritable, export_queue
from server.merchant.parked import Which, decide_parked
from server.merchant.rescue import import_rescue_file
from server.merchant.tills import revoke_till
from server.store.engine import in_transaction
from server.sync.parking.decide import Verb
from tests.desktop.sync.test_with_the_real_hub import ana, connected, new_card, till_of, use_code
from tests.helpers.real_hub import RealHub

CLOCK = SystemClock()
FRONT = Which(merchant="roast", store="gare", till="front")


@pytest.fixture
def till(hub: RealHub, empty_book: Path, tmp_path: Path) -> Iterator[tuple[Till, Exchange]]:
    with till_of(hub, empty_book, tmp_path / "front") as pair:
        yield pair


def revoke(hub: RealHub) -> None:
    in_transaction(
        hub.engine,
        lambda connection: revoke_till(connection, merchant="roast", store="gare", name="front", clock=CLOCK),
    )


def found(till: Till, key: OperationKey) -> RecordedOperation:
    with till.book.read() as connection:
        operation = operations.find(connection, key)
    assert operation is not None
    return operation


def test_by_pull_and_the_view_is_right_in_between(hub: RealHub, till: tuple[Till, Exchange]) -> None:
    front, exchange = till
    card_id = new_card(front)
    exchange.fully()
    done = stamp(front, ana(front), card_id)
    assert isinstance(done, Recorded)
    with front.book.write() as connection:
        connection.execute(
            "UPDATE operations SET content = json_set(content, '$.terms_version', 9) WHERE key = ?", (str(done.key),)
        )
    exchange.fully()
    parked = found(front, done.key)
    assert (parked.state, parked.verdict and parked.verdict.code) == (State.PARKED, "unknown_terms")
    with front.book.write() as connection:
        assert operations.acknowledge(connection, done.key, CLOCK.now())
    card = card_again(front, card_id)
    assert card is not None
    assert (card.balance, card.confirmed_balance) == (1, 0)

    fates = decide_parked(hub.engine, FRONT, Verb.REJECT, CLOCK)
    assert [fate.code for fate in fates] == ["rejected_by_merchant"]
    assert isinstance(exchange.fully(), Exchanged)
    rejected = found(front, done.key)
    assert (rejected.state, rejected.acknowledged) == (State.REJECTED, False), "it is shown as news"
    card = card_again(front, card_id)
    assert card is not None
    assert (card.balance, card.operations) == (0, ())


def test_a_revoked_till_learns_it_by_asking(hub: RealHub, till: tuple[Till, Exchange]) -> None:
    """It gets no pages: the verdict comes with a push, and the operation stays open, for nothing else shows it."""
    front, exchange = till
    card_id = new_card(front)
    exchange.fully()
    revoke(hub)
    first = stamp(front, ana(front), card_id)
    reward = redeem(front, ana(front), card_id)
    assert isinstance(first, Recorded)
    assert not isinstance(reward, Recorded)
    exchange.push(500)
    refused = exchange.pull(500)
    assert isinstance(refused, Declined)
    assert found(front, first.key).state is State.PARKED
    assert exchange.push(500) == Pushed(0, news=False, more=False), "nobody has decided yet"

    decide_parked(hub.engine, FRONT, Verb.RETRY, CLOCK)
    assert exchange.push(500) == Pushed(0, news=True, more=False)
    assert found(front, first.key).state is State.ACCEPTED
    card = card_again(front, card_id)
    assert card is not None
    assert card.balance == 1
    with front.book.read() as connection:
        assert operations.parked(connection, 10) == [], "it asks no more"


def test_enrolled_again_it_learns_it_by_pull(hub: RealHub, till: tuple[Till, Exchange], tmp_path: Path) -> None:
    front, exchange = till
    card_id = new_card(front)
    revoke(hub)
    exchange.push(500)
    decide_parked(hub.engine, FRONT, Verb.RETRY, CLOCK)
    use_code(front.book, hub, hub.code("front"), tmp_path / "front")
    _, again = connected(front.book, tmp_path / "front")
    try:
        assert isinstance(again.fully(), Exchanged)
    finally:
        again.close()
    card = card_again(front, card_id)
    assert card is not None
    assert (card.operations, card.known.synced) == ((), True)


def test_enrolled_under_another_name_it_still_learns_it(
    hub: RealHub, till: tuple[Till, Exchange], tmp_path: Path
) -> None:
    """The feed tells a till of its own operations alone; these are its old name's."""
    front, exchange = till
    card_id = new_card(front)
    revoke(hub)
    exchange.push(500)
    use_code(front.book, hub, hub.code("window"), tmp_path / "front")
    _, again = connected(front.book, tmp_path / "front")
    try:
        decide_parked(hub.engine, FRONT, Verb.RETRY, CLOCK)
        assert isinstance(again.fully(), Exchanged)
    finally:
        again.close()
    card = card_again(front, card_id)
    assert card is not None
    assert (card.operations, card.known.synced) == ((), True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_an_export_takes_no_devices_place(till: tuple[Till, Exchange], tmp_path: Path) -> None:
    front, _ = till
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for file in (pipe, tmp_path, tmp_path / ("x" * 300)):
        with pytest.raises(ExportUnwritable):
            export_queue(front.book, file, CLOCK)
    assert pipe.is_fifo()


def test_what_a_dying_till_exports_is_imported(hub: RealHub, till: tuple[Till, Exchange], tmp_path: Path) -> None:
    front, exchange = till
    card_id = new_card(front)
    assert isinstance(stamp(front, ana(front), card_id), Recorded)
    file = tmp_path / "rescue.json"
    assert export_queue(front.book, file, CLOCK) == 2
    imported = import_rescue_file(hub.engine, file, CLOCK)
    assert [(one.kind, one.outcome) for one in imported.operations] == [("enrol", "accepted"), ("stamp", "accepted")]
    assert all(one.known for one in import_rescue_file(hub.engine, file, CLOCK).operations)
    assert [row.stamp_count for row in hub.rows("SELECT stamp_count FROM cards")] == [1]

    # It was not dead after all.
    assert exchange.fully() == Exchanged(2, 1)
    card = card_again(front, card_id)
    assert card is not None
    assert (card.balance, card.operations, card.confirmed_balance) == (1, (), 1)
    assert json.loads(file.read_text())["epoch"] == 1
